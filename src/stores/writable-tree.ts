import { renameSync, rmdirSync } from 'node:fs'
import { userInfo } from 'node:os'
import { EXIT, MbauditError, StoreUnreadableError } from '../errors.js'
import { syncDirectory, writingFailure } from './durable-files.js'
import { codeOf } from './file-reader.js'
import { compareFolderNames, joinLevels, splitLevels } from './folder-name.js'
import { kindAt, makeDirectory, OTHER_NAME, whyNoPlace } from './folder-places.js'
import { openablePath, utf8Octets } from './octet-name.js'
import { type FolderName, folderName, type LocalStoreSpec, type Store } from './store.js'
import { type FoundFolder, findTree } from './tree.js'
import { deleteEmpty, makeStore } from './tree-directories.js'
import { LINKED, openTreeStore } from './tree-store.js'
import type { WritableStore } from './writable.js'
import { type FileFolderWriter, WritableFileFolder } from './writable-file-folder.js'
import type { WritableTreeKind } from './writable-tree-kind.js'

/**
 * Opens a tree of directories for writing.
 *
 * @param create - makes the store where nothing lies, or an empty directory
 * @throws StoreNotFoundError and what the reading side throws
 */
export async function openWritableTree(
  spec: LocalStoreSpec,
  kind: WritableTreeKind,
  create: boolean,
): Promise<WritableStore> {
  if (create) makeStore(spec, kind)
  return new WritableTree(spec, kind)
}

class WritableTree implements WritableStore {
  readonly spec: LocalStoreSpec
  readonly identity: string
  readonly #kind: WritableTreeKind
  readonly #store: Store
  readonly #root: string
  readonly #isRoot = runsAsRoot()
  readonly #folders = new Map<FolderName, FoundFolder>()
  readonly #writers = new Map<FolderName, FileFolderWriter>()

  constructor(spec: LocalStoreSpec, kind: WritableTreeKind) {
    this.spec = spec
    this.#kind = kind
    this.#store = openTreeStore(spec, kind)
    this.identity = this.#store.identity
    this.#root = utf8Octets(spec.path === '/' ? '' : spec.path)
    this.#look()
  }

  list: Store['list'] = async () => {
    this.#look()
    return this.#store.list()
  }

  open: Store['open'] = async (name) => {
    await this.#store.list()
    return this.#store.open(name)
  }

  namer = async () => (await this.#store.namer?.()) ?? ((folder: FolderName) => folder)

  async openForWriting(name: FolderName): Promise<WritableFileFolder> {
    if (!this.#folders.has(name)) this.#look()
    const writer = this.#writerOf(name)
    if (writer === null) throw this.#closed(name, 'there is no such folder')
    return new WritableFileFolder(this.spec.name, name, writer)
  }

  async createFolder(name: FolderName): Promise<void> {
    const known = this.#folders.get(name)
    if (known !== undefined && kindAt(known.path) === 'directory')
      return this.#told(name, () => this.#kind.makeFolder(known.path, name === 'INBOX'))
    if (known?.isLinked) return
    const place = this.#placeOf(name)
    if (typeof place === 'string') throw this.#refused(name, place, OTHER_NAME)
    await this.#told(name, () => {
      let path = this.#root
      for (const level of place) {
        this.#keepFolder(path)
        path = `${path}/${level}`
        makeDirectory(path)
      }
      this.#kind.makeFolder(path, place.length === 0)
      this.#folders.set(name, { name, path, isLinked: false })
    })
  }

