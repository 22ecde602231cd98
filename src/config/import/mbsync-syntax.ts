import { type BrokenLine, oneOf } from './broken-file.js'
import type { Setting } from './imported.js'
import type { Section } from './settings.js'

/** A line of an .mbsyncrc: its words, `value` being all but the first. */
export interface MbsyncSetting extends Setting {
  readonly words: readonly string[]
}

export type MbsyncKind = 'imapaccount' | 'imapstore' | 'maildirstore' | 'channel' | 'group'

export interface MbsyncSection extends Section {
  readonly kind: MbsyncKind
  readonly name: string
  readonly settings: readonly MbsyncSetting[]
  /** What stands behind the name on the section's own line: a group's channels. */
  readonly more: readonly string[]
}

export interface MbsyncFile {
  readonly globals: { readonly title: ''; readonly line: 1; readonly settings: readonly MbsyncSetting[] }
  readonly sections: readonly MbsyncSection[]
  readonly broken: readonly BrokenLine[]
}

const STORE = 'path maxsize mapinbox flatten trash trashnewonly trashremotenew'
const ACCOUNT =
  'host port timeout user usercmd pass passcmd usekeychain tunnel authmechs authmech ssltype sslversions sslversion tlstype tlsversions tlsversion systemcertificates certificatefile clientcertificate clientkey cipherstring pipelinedepth disableextension disableextensions requiressl requirecram useimaps usesslv2 usesslv3 usetlsv1 usetlsv1.1 usetlsv1.2'
const CHANNEL = 'sync create remove expunge expungesolo maxmessages expireunread expireside copyarrivaldate syncstate'

/** What mbsync 1.0 to 1.5 takes in each section, in lower case. */
const KEYWORDS: Readonly<Record<MbsyncKind | 'global', readonly string[]>> = {
  global: `${CHANNEL} fsync fielddelimiter bufferlimit`.split(' '),
  imapaccount: ACCOUNT.split(' '),
  imapstore: `${STORE} ${ACCOUNT} account usenamespace pathdelimiter subscribedonly`.split(' '),
  maildirstore: `${STORE} altmap inbox infodelimiter subfolders`.split(' '),
  channel: `${CHANNEL} far near master slave pattern patterns maxsize`.split(' '),
  group: ['channel', 'channels'],
}

const TITLES: Readonly<Record<MbsyncKind, string>> = {
  imapaccount: 'IMAPAccount',
  imapstore: 'IMAPStore',
  maildirstore: 'MaildirStore',
  channel: 'Channel',
  group: 'Group',
}

const isKind = (word: string): word is MbsyncKind => Object.hasOwn(TITLES, word)

/** Whether a line may begin like this in an .mbsyncrc, outside of all sections. */
export const isMbsyncStart = (word: string): boolean =>
  isKind(word.toLowerCase()) || KEYWORDS.global.includes(word.toLowerCase())

/** Reads an .mbsyncrc (mbsync(1)): an empty line ends a section, a comment does not; keywords in any case. */
export function readMbsync(text: string): MbsyncFile {
  const globals: MbsyncSetting[] = []
  const sections: (MbsyncSection & { settings: MbsyncSetting[] })[] = []
  const broken: BrokenLine[] = []
  let open: (MbsyncSection & { settings: MbsyncSetting[] }) | null = null
  text.split('\n').forEach((content, at) => {
    const line = at + 1
    const words = splitWords(content.replace(/\r$/, ''))
    if (words === null) broken.push({ line, message: 'a " is opened and not closed on this line' })
    else if (words === 'comment') return
    else if (words.length === 0) open = null
    else {
      const [key = '', ...rest] = words
      const kind = key.toLowerCase()
      const setting = { line, key, value: rest.join(' '), words: rest }
      if (open !== null && KEYWORDS[open.kind].includes(kind)) {
        open.settings.push(setting)
        if (rest.length === 0) broken.push({ line, message: `${key} has no value` })
      } else if (open !== null) broken.push({ line, message: unknownIn(open, key) })
      else if (isKind(kind)) {
        const name = rest[0] ?? ''
        if (name === '') broken.push({ line, message: `${TITLES[kind]} has no name` })
        open = { kind, name, title: `${TITLES[kind]} ${name}`, line, settings: [], more: rest.slice(1) }
        sections.push(open)
      } else if (!KEYWORDS.global.includes(kind)) broken.push({ line, message: unknownOutside(key, sections.at(-1)) })
      else if (sections.length > 0)
        broken.push({ line, message: `${key} for all channels stands before the first section` })
      else globals.push(setting)
    }
  })
  return { globals: { title: '', line: 1, settings: globals }, sections, broken }
}

const unknownIn = ({ kind, title }: MbsyncSection, key: string): string =>
  isKind(key.toLowerCase())
    ? `${key} begins a section, and ${title} has not ended: put an empty line before it`
    : `"${key}" is not known in ${title}; there may stand ${oneOf(KEYWORDS[kind])}`

function unknownOutside(key: string, last: MbsyncSection | undefined): string {
  const after = last === undefined ? '' : `: an empty line ended ${last.title} (line ${last.line})`
  return `"${key}" begins no section${after}; here may stand ${oneOf(Object.values(TITLES))}, and before them ${oneOf(KEYWORDS.global)}`
}

/** Words at white space; `"` toggles quoting, `\` takes the next character, `#` before a word ends the line. */
function splitWords(line: string): readonly string[] | 'comment' | null {
  const words: string[] = []
  let word: string | null = null
  let quoted = false
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? ''
    if (char === '\\' && at + 1 < line.length) word = (word ?? '') + line[++at]
    else if (char === '"') {
      quoted = !quoted
      word ??= ''
    } else if (!quoted && /\s/.test(char)) {
      if (word !== null) words.push(word)
      word = null
    } else if (char === '#' && word === null) {
      return words.length === 0 ? 'comment' : words
    } else word = (word ?? '') + char
  }
  if (quoted) return null
  if (word !== null) words.push(word)
  return words
}
