import { realpathSync, statSync } from 'node:fs'
import { StoreNotFoundError, StoreUnreadableError, StoreUnrecognisedError, UsageError } from '../errors.js'
import { FileFolder } from './file-folder.js'
import type { FileFolderKind } from './file-folder-kind.js'
import { codeOf, whyOf } from './file-reader.js'
import { joinLevels, splitLevels } from './folder-name.js'
import { KeptListings } from './kept-listings.js'
import { insideMaildir } from './known-names.js'
import { turnCase } from './letter-case.js'
import { openablePath, utf8Octets } from './octet-name.js'
import { specialUseOf } from './special-use.js'
import type { Folder, FolderName, LocalStoreSpec, Store, StoreListing } from './store.js'
import { type FoundTree, findTree, type TreeLayout, type TreeView } from './tree.js'

/** What kinds of store that are trees of directories differ in. */
export interface TreeKind {
  readonly layout: TreeLayout
  /** Said where none of its folders is found: `Maildir (a directory with cur)`. */
  readonly what: string
  /** Options that its URL may have. */
  readonly options?: readonly string[]
  /** A level that no program takes for a message, for one that some do; without it there are none. */
  clearLevel?(level: string, tree: TreeView): string
  folderKind(directory: string): FileFolderKind
}

/**
 * Opens a tree of directories for reading.
 *
 * @throws StoreNotFoundError, StoreUnrecognisedError, StoreUnreadableError; UsageError for an option that is not known
 */
export function openTreeStore(spec: LocalStoreSpec, kind: TreeKind): Store {
  refuseOptions(spec, kind)
  const root = rootOf(spec, kind)
  let found = findTree(root, kind.layout)
  let isFresh = true
  const kept = new KeptListings()
  refuseForeign(spec, kind, found)
  return {
    spec,
    identity: `${spec.type}:${realpathSync(spec.path)}`,
    list: async () => {
      if (!isFresh) found = findTree(root, kind.layout)
      isFresh = false
      return listingOf(found)
    },
    namer: async () => {
      const { clearLevel } = kind
      if (clearLevel === undefined) return (folder) => folder
      const { folders } = findTree(root, kind.layout)
      const tree = { root, paths: new Map(folders.map(({ name, path }) => [name, path])) }
      const there = new Set(tree.paths.keys())
      return (folder) => clearName(folder, there, (level) => clearLevel(level, tree))
    },
    foldsCase: async (name) => foldsCase(found.folders.find((folder) => folder.name === name)?.path),
    whyNotWritten: (name) => (found.folders.find((folder) => folder.name === name)?.isLinked ? LINKED : null),
    open: async (name) => openFolder(spec, kind, found, name, kept),
    [Symbol.asyncDispose]: async () => {},
  }
}

/** What is changed there would change under its other name, of which nothing is known here. */
export const LINKED = 'it is reached by a symbolic link, which is not followed for writing'

/** Folders that are there keep their names. */
export function clearName(
  folder: FolderName,
  there: ReadonlySet<FolderName>,
  clearLevel: (level: string) => string,
): FolderName {
  const levels = splitLevels(folder)
  for (const [n, level] of levels.entries())
    if (!there.has(joinLevels(levels.slice(0, n + 1)))) levels[n] = clearLevel(level)
  return joinLevels(levels)
}

function openFolder(
  spec: LocalStoreSpec,
  kind: TreeKind,
  found: FoundTree,
  name: FolderName,
  kept: KeptListings,
): Folder {
  const folder = found.folders.find((each) => each.name === name)
  if (folder !== undefined) return new FileFolder(name, kind.folderKind(folder.path), folder.isLinked, undefined, kept)
  throw new StoreUnreadableError(spec.name, `${name}: there is no such folder`, 'See which there are: mbaudit folders')
}

/** @param path - octets of a folder's directory; two names of one object are one name in two cases */
function foldsCase(path: string | undefined): boolean {
  if (path === undefined) return false
  const turned = path.replace(/[^/]*$/, turnCase)
  const objectOf = (name: string) => statSync(openablePath(name), { bigint: true, throwIfNoEntry: false })
  const [here, there] = [objectOf(path), objectOf(turned)]
  return turned !== path && here !== undefined && here.ino === there?.ino && here.dev === there.dev
}

function listingOf({ folders, foreign, troubles }: FoundTree): StoreListing {
  return { folders: folders.map(({ name }) => ({ name, specialUse: specialUseOf(name) })), foreign, troubles }
}

function refuseOptions({ type, options }: LocalStoreSpec, { options: known = [] }: TreeKind): void {
  const unknown = Object.keys(options).find((key) => !known.includes(key))
  if (unknown === undefined) return
  const hint = 'It takes none. A path that has ?key= in its name is read where it is there.'
  throw new UsageError(`${type}: knows no option ${unknown}`, hint)
}

/** The octets of the store's directory. */
function rootOf(spec: LocalStoreSpec, kind: TreeKind): string {
  try {
    if (!statSync(spec.path).isDirectory()) throw unrecognised(spec, kind, 'it is a file')
  } catch (error) {
    if (error instanceof StoreUnrecognisedError) throw error
    const code = codeOf(error)
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw closed(spec, whyOf(error))
    throw new StoreNotFoundError(spec.name, `${spec.path}: nothing is there`, 'Check the path.')
  }
  return utf8Octets(spec.path === '/' ? '' : spec.path)
}

/** A directory of other things is no empty store, though empty directories lie in it. */
function refuseForeign(
  spec: LocalStoreSpec,
  kind: TreeKind,
  { folders, hasSigns, foreign, troubles }: FoundTree,
): void {
  const closedRoot = troubles[0]
  if (hasSigns || (folders.length > 0 && foreign.length === 0)) return
  if (closedRoot !== undefined) throw closed(spec, closedRoot.message)
  throw unrecognised(spec, kind, 'nothing of the kind is in it')
}

function unrecognised(spec: LocalStoreSpec, kind: TreeKind, why: string): StoreUnrecognisedError {
  const above = insideMaildir(spec.path)
  const alone = `Give the path alone (${spec.path}) to have its format recognised, or run: mbaudit discover`
  const hint = above === null ? alone : `Name the Maildir itself: ${above}`
  return new StoreUnrecognisedError(spec.name, `${spec.path} is no ${kind.what}: ${why}`, hint)
}

function closed(spec: LocalStoreSpec, why: string): StoreUnreadableError {
  return new StoreUnreadableError(spec.name, `${spec.path}: ${why}`, 'Run it as a user who may read the store.')
}
