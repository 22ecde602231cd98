import { makeEmptyFile, makePrivateDirectory } from '../folder-places.js'
import { plainLevel, plainPlace } from '../plain-folders.js'
import type { LocalStoreSpec } from '../store.js'
import type { WritingDriver } from '../writable.js'
import { openWritableTree } from '../writable-tree.js'
import type { WritableTreeKind } from '../writable-tree-kind.js'
import { EML, emlFolderKind, emlLayout, FOLDER_MARK } from './folder.js'
import { EmlWriter } from './writer.js'

/** Directories with Unicode names, a message in each .eml file. */
export const emlWriting: WritingDriver<LocalStoreSpec> = {
  openForWriting: (spec, create) => openWritableTree(spec, TREE, create),
}

const TREE: WritableTreeKind = {
  layout: emlLayout,
  what: EML,
  folderKind: emlFolderKind,
  placeOf: (levels) => plainPlace(emlLayout, levels),
  levelFor: plainLevel,
  makeStore: makePrivateDirectory,
  // It stays in a folder, which is one even when folders lie in it and no message does.
  makeFolder: (directory) => makeEmptyFile(`${directory}/${FOLDER_MARK}`),
  isOwn: (name) => emlLayout.bookkeeping.test(name),
  rooms: [],
  writerOf: (directory, { isRoot }) => new EmlWriter(directory, isRoot),
}
