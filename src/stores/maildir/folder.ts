import { opendirSync } from 'node:fs'
import type { FileFolderKind, FileListing } from '../file-folder-kind.js'
import { linesIfAny } from '../file-lines.js'
import { codeOf } from '../file-reader.js'
import { nameStamp } from '../file-stamp.js'
import { openablePath, showOctets, textOfOctets, utf8Octets } from '../octet-name.js'
import { PackedKeys } from '../packed-keys.js'
import { listSafely } from '../safe-listing.js'
import { type Foreign, locator } from '../store.js'
import { bodyOf, flagsOf, infoOf, isNewKey, keyOf, lettersOf, relativePathOf, sortKeys, uniqueOf } from './file-name.js'

/** Files that programs leave in `cur` and `new` and that are no mail, beside those whose name begins with a dot. */
const NO_MAIL = /^(?:dovecot[.-].*|Thumbs\.db|desktop\.ini|maildirfolder|maildirsize|courierimap.*)$/i

/** A folder of a Maildir: the directory above `cur` and `new`. Its `tmp` holds deliveries on their way, no mail. */
export function maildirFolderKind(directory: string): FileFolderKind {
  return {
    abilities: { keepsFlags: true, keepsKeywords: true, stableLocators: true },
    version: 'maildir 1',
    list: () => listSafely([`${directory}/cur`, `${directory}/new`], () => listFolder(directory)),
    pathOf: (key) => `${directory}/${relativePathOf(key)}`,
    locatorOf: (key) => locator(`file=${textOfOctets(bodyOf(key))}`),
    positionOf: () => 0,
    compare: (key, wanted) => compareBody(bodyOf(key), wanted),
    isAmbiguous: (listing, key) => hasDouble(listing.keys, uniqueOf(bodyOf(key))),
    stampOf: nameStamp,
    formOf: () => 'plain',
  }
}

function compareBody(body: string, wanted: string): number {
  const other = utf8Octets(wanted.startsWith('file=') ? wanted.slice(5) : '')
  return body === other ? 0 : body < other ? -1 : 1
}

function hasDouble(keys: PackedKeys, unique: string): boolean {
  return keys.at(keys.lowerBound(`${unique}/`)).startsWith(`${unique}/`)
}

/** `new` first: a message moves from there to `cur`, so that one which moves meanwhile is met at least once. */
function listFolder(directory: string): FileListing {
  const keys = new PackedKeys()
  const foreign: Foreign[] = []
  const hasNew = listDirectory(directory, 'new', keys, foreign)
  const hasCur = listDirectory(directory, 'cur', keys, foreign)
  if (!hasNew && !hasCur) throw Object.assign(new Error('neither cur nor new'), { code: 'ENOENT' })
  const lacking = hasCur ? null : 'it has new and no cur: what lay there is not known'
  const keywords = readKeywords(directory)
  let sorted: PackedKeys | null = null
  return {
    get keys() {
      sorted ??= sortKeys(keys)
      return sorted
    },
    unsorted: keys,
    beside: keywords.join(' '),
    foreign,
    lacking,
    flagsOf: flagsReader(keywords),
  }
}

/** A folder has few different sets of flags: each is made once. */
function flagsReader(keywords: readonly (string | undefined)[]): FileListing['flagsOf'] {
  const made = new Map<string, readonly string[]>()
  return (key) => {
    const info = key.slice(key.indexOf('\0') + 1)
    const known = made.get(info)
    if (known !== undefined) return known
    const flags = flagsOf(lettersOf(infoOf(key)), isNewKey(key), keywords)
    if (made.size < FLAG_SETS) made.set(info, flags)
    return flags
  }
}

const FLAG_SETS = 1_000

/** @returns whether there is such a directory */
function listDirectory(directory: string, name: 'cur' | 'new', keys: PackedKeys, foreign: Foreign[]): boolean {
  const path = `${directory}/${name}`
  let entries: ReturnType<typeof opendirSync>
  try {
    entries = opendirSync(openablePath(path), { encoding: 'latin1', bufferSize: 1_024 })
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false
    throw error
  }
  try {
    for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
      const why = foreignWhy(entry)
      if (why === null) keys.push(keyOf(entry.name, name === 'new'))
      else foreign.push({ path: showOctets(`${path}/${entry.name}`), why })
    }
  } finally {
    entries.closeSync()
  }
  return true
}

/** Why an entry of `cur` or `new` is no message; null: it is one. Links are followed when they are read. */
export function foreignWhy(entry: {
  readonly name: string
  isDirectory(): boolean
  isFIFO(): boolean
  isSocket(): boolean
}): string | null {
  if (entry.isDirectory()) return 'a directory among messages'
  if (entry.isFIFO() || entry.isSocket()) return 'no regular file'
  if (entry.name.startsWith('.')) return 'a file whose name begins with a dot'
  return NO_MAIL.test(entry.name) ? "another program's own file" : null
}

/** The keywords that the letters from `a` on stand for, as Dovecot notes them: a line `0 $Label1` for each. */
export function readKeywords(directory: string): readonly (string | undefined)[] {
  const keywords: (string | undefined)[] = []
  for (const { text } of linesIfAny(`${directory}/dovecot-keywords`) ?? []) {
    const [, number, keyword] = /^(\d{1,2}) (\S+)\s*$/.exec(Buffer.from(text, 'latin1').toString()) ?? []
    if (Number(number) < 26) keywords[Number(number)] = keyword
  }
  return keywords
}
