import { type FolderName, folderName } from './store.js'

/** Writes one level of a folder's name: `/` and `\` inside it are escaped by `\`. */
export function escapeLevel(text: string): string {
  return text.replace(/[\\/]/g, '\\$&')
}

/** Joins levels that are escaped already. */
export function joinLevels(levels: readonly string[]): FolderName {
  return folderName(levels.join('/'))
}

/** The levels of a name, each still escaped. */
export function splitLevels(name: string): string[] {
  return name.match(/(?:\\.|[^/\\])+/gsu) ?? []
}

/** INBOX first, then by the octets of the names in UTF-8: the order of folders in every result. */
export function compareFolderNames(a: string, b: string): number {
  if (a === b) return 0
  if (a === 'INBOX') return -1
  if (b === 'INBOX') return 1
  return compareUtf8(a, b)
}

/**
 * Orders two texts as their UTF-8 octets are ordered (as SQLite's BINARY does). UTF-16 units give the same order
 * but where one text has a surrogate pair and the other a character from U+E000 on.
 */
export function compareUtf8(a: string, b: string): number {
  if (a === b) return 0
  if (!HIGH.test(a) || !HIGH.test(b)) return a < b ? -1 : 1
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

const HIGH = /[\ud800-\uffff]/

/** A folder's name as its levels say, the first of them `INBOX` in whatever case (RFC 9051 §5.1). */
export function nameOfLevels(levels: readonly string[]): FolderName {
  const [first = 'INBOX', ...rest] = levels
  return joinLevels([first.toUpperCase() === 'INBOX' ? 'INBOX' : first, ...rest])
}
