import type { FolderName } from './store.js'
import type { TreeView } from './tree.js'
import type { TreeKind } from './tree-store.js'
import type { FileFolderWriter } from './writable-file-folder.js'

/** What kinds of store that are trees of directories differ in when they are written to. */
export interface WritableTreeKind extends TreeKind {
  /** The directories below the root that hold a folder, as octets; a text: why there can be none. INBOX is none of them. */
  placeOf(levels: readonly string[], tree: TreeView): readonly string[] | string
  /** A level that can be had, for one that cannot. */
  levelFor(level: string): string
  /** Makes the store's own directory, with what makes it a store. */
  makeStore(directory: string): void
  /** Makes a folder of a directory that is there, or makes it whole. @param isTop - it is the store's own */
  makeFolder(directory: string, isTop: boolean): void
  /** Directories and files in a folder that are part of it, and go with it when it is empty. */
  isOwn(name: string): boolean
  /** Directories that must be empty, and go first. */
  readonly rooms: readonly string[]
  writerOf(directory: string, context: WriterContext): FileFolderWriter
}

export interface WriterContext {
  readonly isRoot: boolean
  writerOf(folder: FolderName): FileFolderWriter | null
}
