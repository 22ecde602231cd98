import { renameSync, rmdirSync, unlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { EXIT, MbauditError, StoreUnreadableError } from '../../errors.js'
import { syncDirectory, writingFailure } from '../durable-files.js'
import { codeOf } from '../file-reader.js'
import { joinLevels, splitLevels } from '../folder-name.js'
import { kindAt, makeDirectory, OTHER_NAME } from '../folder-places.js'
import { openablePath, utf8Octets } from '../octet-name.js'
import { specialUseOf } from '../special-use.js'
import { type FolderName, folderName, type LocalStoreSpec, type Store } from '../store.js'
import type { WritableFolder, WritableStore } from '../writable.js'
import { mboxFolder } from './folder.js'
import type { Variant } from './quoting.js'
import { formOf } from './signature.js'
import { type FoundMbox, findMboxes } from './tree.js'
import { FcntlLocks } from './writing-fcntl.js'
import { lockMailbox } from './writing-lock.js'
import { isWithoutMail, makeMailbox, openMailbox } from './writing-mailbox.js'
import { levelFor } from './writing-names.js'
import { childrenOf, type Place, placeOf } from './writing-places.js'

/** A tree of mbox files that is written to: a file a folder, its children in `NAME.sbd`. */
export class WritableMboxTree implements WritableStore {
  readonly spec: LocalStoreSpec
  readonly identity: string
  readonly #variant: Variant | null
  readonly #root: string
  readonly #locks = new FcntlLocks()
  readonly #folders = new Map<FolderName, FoundMbox>()

  constructor(spec: LocalStoreSpec, identity: string, variant: Variant | null) {
    this.spec = spec
    this.identity = identity
    this.#variant = variant
    this.#root = utf8Octets(spec.path === '/' ? '' : spec.path)
    this.#look()
  }

  list: Store['list'] = async () => {
    const { folders, foreign, troubles } = this.#look()
    return { folders: folders.map(({ name }) => ({ name, specialUse: specialUseOf(name) })), foreign, troubles }
  }

  open: Store['open'] = async (name) => {
    const { path, compression } = this.#find(name)
    return mboxFolder({ folder: name, path, compression, variant: this.#variant })
  }

  async openForWriting(name: FolderName): Promise<WritableFolder> {
    const { path } = this.#find(name)
    const mbox = { folder: name, path, variant: this.#variant }
    return openMailbox(this.spec, mbox, this.#locks, this.#root)
  }

  async createFolder(name: FolderName): Promise<void> {
    if (this.#folders.has(name)) return
    const place = this.#placeOf(name)
    await this.#told(name, async () => {
      for (const directory of place.directories) makeDirectory(directory)
      const isMade = makeMailbox(place.path)
      if (!isMade && formOf(place.path).kind !== 'mbox')
        throw this.#refused(name, 'a file of another kind is in its place')
    })
    this.#folders.set(name, { name, path: place.path, compression: null })
  }

  async renameFolder(from: FolderName, to: FolderName): Promise<void> {
    if (from === 'INBOX' || to === 'INBOX') throw this.#refused(from, 'INBOX keeps its name')
    if (to.startsWith(`${from}/`)) throw this.#refused(from, 'no folder goes into itself')
    this.#look()
    if (this.#folders.has(to)) throw this.#refused(to, 'there is such a folder already')
    const [old, place] = [this.#placeOf(from), this.#placeOf(to)]
    const path = this.#folders.get(from)?.path ?? old.path
    await this.#told(from, async () => {
      for (const directory of place.directories) makeDirectory(directory)
      // What lies in it first: what is cut off in the middle goes on.
      this.#move(from, childrenOf(path), childrenOf(place.path))
      if (!this.#folders.has(from)) return
      await using _lock = await lockMailbox(path, this.#locks)
      this.#move(from, path, place.path)
    })
    this.#look()
  }

  async deleteEmptyFolder(name: FolderName): Promise<void> {
    if (name === 'INBOX') throw this.#refused(name, 'INBOX stays')
    this.#look()
    const folder = this.#folders.get(name)
    if (folder === undefined) return
    const inside = [...this.#folders.keys()].find((other) => other.startsWith(`${name}/`))
    if (inside !== undefined) throw this.#refused(name, `${inside} lies in it`)
    await this.#told(name, async () => {
      await using _lock = await lockMailbox(folder.path, this.#locks)
      if (!(await isWithoutMail(folder.path))) throw this.#refused(name, 'something lies in it')
      unlinkSync(openablePath(folder.path))
      removeEmpty(childrenOf(folder.path))
      syncDirectory(dirname(folder.path))
    })
    this.#folders.delete(name)
  }

  async subscribe(): Promise<void> {}

  whyNoFolder(name: FolderName): string | null {
    const place = this.#folders.has(name) ? null : placeOf(this.#root, name, this.#folders)
    return typeof place === 'string' ? place : null
  }

  nameFor(name: FolderName): FolderName {
    if (this.whyNoFolder(name) === null) return name
    return joinLevels(splitLevels(name).map(levelFor))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#locks[Symbol.dispose]()
  }

  #look(): ReturnType<typeof findMboxes> {
    const found = findMboxes(this.#root)
    this.#folders.clear()
    for (const folder of found.folders) this.#folders.set(folder.name, folder)
    return found
  }

  /** A file that stands where the folder's would, and shows no mail, may be one that a crash left in a bad state. */
  #find(name: FolderName): Omit<FoundMbox, 'name'> {
    if (!this.#folders.has(name)) this.#look()
    const known = this.#folders.get(name)
    if (known !== undefined) return known
    const place = placeOf(this.#root, name, this.#folders)
    if (typeof place !== 'string' && kindAt(place.path) === 'other') return { path: place.path, compression: null }
    const hint = 'See which there are: mbaudit folders'
    throw new StoreUnreadableError(this.spec.name, `${name}: there is no such folder`, hint)
  }

  #placeOf(name: FolderName): Place {
    const place = placeOf(this.#root, name, this.#folders)
    if (typeof place === 'string') throw this.#refused(name, place, OTHER_NAME)
    return place
  }

  #move(name: FolderName, from: string, to: string): void {
    if (kindAt(from) === 'nothing') return
    removeEmpty(to)
    if (kindAt(to) !== 'nothing') throw this.#refused(name, 'something lies where it would go')
    renameSync(openablePath(from), openablePath(to))
    syncDirectory(dirname(to))
    if (dirname(from) !== dirname(to)) syncDirectory(dirname(from))
  }

  async #told(name: FolderName, act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      throw writingFailure(error, this.spec.name, name)
    }
  }

  #refused(name: FolderName, why: string, hint = 'See which folders there are: mbaudit folders'): MbauditError {
    const place = { store: this.spec.name, folder: folderName(name) }
    return new MbauditError('REFUSED', EXIT.partial, `${name}: ${why}`, hint, place)
  }
}

function removeEmpty(path: string): void {
  try {
    rmdirSync(openablePath(path))
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(error))) throw error
  }
}
