import { lstatSync, opendirSync } from 'node:fs'
import { type FileLook, ownerOf } from '../examine-file.js'
import { codeOf, giveWay, whyOf } from '../file-reader.js'
import { hashName, NumberColumn } from '../name-hashes.js'
import type { Observation } from '../observation.js'
import { fileLocator, ObservationNotes, shown } from '../observation-notes.js'
import { openablePath, unescapeOctets } from '../octet-name.js'
import { FolderChangedError } from '../safe-listing.js'
import type { FoundFolder } from '../tree.js'
import { noteLeftCopies } from './examine-left-copies.js'
import { NameLook, noteStaleTmp } from './examine-names.js'
import { examineSyncState, type GivenUids, readGivenUids } from './examine-sync-state.js'
import { TimeLook } from './examine-times.js'
import { examineUidList, UID_LISTS } from './examine-uid-list.js'
import { type FileAt, FileComparer, UidLook } from './examine-uids.js'
import { bodyOf, infoOf, isNewKey, uniqueOf } from './file-name.js'
import { maildirFolderKind, readKeywords } from './folder.js'

/** Files looked at before other work gets its turn. */
const AT_ONCE = 2_000
/** So many pairs of files with one unique name are compared. */
const COMPARED = 100

/** What the examination of a folder leaves for that of the store. */
export interface ExaminedFolder {
  readonly folder: FoundFolder
  /** Hashes of the unique names, as they stand in locators. */
  readonly uniques: NumberColumn
}

/** Looks at one folder of a Maildir. What cannot be read is an observation. */
export async function* examineFolder(
  folder: FoundFolder,
  look: FileLook,
  signal: AbortSignal,
  onExamined: (examined: ExaminedFolder) => void,
): AsyncIterable<readonly Observation[]> {
  const notes = new ObservationNotes(folder.name)
  try {
    noteLacking(folder.path, notes)
    const listing = await maildirFolderKind(folder.path).list()
    for (const { path, why } of listing.foreign) noteForeign(path, why, notes)
    const examination = new FolderExamination(folder, listing.keys, look, notes)
    for (let place = 0; place < listing.keys.length; place++) {
      examination.examineAt(place)
      if (notes.isFull) yield notes.take()
      if (place % AT_ONCE === AT_ONCE - 1) await giveWay()
      signal.throwIfAborted()
    }
    yield notes.take()
    examination.finish()
    examineTmp(folder.path, look, notes)
    onExamined({ folder, uniques: examination.uniques })
  } catch (error) {
    signal.throwIfAborted()
    const why = error instanceof FolderChangedError ? error.message : whyOf(error)
    notes.note('unreadable-folder', null, why)
  }
  yield notes.take()
}

/** What stands in `foreign` of a listing is a path as it is shown. */
function noteForeign(path: string, why: string, notes: ObservationNotes): void {
  const name = path.split('/').slice(-2).join('/')
  notes.note(why === 'a directory among messages' ? 'directory-among-messages' : 'foreign-file', fileLocator(name), why)
}

function noteLacking(directory: string, notes: ObservationNotes): void {
  const lacking = ['cur', 'new', 'tmp'].filter((name) => !isDirectory(`${directory}/${name}`))
  if (lacking.length > 0) notes.note('maildir-incomplete', null, `it has no ${lacking.join(' and no ')}`)
}

function isDirectory(path: string): boolean {
  try {
    opendirSync(openablePath(path)).closeSync()
    return true
  } catch (error) {
    const code = codeOf(error)
    return code !== 'ENOENT' && code !== 'ENOTDIR'
  }
}

function examineTmp(directory: string, look: FileLook, notes: ObservationNotes): void {
  try {
    const entries = opendirSync(openablePath(`${directory}/tmp`), { encoding: 'latin1', bufferSize: 256 })
    try {
      for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
        if (entry.name.startsWith('.') || !entry.isFile()) continue
        const stats = lstatSync(openablePath(`${directory}/tmp/${entry.name}`), { throwIfNoEntry: false })
        if (stats !== undefined) noteStaleTmp(entry.name, stats, look.now, notes)
      }
    } finally {
      entries.closeSync()
    }
  } catch (error) {
    const code = codeOf(error)
    if (code !== 'ENOENT' && code !== 'ENOTDIR') notes.note('unreadable-folder', null, `tmp: ${whyOf(error)}`)
  }
}

