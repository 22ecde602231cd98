import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../src/stores/drivers.js'
import { splitLevels } from '../../src/stores/folder-name.js'
import { encodeModifiedUtf7 } from '../../src/stores/modified-utf7.js'
import type { LocalStoreType } from '../../src/stores/store.js'
import type { LawMessage, MadeStore, StoreMaker } from './store-law.js'

/** A kind of store that keeps each message in a file, as a test writes it. */
interface FileLayout {
  readonly type: LocalStoreType
  /** The directory of a folder below the root; made where it is lacking. */
  directoryOf(root: string, folder: string): string
  write(directory: string, message: LawMessage, n: number): void
  /** Paths of the message files of a folder. */
  files(directory: string): string[]
  reflag(path: string, flags: readonly string[]): void
  unreadableName: string
}

/** The levels of a folder's name, escapes undone. */
export const plainLevels = (folder: string): string[] =>
  splitLevels(folder).map((level) => level.replace(/\\([\\/])/g, '$1'))

export function makerOf(layout: FileLayout): StoreMaker {
  return {
    make: async (messages, emptyFolders = []) => {
      const root = mkdtempSync(join(tmpdir(), 'mbaudit-law-'))
      const place = (folder = 'INBOX') => {
        const directory = layout.directoryOf(root, folder)
        mkdirSync(directory, { recursive: true })
        return directory
      }
      for (const folder of ['INBOX', ...emptyFolders]) place(folder)
      let count = 0
      const add = (message: LawMessage) => layout.write(place(message.folder), message, ++count)
      for (const message of messages) add(message)
      return made(layout, root, add)
    },
  }
}

function made(layout: FileLayout, root: string, add: (message: LawMessage) => void): MadeStore {
  const find = (folder: string, raw: Buffer): string => {
    const path = layout.files(layout.directoryOf(root, folder)).find((each) => readFileSync(each).equals(raw))
    if (path === undefined) throw new Error('no such message')
    return path
  }
  return {
    root,
    open: () => openStore({ name: 'test', type: layout.type, path: root, options: {} }),
    add: async (message) => add(message),
    remove: async (folder, raw) => unlinkSync(find(folder, raw)),
    reflag: async (folder, raw, flags) => layout.reflag(find(folder, raw), flags),
    removeFolder: async (folder) => rmSync(layout.directoryOf(root, folder), { recursive: true }),
    addUnreadable: async (folder) =>
      symlinkSync('/nowhere/at/all', join(layout.directoryOf(root, folder), layout.unreadableName)),
    dispose: async () => rmSync(root, { recursive: true, force: true }),
  }
}

const LETTERS: Readonly<Record<string, string>> = {
  '\\Draft': 'D',
  '\\Flagged': 'F',
  $Forwarded: 'P',
  '\\Answered': 'R',
  '\\Seen': 'S',
  '\\Deleted': 'T',
}

/** Writes the letters of flags; a keyword gets the next letter in the folder's dovecot-keywords. */
function lettersOf(directory: string, flags: readonly string[]): string {
  const path = join(directory, 'dovecot-keywords')
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : []
  const letters = flags.map((flag) => {
    const known = LETTERS[flag]
    if (known !== undefined) return known
    let at = lines.findIndex((line) => line.endsWith(` ${flag}`))
    if (at < 0) at = lines.push(`${lines.length} ${flag}`) - 1
    return String.fromCharCode(97 + at)
  })
  if (lines.length > 0) writeFileSync(path, `${lines.join('\n')}\n`)
  return letters.sort().join('')
}

function writeMessage(path: string, { raw, received }: LawMessage): void {
  writeFileSync(path, raw)
  if (received !== undefined) utimesSync(path, received, received)
}

const maildirFiles = (directory: string): string[] =>
  ['cur', 'new'].flatMap((sub) => readdirSync(join(directory, sub)).map((name) => join(directory, sub, name)))

const maildir = (folderPath: (levels: readonly string[]) => string): StoreMaker =>
  makerOf({
    type: 'maildir',
    directoryOf: (root, folder) => {
      const directory = folder === 'INBOX' ? root : join(root, folderPath(plainLevels(folder)))
      if (existsSync(root) && !existsSync(join(directory, 'cur'))) {
        for (const sub of ['cur', 'new', 'tmp']) mkdirSync(join(directory, sub), { recursive: true })
      }
      return directory
    },
    write: (directory, message, n) => {
      const letters = lettersOf(directory, message.flags ?? [])
      writeMessage(join(directory, 'cur', `${1_700_000_000 + n}.M${n}P1.host.example:2,${letters}`), message)
    },
    files: maildirFiles,
    reflag: (path, flags) => {
      renameSync(path, path.replace(/:2,.*/, `:2,${lettersOf(join(path, '..', '..'), flags)}`))
    },
    unreadableName: 'cur/1800000000.M1P1.host.example:2,S',
  })

/** Maildir++: `.Work.2024`, names in modified UTF-7. */
export const maildirPlusPlus = maildir(
  (levels) => `.${levels.map((level) => encodeModifiedUtf7(level, '/.')).join('.')}`,
)

/** Plain nested directories, Unicode names. */
export const maildirFs = maildir((levels) => join(...levels.map((level) => level.replaceAll('/', '&AC8-'))))

/** Directories with numbered files; flags in `.mh_sequences`. */
export const mh = makerOf({
  type: 'mh',
  directoryOf: plainDirectory,
  write: (directory, message, n) => {
    writeMessage(join(directory, String(n)), message)
    writeSequences(directory, n, message.flags ?? [])
  },
  files: (directory) => numbered(directory, /^\d+$/),
  reflag: (path, flags) => {
    const number = Number(/\d+$/.exec(path)?.[0])
    writeSequences(join(path, '..'), number, flags)
  },
  unreadableName: '9999',
})

/** Directories of `.eml` files, which have no flags. */
export const eml = makerOf({
  type: 'eml',
  directoryOf: plainDirectory,
  write: (directory, message, n) => writeMessage(join(directory, `${String(n).padStart(6, '0')}.eml`), message),
  files: (directory) => numbered(directory, /\.eml$/),
  reflag: () => {},
  unreadableName: 'zzz.eml',
})

function plainDirectory(root: string, folder: string): string {
  return folder === 'INBOX' ? root : join(root, ...plainLevels(folder))
}

function numbered(directory: string, pattern: RegExp): string[] {
  return readdirSync(directory)
    .filter((name) => pattern.test(name))
    .map((name) => join(directory, name))
}

const SEQUENCES: Readonly<Record<string, string>> = {
  '\\Answered': 'replied',
  '\\Flagged': 'flagged',
  '\\Deleted': 'deleted',
  '\\Draft': 'draft',
}

function writeSequences(directory: string, number: number, flags: readonly string[]): void {
  const path = join(directory, '.mh_sequences')
  const sequences = new Map<string, Set<number>>()
  const of = (name: string): Set<number> => {
    const set = sequences.get(name) ?? new Set()
    sequences.set(name, set)
    return set
  }
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : []
  for (const line of lines) {
    const [name = '', list = ''] = line.split(':')
    for (const word of list.trim().split(' ')) of(name).add(Number(word))
  }
  for (const set of sequences.values()) set.delete(number)
  if (!flags.includes('\\Seen')) of('unseen').add(number)
  for (const flag of flags) if (flag !== '\\Seen') of(SEQUENCES[flag] ?? flag).add(number)
  const filled = [...sequences].filter(([, set]) => set.size > 0)
  writeFileSync(path, filled.map(([name, set]) => `${name}: ${[...set].join(' ')}\n`).join(''))
}