  async renameFolder(from: FolderName, to: FolderName): Promise<void> {
    if (from === 'INBOX' || to === 'INBOX') throw this.#refused(from, 'INBOX keeps its name')
    this.#look()
    const moving = [...this.#folders.values()].filter(({ name }) => name === from || name.startsWith(`${from}/`))
    // What lies in it first: what is cut off in the middle goes on.
    const top = this.#folders.get(from)
    const isOne = top !== undefined && moving.every(({ path }) => path === top.path || path.startsWith(`${top.path}/`))
    const renamed = isOne ? [top] : moving
    for (const { name, path, isLinked } of renamed.sort((a, b) => compareFolderNames(b.name, a.name))) {
      const target = folderName(to + name.slice(from.length))
      if (isLinked) throw this.#refused(name, 'it is reached by a symbolic link')
      if (this.#folders.has(target)) throw this.#refused(target, 'there is such a folder already')
      await this.#renameOne(name, path, target)
    }
    this.#look()
  }

  async deleteEmptyFolder(name: FolderName): Promise<void> {
    if (name === 'INBOX') throw this.#refused(name, 'INBOX stays')
    this.#look()
    const folder = this.#folders.get(name)
    if (folder === undefined) return
    if (folder.isLinked) throw this.#refused(name, 'it is reached by a symbolic link')
    const inside = [...this.#folders.keys()].find((other) => other.startsWith(`${name}/`))
    if (inside !== undefined) throw this.#refused(name, `${inside} lies in it`)
    await this.#told(name, () => {
      const why = deleteEmpty(folder.path, this.#kind)
      if (why !== null) throw this.#refused(name, why)
    })
    this.#forget(name)
  }

  async subscribe(): Promise<void> {}

  whyNoFolder(name: FolderName): string | null {
    if (this.#folders.has(name)) return null
    const place = this.#placeOf(name)
    return typeof place === 'string' ? place : null
  }

  nameFor(name: FolderName): FolderName {
    if (this.whyNoFolder(name) === null) return name
    return joinLevels(splitLevels(name).map((level) => this.#kind.levelFor(level)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#writers.clear()
  }

  #look(): void {
    const { folders } = findTree(this.#root, this.#kind.layout)
    this.#folders.clear()
    for (const folder of folders) this.#folders.set(folder.name, folder)
  }

  /** An empty directory is a folder; with directories in it, it is one only where something says so. */
  #keepFolder(path: string): void {
    const folder = [...this.#folders.values()].find((each) => each.path === path)
    if (folder !== undefined && this.#kind.rooms.length === 0) this.#kind.makeFolder(path, folder.name === 'INBOX')
  }

  #placeOf(name: FolderName): readonly string[] | string {
    const paths = new Map([...this.#folders].map(([each, { path }]) => [each, path]))
    const levels = splitLevels(name)
    if (joinLevels(levels) !== name || levels.length === 0) return 'it is no name of a folder'
    if (name === 'INBOX') return []
    if (levels[0] !== 'INBOX' && levels[0]?.toUpperCase() === 'INBOX') return 'INBOX is written in capitals'
    const place = this.#kind.placeOf(levels, { root: this.#root, paths })
    if (typeof place === 'string') return place
    const path = [this.#root, ...place].join('/')
    const other = [...paths].find(([, each]) => each === path)?.[0]
    return other === undefined || other === name ? (whyNoPlace(this.#root, place) ?? place) : `${other} has its place`
  }

  #writerOf(name: FolderName): FileFolderWriter | null {
    const known = this.#writers.get(name)
    if (known !== undefined) return known
    const folder = this.#folders.get(name)
    if (folder === undefined) return null
    if (folder.isLinked) throw this.#closed(name, LINKED)
    for (const room of this.#kind.rooms)
      if (kindAt(`${folder.path}/${room}`) === 'link') throw this.#closed(name, `its ${room} is a symbolic link`)
    const isWhole = this.#kind.rooms.every((room) => kindAt(`${folder.path}/${room}`) === 'directory')
    if (!isWhole) this.#kind.makeFolder(folder.path, name === 'INBOX')
    const context = { isRoot: this.#isRoot, writerOf: (other: FolderName) => this.#writerOf(other) }
    const writer = this.#kind.writerOf(folder.path, context)
    this.#writers.set(name, writer)
    return writer
  }

  #forget(name: FolderName): void {
    this.#folders.delete(name)
    this.#writers.delete(name)
  }

  async #renameOne(name: FolderName, path: string, target: FolderName): Promise<void> {
    const place = this.#placeOf(target)
    if (typeof place === 'string') throw this.#refused(target, place, OTHER_NAME)
    await this.#told(name, () => {
      let parent = this.#root
      for (const level of place.slice(0, -1)) {
        parent = `${parent}/${level}`
        makeDirectory(parent)
      }
      const to = `${parent}/${place.at(-1) ?? ''}`
      if (kindAt(to) === 'directory') rmdirSync(openablePath(to))
      renameSync(openablePath(path), openablePath(to))
      syncDirectory(parent)
      syncDirectory(path.slice(0, path.lastIndexOf('/')))
      this.#folders.set(target, { name: target, path: to, isLinked: false })
    })
    this.#forget(name)
  }

  async #told(name: FolderName, act: () => void): Promise<void> {
    try {
      act()
    } catch (error) {
      throw writingFailure(error, this.spec.name, name)
    }
  }

  #refused(name: FolderName, why: string, hint = 'See which folders there are: mbaudit folders'): MbauditError {
    const place = { store: this.spec.name, folder: name }
    return new MbauditError('REFUSED', EXIT.partial, `${name}: ${why}`, hint, place)
  }

  #closed(name: FolderName, why: string): StoreUnreadableError {
    return new StoreUnreadableError(this.spec.name, `${name}: ${why}`, 'See which there are: mbaudit folders')
  }
}

function runsAsRoot(): boolean {
  try {
    return userInfo().uid === 0
  } catch (error) {
    codeOf(error)
    return false
  }
}