type Keys = Awaited<ReturnType<ReturnType<typeof maildirFolderKind>['list']>>['keys']

/** The walk through the files of one folder, and what is gathered on the way. */
class FolderExamination {
  readonly uniques = new NumberColumn()
  readonly #inCur = new NumberColumn()
  readonly #sizes = new NumberColumn()
  readonly #uidColumn = new NumberColumn()
  readonly #folder: FoundFolder
  readonly #keys: Keys
  readonly #look: FileLook
  readonly #notes: ObservationNotes
  readonly #owner: number | null
  readonly #names: NameLook
  readonly #times = new TimeLook()
  readonly #uids = new UidLook()
  readonly #comparer = new FileComparer(COMPARED)
  readonly #files: FileAt

  constructor(folder: FoundFolder, keys: Keys, look: FileLook, notes: ObservationNotes) {
    this.#folder = folder
    this.#keys = keys
    this.#look = look
    this.#notes = notes
    this.#owner = ownerOf(folder.path)
    this.#names = new NameLook(notes, look.now)
    const kind = maildirFolderKind(folder.path)
    this.#files = {
      locatorAt: (place) => kind.locatorOf(keys.at(place)),
      pathAt: (place) => kind.pathOf(keys.at(place)),
    }
  }

  examineAt(place: number): void {
    const key = this.#keys.at(place)
    const body = bodyOf(key)
    const unique = uniqueOf(body)
    const isNew = isNewKey(key)
    const at = this.#files.locatorAt(place)
    const hash = hashName(unique)
    this.uniques.push(hash)
    if (!isNew) this.#inCur.push(hash)
    this.#uidColumn.push(this.#uids.examine(place, unique))
    const delivered = this.#names.examine(unescapeOctets(unique), unescapeOctets(infoOf(key)), isNew, at)
    const stats = this.#look.examine(this.#files.pathAt(place), at, this.#folder.name, this.#owner, this.#notes)
    this.#sizes.push(stats?.size ?? 0)
    if (stats !== null && delivered !== null) this.#times.examine(place, stats.mtimeMs / 1_000, delivered)
    if (unique.length < body.length) this.#noteDouble(place, unique)
  }

  /** Of two files with one unique name the first has the name alone for its locator. */
  #noteDouble(place: number, unique: string): void {
    const first = this.#keys.lowerBound(`${unique}\0`)
    const key = this.#keys.at(first)
    const where = `${isNewKey(key) ? 'new' : 'cur'}, as "${shown(unescapeOctets(infoOf(key)))}"`
    const how = this.#comparer.compare(this.#files.pathAt(first), this.#files.pathAt(place))
    this.#notes.note(
      'unique-name-twice',
      this.#files.locatorAt(place),
      `another file of this name lies in ${where}; ${how}`,
    )
  }

  finish(): void {
    const directory = this.#folder.path
    this.#names.finish(namedLetters(directory))
    this.#times.finish(this.#files.locatorAt, this.#notes)
    const present = this.uniques.sorted()
    for (const name of UID_LISTS)
      examineUidList(`${directory}/${name}`, name, present, this.#inCur.sorted(), this.#notes)
    const given = readGivenUids(directory, this.#notes)
    this.#uids.finish(given?.highest ?? null, this.#files, this.#notes)
    this.#examineSync(given)
  }

  #examineSync(given: GivenUids | null): void {
    const paired = examineSyncState(this.#folder.path, this.#uids.ownUids(), given, this.#look.now, this.#notes)
    if (paired !== null && paired.length > 0)
      noteLeftCopies({ sizes: this.#sizes, uids: this.#uidColumn }, paired, this.#files, this.#notes)
  }
}

/** The letters that `dovecot-keywords` gives a meaning. */
function namedLetters(directory: string): ReadonlySet<string> {
  const named = readKeywords(directory).flatMap((keyword, at) =>
    keyword === undefined ? [] : [String.fromCharCode(97 + at)],
  )
  return new Set(named)
}
