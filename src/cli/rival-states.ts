import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { UsageError } from '../errors.js'
import { readLocalStatusFile } from '../index/local-status.js'
import type { PairSide } from '../index/pair-row.js'
import { foldersOfStateName, readMbsyncState } from '../plan/state-import/mbsync-state.js'
import { folderMark, readLocalStatus, readStatusRows } from '../plan/state-import/offlineimap-state.js'
import { isDamaged, type ReadState, type RivalFolder } from '../plan/state-import/rival-state.js'
import { splitLevels } from '../stores/folder-name.js'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from '../stores/modified-utf7.js'
import type { FolderName } from '../stores/store.js'

/** What another program remembers of two folders, and where that stands. */
export interface RivalFound {
  readonly file: string
  /** The side that its far folder is on; null: its file does not say, and UIDVALIDITY must tell. */
  readonly farSide: PairSide | null
  /** The near folder as the program names it. */
  readonly near: string
  readonly read: ReadState<RivalFolder>
  /** What the names of the near folder's files may be marked with; null: with nothing. */
  readonly marks: ReadonlySet<string> | null
}

/** One side of a channel, as a state may speak of it. */
export interface RivalSide {
  readonly name: string
  readonly type: string
  /** Absolute; empty for an account. */
  readonly path: string
  readonly folders: readonly FolderName[]
}

/**
 * Finds what mbsync or OfflineIMAP remember of a channel: in the folders of a Maildir (`SyncState *`), in `~/.mbsync`, in the
 * folder that `SyncState` of a channel names, or in `~/.offlineimap`.
 *
 * @throws UsageError where `path` is none of these, or has nothing of this channel
 */
export function findRivalStates(
  path: string,
  channel: string,
  sides: Readonly<Record<PairSide, RivalSide>>,
): readonly RivalFound[] {
  const found = [
    ...inMaildir(path, sides),
    ...inMbsyncFolder(path, sides),
    ...inChannelFolder(path),
    ...inOfflineimapFolder(path, channel, sides),
  ]
  if (found.length > 0) return found
  throw new UsageError(
    `${path} holds no state of channel ${channel}`,
    'It is the msinfo of mailsync, the Maildir whose folders hold .mbsyncstate, ~/.mbsync, the folder of SyncState, or ~/.offlineimap: docs/config-import.md.',
  )
}

const otherOf = (side: PairSide): PairSide => (side === 'a' ? 'b' : 'a')

const maildirSide = ({ a, b }: Readonly<Record<PairSide, RivalSide>>): PairSide | null =>
  b.type === 'maildir' ? 'b' : a.type === 'maildir' ? 'a' : null

function* inMaildir(path: string, sides: Readonly<Record<PairSide, RivalSide>>): Iterable<RivalFound> {
  for (const side of ['a', 'b'] as const) {
    const { type, path: root, folders } = sides[side]
    if (type !== 'maildir' || root !== path) continue
    for (const folder of folders) {
      const directory = directoryOf(root, folder)
      const file = directory === null ? null : join(directory, '.mbsyncstate')
      if (file === null || !existsSync(file)) continue
      const read = existsSync(`${file}.journal`) ? stopped<RivalFolder>() : readMbsyncState(textOf(file))
      yield { file, farSide: otherOf(side), near: folder, read, marks: null }
    }
  }
}

const stopped = <State>(): ReadState<State> =>
  isDamaged(0, 'a journal lies beside it: let mbsync finish its last run first')

/** `:FARSTORE:BOX_:NEARSTORE:BOX`, for every channel of mbsync. */
function* inMbsyncFolder(path: string, sides: Readonly<Record<PairSide, RivalSide>>): Iterable<RivalFound> {
  const isOf = (name: string, store: string): boolean => name === store || name.startsWith(`${store}-`)
  for (const name of namesIn(path)) {
    const folders = foldersOfStateName(name)
    const [, far = '', near = ''] = /^:([^:]+):.*_:([^:]+):/.exec(name) ?? []
    if (folders === null) continue
    const farSide = (['a', 'b'] as const).find(
      (side) => isOf(sides[side].name, far) && isOf(sides[otherOf(side)].name, near),
    )
    if (farSide === undefined) continue
    const file = join(path, name)
    const read = namesIn(path).includes(`${name}.journal`) ? stopped<RivalFolder>() : readMbsyncState(textOf(file))
    yield { file, farSide, near: decodedName(folders.near), read, marks: null }
  }
}

