import { type BrokenLine, oneOf } from './broken-file.js'
import { readSync, SYNC_FORMS } from './mbsync-modes.js'
import type { MbsyncSetting } from './mbsync-syntax.js'

const SIDES = ['none', 'far', 'near', 'both', 'master', 'slave']
const YES_NO = ['yes', 'no', 'true', 'false', 'on', 'off', '1', '0']
const WORDS: Readonly<Record<string, readonly string[]>> = {
  create: SIDES,
  remove: SIDES,
  expunge: SIDES,
  ssltype: ['none', 'starttls', 'imaps'],
  tlstype: ['none', 'starttls', 'imaps'],
  subfolders: ['verbatim', 'maildir++', 'legacy'],
  subscribedonly: YES_NO,
  usenamespace: YES_NO,
  copyarrivaldate: YES_NO,
  systemcertificates: YES_NO,
}
const NUMBERS = ['port', 'timeout', 'maxmessages', 'pipelinedepth']

/** Values that mbsync refuses, each with what may stand there. */
export function valueMistakes(sections: readonly { readonly settings: readonly MbsyncSetting[] }[]): BrokenLine[] {
  return sections.flatMap(({ settings }) =>
    settings.flatMap((setting) => {
      const message = mistakeOf(setting)
      return message === null || setting.words.length === 0 ? [] : [{ line: setting.line, message }]
    }),
  )
}

function mistakeOf({ key, value, words }: MbsyncSetting): string | null {
  const keyword = key.toLowerCase()
  const allowed = WORDS[keyword]
  if (allowed !== undefined) {
    const wrong = words.find((word) => !allowed.includes(word.toLowerCase()))
    return wrong === undefined ? null : `${key} may be ${oneOf(allowed)}, not "${wrong}"`
  }
  if (NUMBERS.includes(keyword)) {
    if (!/^\d+$/.test(value)) return `${key} is a whole number, not "${value}"`
    return keyword === 'port' && (Number(value) < 1 || Number(value) > 65_535) ? 'Port is from 1 to 65535' : null
  }
  return keyword === 'sync' && readSync(words) === null ? `Sync may be ${SYNC_FORMS}; nothing twice` : null
}
