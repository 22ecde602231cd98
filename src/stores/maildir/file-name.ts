import { escapeOctets, unescapeOctets } from '../octet-name.js'
import { PackedKeys } from '../packed-keys.js'

/** Where a message's info begins in a file name: `:2,` (maildir(5)), or what Windows and SMB put for the colon. */
const INFO = /(?::|[!;]|\xef\x80\xa2)2,(?=[^:]*$)/
const WINDOWS_INFO = /(?:[!;]|\xef\x80\xa2)2,[A-Za-z]*$/

/** Splits a file name (octets) into the unique name and the info with its separator; the info is empty where there is none. */
export function splitFileName(name: string): readonly [unique: string, info: string] {
  let at = name.lastIndexOf(':2,')
  if (at < 0) at = name.search(WINDOWS_INFO)
  return at < 0 ? [name, ''] : [name.slice(0, at), name.slice(at)]
}

/** The letters of an info: `:2,FS` -> `FS`. */
export const lettersOf = (info: string): string => info.replace(INFO, '')

/** maildir(5); `P` (passed: forwarded, bounced or resent) has no system flag, `$Forwarded` is what others map it to. */
const LETTERS: Readonly<Record<string, string>> = {
  D: '\\Draft',
  F: '\\Flagged',
  P: '$Forwarded',
  R: '\\Answered',
  S: '\\Seen',
  T: '\\Deleted',
}

/**
 * The flags of a message, sorted.
 *
 * @param isNew - it lies in `new`: it was not seen, whatever its name says
 * @param keywords - what the letters `a` to `z` mean here; letters that mean nothing are left out
 */
export function flagsOf(letters: string, isNew: boolean, keywords: readonly (string | undefined)[]): readonly string[] {
  if (letters === '') return NONE
  const flags = new Set<string>()
  for (const letter of letters) {
    const flag = LETTERS[letter] ?? keywords[letter.charCodeAt(0) - A]
    if (flag !== undefined && !(isNew && flag === '\\Seen')) flags.add(flag)
  }
  return [...flags].sort()
}

const A = 'a'.charCodeAt(0)
const NONE: readonly string[] = []

/**
 * The key of a message file: what its locator says, NUL, `c` or `n` for `cur` or `new`, its info. It sorts as the locator does.
 * Where two files share a unique name, all but the first have `/`, their directory and their info in the locator too
 * (`file=1700.M1.host/new:2,`): no file name holds a `/`.
 */
export function keyOf(name: string, isNew: boolean): string {
  const [unique, info] = splitFileName(name)
  return `${escapeOctets(unique)}\0${isNew ? 'n' : 'c'}${escapeOctets(info)}`
}

/** Sorts keys, and tells those apart that share a unique name. */
export function sortKeys(keys: PackedKeys): PackedKeys {
  keys.sort()
  const doubles = new Set<string>()
  let before = ''
  for (let n = 0; n < keys.length; n++) {
    const key = keys.at(n)
    const at = key.indexOf('\0')
    if (before.charCodeAt(at) === 0 && before.startsWith(key.slice(0, at))) doubles.add(key.slice(0, at))
    before = key
  }
  return doubles.size === 0 ? keys : tellApart(keys, doubles)
}

function tellApart(keys: PackedKeys, doubles: ReadonlySet<string>): PackedKeys {
  const apart = new PackedKeys()
  let before: string | null = null
  for (let n = 0; n < keys.length; n++) {
    const key = keys.at(n)
    const at = key.indexOf('\0')
    const unique = key.slice(0, at)
    apart.push(unique === before && doubles.has(unique) ? doubleKey(key, at) : key)
    before = unique
  }
  return apart.sort()
}

function doubleKey(key: string, at: number): string {
  const directory = key[at + 1] === 'n' ? 'new' : 'cur'
  return `${key.slice(0, at)}/${directory}${key.slice(at + 2)}${key.slice(at)}`
}

/** What the locator of a key says: Latin-1 of its octets. */
export const bodyOf = (key: string): string => key.slice(0, key.indexOf('\0'))

/** The unique name in what a locator says, without what tells doubles apart. */
export function uniqueOf(body: string): string {
  const slash = body.indexOf('/')
  return slash < 0 ? body : body.slice(0, slash)
}

export const isNewKey = (key: string): boolean => key[key.indexOf('\0') + 1] === 'n'

export const infoOf = (key: string): string => key.slice(key.indexOf('\0') + 2)

/** The path below the folder, octets. */
export function relativePathOf(key: string): string {
  return (isNewKey(key) ? 'new/' : 'cur/') + unescapeOctets(uniqueOf(bodyOf(key)) + infoOf(key))
}
