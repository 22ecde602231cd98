import { type BrokenLine, oneOf } from './broken-file.js'
import type { OfflineimapSection } from './offlineimap-syntax.js'
import { lastOf } from './settings.js'

const BOOLEANS =
  'readonly sync_deletes createfolders ssl starttls expunge subscribedonly decodefoldernames utf8foldernames restoreatime usecompression holdconnectionopen singlethreadperfolder'.split(
    ' ',
  )
const NUMBERS = ['remoteport', 'maxconnections', 'retrycount', 'socktimeout', 'maxsize']
const TYPES = ['Maildir', 'GmailMaildir', 'IMAP', 'Gmail']

/** Whether a setting of a section is on; without it, `fallback`. */
export function isOn(section: OfflineimapSection, key: string, fallback: boolean): boolean {
  const setting = lastOf(section, key)
  return setting === undefined ? fallback : /^(?:1|yes|true|on)$/i.test(setting.value)
}

/** What offlineimap itself stops at: values of another kind, sections that are not there. */
export function offlineimapMistakes(sections: readonly OfflineimapSection[]): BrokenLine[] {
  return [...sections.flatMap(valueMistakes), ...sections.flatMap((section) => referenceMistakes(section, sections))]
}

function valueMistakes({ settings }: OfflineimapSection): BrokenLine[] {
  return settings.flatMap(({ line, key, value }) => {
    if (BOOLEANS.includes(key) && !/^(?:[01]|yes|no|true|false|on|off)$/i.test(value)) {
      return [{ line, message: `${key} is yes or no, not "${value}"` }]
    }
    if (!NUMBERS.includes(key)) return []
    if (!/^\d+$/.test(value)) return [{ line, message: `${key} is a whole number, not "${value}"` }]
    const isPort = key !== 'remoteport' || (Number(value) >= 1 && Number(value) <= 65_535)
    return isPort ? [] : [{ line, message: 'remoteport is from 1 to 65535' }]
  })
}

function referenceMistakes(section: OfflineimapSection, sections: readonly OfflineimapSection[]): BrokenLine[] {
  const named = (kind: string) => sections.flatMap((each) => (each.kind === kind ? [each.name] : []))
  if (section.kind === 'Repository') {
    const type = lastOf(section, 'type')
    if (type === undefined) return [{ line: section.line, message: `[${section.title}] has no type: ${oneOf(TYPES)}` }]
    return TYPES.includes(type.value)
      ? []
      : [{ line: type.line, message: `type may be ${oneOf(TYPES)}, not "${type.value}"` }]
  }
  if (section.kind === 'general') {
    const accounts = lastOf(section, 'accounts')
    return accountNames(accounts?.value ?? '').flatMap((name) =>
      missing(accounts?.line ?? section.line, 'Account', name, named('Account')),
    )
  }
  if (section.kind !== 'Account') return []
  return ['localrepository', 'remoterepository'].flatMap((key) => {
    const setting = lastOf(section, key)
    return setting === undefined
      ? [{ line: section.line, message: `[${section.title}] has no ${key}` }]
      : missing(setting.line, 'Repository', setting.value, named('Repository'))
  })
}

const missing = (line: number, kind: string, name: string, known: readonly string[]): BrokenLine[] =>
  known.includes(name) ? [] : [{ line, message: `there is no [${kind} ${name}]; there are: ${oneOf(known) || 'none'}` }]

/** The accounts that `[general] accounts` lists. */
export const accountNames = (value: string): string[] => value.split(/[\s,]+/).filter((name) => name !== '')
