import { escapeLevel, joinLevels, nameOfLevels, splitLevels } from '../folder-name.js'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from '../modified-utf7.js'
import type { FolderName } from '../store.js'

/** One namespace (RFC 2342). */
export interface Namespace {
  readonly kind: 'personal' | 'other' | 'shared'
  /** With the separator at its end; empty: the names of all that is in no other one. */
  readonly prefix: string
}

/**
 * Reads a folder's name as it stands on the wire.
 *
 * @param isUnicode - whether names are UTF-8 (UTF8=ACCEPT) and not modified UTF-7
 * @returns null where the name is not what an encoder writes: asked for by it, the server would be told another one
 */
export function decodePath(wire: string, isUnicode: boolean): string | null {
  if (isUnicode || !wire.includes('&')) return wire
  const decoded = decodeModifiedUtf7(wire)
  return decoded !== null && encodeModifiedUtf7(decoded) === wire ? decoded : null
}

/** A path as it goes over the wire. */
export const encodedPath = (path: string, isUnicode: boolean): string => (isUnicode ? path : encodeModifiedUtf7(path))

const isInbox = (path: string): boolean => path.toUpperCase() === 'INBOX'

/** The namespace that a folder is in: the one with the longest prefix; INBOX is the user's own, whatever the prefixes say. */
export function namespaceOf(path: string, separator: string, namespaces: readonly Namespace[]): Namespace {
  let best: Namespace = { kind: 'personal', prefix: '' }
  let length = -1
  for (const namespace of namespaces) {
    if (namespace.prefix.length > length && isWithin(path, separator, namespace.prefix)) {
      best = namespace
      length = namespace.prefix.length
    }
  }
  if (!isInbox(path) || best.kind === 'personal') return best
  return { kind: 'personal', prefix: '' }
}

/** A prefix `INBOX.` holds in any case; `Public/` holds the folder `Public` too. */
function isWithin(path: string, separator: string, prefix: string): boolean {
  const whole = `${path}${separator}`
  if (whole.startsWith(prefix)) return true
  return (
    isInbox(prefix.slice(0, 5)) &&
    whole.slice(0, 5).toUpperCase() === 'INBOX' &&
    whole.slice(5).startsWith(prefix.slice(5))
  )
}

/**
 * The name of a folder for people: levels with `/` between them, without the prefix of the user's own namespace.
 *
 * @param separator - empty: the server has no levels
 */
export function nameOf(path: string, separator: string, { kind, prefix }: Namespace): FolderName {
  if (isInbox(path)) return nameOfLevels(['INBOX'])
  const rest = kind === 'personal' && path.length > prefix.length ? path.slice(prefix.length) : path
  const levels = (separator === '' ? [rest] : rest.split(separator)).map(escapeLevel)
  const [first = ''] = levels
  // INBOX.INBOX is another folder than INBOX.
  if (levels.length === 1 && prefix !== '' && isInbox(first)) return joinLevels(['INBOX', first])
  return isInbox(first) ? nameOfLevels(levels) : joinLevels(levels)
}

/** How a folder of the user's own is called on the server. */
export interface Naming {
  /** Of the user's own namespace, with the separator at its end. */
  readonly prefix: string
  /** Empty: the server has no levels. */
  readonly separator: string
}

const levelsOf = (name: FolderName): string[] => splitLevels(name).map((level) => level.replace(/\\(.)/gsu, '$1'))

/** The path of the folder that `nameOf` gives this name; whether the server can have it says `whyNoPath`. */
export function pathOf(name: FolderName, { prefix, separator }: Naming): string {
  const levels = levelsOf(name)
  const [first = '', ...rest] = levels
  if (levels.length === 1 && isInbox(first)) return 'INBOX'
  const isBelowInbox = isInbox(first) && prefix === ''
  return isBelowInbox ? ['INBOX', ...rest].join(separator) : `${prefix}${levels.join(separator)}`
}

/** Why a server can have no folder of this name; null: nothing speaks against it. */
export function whyNoPath(name: FolderName, { separator }: Naming): string | null {
  const levels = levelsOf(name)
  if (levels.length === 0 || joinLevels(splitLevels(name)) !== name) return 'a level of it is empty'
  if (encodeModifiedUtf7(name).length > LONGEST) return `it is longer than ${LONGEST} octets`
  if (separator === '' && levels.length > 1) return 'the server has no folders inside of folders'
  for (const level of levels) {
    if (/\p{Cc}/u.test(level)) return 'the server has no control characters in names'
    if (!level.isWellFormed()) return 'it is no Unicode'
    if (separator !== '' && level.includes(separator)) return `the server has ${separator} between the levels of names`
  }
  return null
}

/** Octets of a path; most servers take less. */
const LONGEST = 1_000

/** The name with what the server cannot have in it replaced. */
export function possibleName(name: FolderName, { separator }: Naming): FolderName {
  const levels = levelsOf(name).map((level) => level.toWellFormed().replace(/\p{Cc}/gu, '_'))
  if (separator === '') return joinLevels([escapeLevel(levels.join('_'))])
  return joinLevels(levels.map((level) => escapeLevel(level.replaceAll(separator, '_'))))
}
