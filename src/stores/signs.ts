import { type Dir, opendirSync } from 'node:fs'
import { codeOf } from './file-reader.js'
import { looksLikeMessage, readFirstOctets } from './first-octets.js'
import { isEmlName, isNumber } from './known-names.js'
import { compressionOf, firstDecompressed } from './mbox/compression.js'
import { looksLikeMbox } from './mbox/signature.js'
import { openablePath } from './octet-name.js'
import { type UnsupportedFormat, unsupportedDirectory, unsupportedFile } from './unsupported.js'

/** A file or directory of a format that is not read. */
export interface UnsupportedFind extends UnsupportedFormat {
  /** Octets; the file's name in the directory, empty for the directory itself. */
  readonly name: string
}

/** What the entries of one directory say about mail in it. Names are octets. */
export interface DirectorySigns {
  readonly isMaildir: boolean
  /** Whether messages of MH lie in it. */
  readonly isMh: boolean
  /** Files named by numbers. */
  readonly numbers: number
  readonly emls: number
  readonly mboxes: readonly string[]
  /** Whether mail programs keep a tree of mbox files here (`.sbd`, `.msf`). */
  readonly isMboxTree: boolean
  /** Without links, and without a Maildir's own. */
  readonly directories: readonly string[]
  /** Files whose names do not begin with a dot. */
  readonly visibleFiles: number
  readonly unsupported: readonly UnsupportedFind[]
}

/** Files whose names say that they are no mailbox: they are not opened to find out. */
const NO_MAILBOX =
  /^\.|~$|\.(?:7z|aac|avi|bmp|c|class|conf|cpp|css|csv|dat|deb|dll|doc|docx|exe|flac|gif|go|h|heic|html?|ico|ini|iso|jar|jpe?g|js|json|log|m4a|map|md|mkv|mov|mp[34]|msf|o|odt|ogg|pdf|php|pl|png|pptx?|ps|py|pyc|rb|rpm|rs|rtf|sh|so|sql|sqlite|svg|tar|tgz|tiff?|ts|ttf|wav|webm|webp|woff2?|xlsx?|xml|ya?ml|zip)$/i

/** Files looked into to tell an MH folder from a directory of other numbered files. */
const NUMBERED_LOOKED_AT = 5

/** Looks at the entries of a directory, and at the first octets of those that may be mail. @throws a system error */
export function readSigns(path: string): DirectorySigns {
  const { directories, names } = listNames(path)
  const numbered = names.filter(isNumber)
  const emls = names.filter(isEmlName).length
  const others = names.filter((name) => !isNumber(name) && !isEmlName(name))
  const found = lookInto(
    path,
    others.filter((name) => !NO_MAILBOX.test(name)),
  )
  const numberedKind = kindOfNumbered(path, numbered, names.includes('.mh_sequences'))
  const isMaildir = hasMaildir(path, directories)
  const all = new Set([...directories, ...names])
  const own = unsupportedDirectory(all)
  return {
    isMaildir,
    isMh: numberedKind === 'mh',
    numbers: numbered.length,
    emls,
    mboxes: numberedKind === 'mbox' ? [...found.mboxes, ...numbered] : found.mboxes,
    isMboxTree: isMboxTree(all),
    directories: isMaildir ? directories.filter((name) => !/^(?:cur|new|tmp)$/.test(name)) : directories,
    visibleFiles: names.filter((name) => !name.startsWith('.')).length,
    unsupported: own === null ? found.unsupported : [...found.unsupported, { ...own, name: '' }],
  }
}

/** Whether these directories are a Maildir's: `cur` alone may be called so by chance, but then it holds directories. */
function hasMaildir(path: string, directories: readonly string[]): boolean {
  const [hasNew, hasTmp] = [directories.includes('new'), directories.includes('tmp')]
  if (!directories.includes('cur')) return hasNew && hasTmp
  return hasNew || hasTmp || holdsFilesAlone(`${path}/cur`)
}

/** Whether a directory lies there with `cur` of a Maildir in it. */
export function isMaildirAt(path: string): boolean {
  return holdsFilesAlone(`${path}/cur`)
}

const ENTRIES_LOOKED_AT = 100

function holdsFilesAlone(path: string): boolean {
  try {
    using listing = closing(opendirSync(openablePath(path), { encoding: 'latin1', bufferSize: ENTRIES_LOOKED_AT }))
    for (let n = 0; n < ENTRIES_LOOKED_AT; n++) {
      const entry = listing.directory.readSync()
      if (entry === null) return true
      if (entry.isDirectory()) return false
    }
    return true
  } catch (error) {
    codeOf(error)
    return false
  }
}

function closing(directory: Dir): Disposable & { readonly directory: Dir } {
  return { directory, [Symbol.dispose]: () => directory.closeSync() }
}

/** Links are left out: what they lead to is found where it lies. */
function listNames(path: string): { readonly directories: string[]; readonly names: string[] } {
  const listing = opendirSync(openablePath(path), { encoding: 'latin1', bufferSize: 1_024 })
  const directories: string[] = []
  const names: string[] = []
  try {
    for (let entry = listing.readSync(); entry !== null; entry = listing.readSync()) {
      if (entry.isDirectory()) directories.push(entry.name)
      else if (entry.isFile()) names.push(entry.name)
    }
  } finally {
    listing.closeSync()
  }
  return { directories: directories.sort(), names: names.sort() }
}

function lookInto(path: string, names: readonly string[]): Pick<DirectorySigns, 'mboxes' | 'unsupported'> {
  const mboxes: string[] = []
  const unsupported: UnsupportedFind[] = []
  for (const name of names) {
    const octets = readFirstOctets(`${path}/${name}`)
    if (octets === null || octets.length === 0) continue
    const format = unsupportedFile(octets, name)
    if (format !== null) unsupported.push({ ...format, name })
    else if (isMboxFile(octets, name)) mboxes.push(name)
  }
  return { mboxes, unsupported }
}

function kindOfNumbered(path: string, numbered: readonly string[], hasSequences: boolean): 'mh' | 'mbox' | null {
  if (hasSequences) return 'mh'
  for (const name of numbered.slice(0, NUMBERED_LOOKED_AT)) {
    const octets = readFirstOctets(`${path}/${name}`)
    if (octets === null || octets.length === 0) continue
    if (isMboxFile(octets, name)) return 'mbox'
    if (looksLikeMessage(octets)) return 'mh'
  }
  return null
}

/**
 * Whether a file is an mbox, compressed or not.
 *
 * @param name - octets
 */
export function isMboxFile(firstOctets: Buffer, name: string): boolean {
  const compression = compressionOf(firstOctets, name)
  if (compression === null) return looksLikeMbox(firstOctets)
  return typeof compression === 'string' && looksLikeMbox(firstDecompressed(firstOctets, compression))
}

/** A mailbox with its index (`Inbox`, `Inbox.msf`), or a directory of a mailbox's children (`Inbox.sbd`). */
function isMboxTree(names: ReadonlySet<string>): boolean {
  return [...names].some((name) => /\.(?:msf|sbd)$/i.test(name) && names.has(name.replace(/\.(?:msf|sbd)$/i, '')))
}