/** What `SyncState FOLDER/` of a channel holds: a file for each near folder, named as that is. */
function* inChannelFolder(path: string): Iterable<RivalFound> {
  const names = namesIn(path)
  for (const name of names) {
    const file = join(path, name)
    if (/\.(?:lock|journal|new)$/.test(name) || !isFile(file) || !beginsAsState(file)) continue
    if (foldersOfStateName(name) !== null) continue
    const near = decodedName(name.replaceAll('!', '/'))
    const read = names.includes(`${name}.journal`) ? stopped<RivalFolder>() : readMbsyncState(textOf(file))
    yield { file, farSide: null, near, read, marks: null }
  }
}

const LONGEST_NAME = 'MasterUidValidity '.length

function beginsAsState(file: string): boolean {
  const handle = openSync(file, 'r')
  try {
    const start = Buffer.alloc(LONGEST_NAME)
    readSync(handle, start)
    return /^(?:Far|Master)UidValidity /.test(start.toString('latin1'))
  } finally {
    closeSync(handle)
  }
}

const decodedName = (name: string): string =>
  name
    .split('/')
    .map((level) => decodeModifiedUtf7(level) ?? level)
    .join('/')

/** `Account-NAME/LocalStatus-sqlite/FOLDER`, and UIDVALIDITY in `Repository-NAME/FolderValidity/FOLDER`. */
function* inOfflineimapFolder(
  path: string,
  channel: string,
  sides: Readonly<Record<PairSide, RivalSide>>,
): Iterable<RivalFound> {
  const near = maildirSide(sides)
  if (near === null) return
  const farSide = otherOf(near)
  for (const kind of ['LocalStatus-sqlite', 'LocalStatus']) {
    const place = join(path, `Account-${channel}`, kind)
    for (const folder of sides[near].folders) {
      // The name of its file is that of the Maildir's directory, with dots between levels.
      const plain = splitLevels(folder).join('.')
      const name = isFile(join(place, plain)) ? plain : encodeModifiedUtf7(plain)
      const file = join(place, name)
      if (!isFile(file)) continue
      const validity = serverValidity(join(path, `Repository-${sides[farSide].name}`, 'FolderValidity'), name)
      const rows = kind === 'LocalStatus' ? [] : readLocalStatusFile(file)
      const read =
        kind === 'LocalStatus'
          ? readLocalStatus(textOf(file), validity)
          : rows === null
            ? isDamaged<RivalFolder>(0, 'this is no LocalStatus of OfflineIMAP')
            : readStatusRows(rows, validity)
      yield { file, farSide, near: folder, read, marks: marksOf(folder) }
    }
    if (namesIn(place).length > 0) return
  }
}

/** UIDVALIDITY of the server's folder, which may have a prefix there. */
function serverValidity(place: string, name: string): string | null {
  const file = [name, `INBOX.${name}`].map((each) => join(place, each)).find(isFile)
  return file === undefined ? null : textOf(file).trim()
}

/** Files are marked with the folder's name as the server has it, as far as `nametrans` tells it. */
function marksOf(folder: FolderName): ReadonlySet<string> {
  const levels = splitLevels(folder).map((level) => level.replace(/\\(.)/g, '$1'))
  const ways = [levels, levels.map((level) => encodeModifiedUtf7(level))]
  const names = ways.flatMap((way) => [way.join('/'), way.join('.')])
  return new Set(names.flatMap((name) => [name, `INBOX.${name}`, `INBOX/${name}`]).map(folderMark))
}

/** What stands in `.uidvalidity`, by which mbsync says that UIDs in names hold; null: nothing that can be read. */
export function uidValidityOf(root: string, folder: FolderName): string | null {
  const directory = directoryOf(root, folder)
  const file = directory === null ? null : join(directory, '.uidvalidity')
  return file !== null && isFile(file) ? (/^\s*(\d{1,10})\s*$/m.exec(textOf(file))?.[1] ?? null) : null
}

/** The directory of a Maildir's folder, in either layout; null: it is not found. */
function directoryOf(root: string, folder: FolderName): string | null {
  const levels = splitLevels(folder).map((level) => level.replace(/\\(.)/g, '$1'))
  const ways = [levels, levels.map((level) => encodeModifiedUtf7(level, '/.'))]
  const places = ways.flatMap((way) => [join(root, ...way), join(root, `.${way.join('.')}`)])
  const inboxes = folder === 'INBOX' ? [root, join(root, 'Inbox'), join(root, 'inbox')] : []
  return [...places, ...inboxes].find((place) => existsSync(join(place, 'cur'))) ?? null
}

const textOf = (file: string): string => readFileSync(file, 'utf8')

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

function namesIn(path: string): readonly string[] {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(path)
        .map((name) => basename(name))
        .sort()
    : []
}
