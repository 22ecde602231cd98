import { makeEmptyFile, makePrivateDirectory } from '../folder-places.js'
import { plainLevel, plainPlace } from '../plain-folders.js'
import type { LocalStoreSpec } from '../store.js'
import type { WritingDriver } from '../writable.js'
import { openWritableTree } from '../writable-tree.js'
import type { WritableTreeKind } from '../writable-tree-kind.js'
import { clearLevel, MH, mhFolderKind, mhLayout } from './folder.js'
import { FILE } from './sequences.js'
import { MhWriter } from './writer.js'

/** MH folders: directories with Unicode names, messages by number, flags in `.mh_sequences`. */
export const mhWriting: WritingDriver<LocalStoreSpec> = {
  openForWriting: (spec, create) => openWritableTree(spec, TREE, create),
}

const TREE: WritableTreeKind = {
  layout: mhLayout,
  what: MH,
  clearLevel,
  folderKind: mhFolderKind,
  placeOf: (levels) => plainPlace(mhLayout, levels),
  levelFor: plainLevel,
  makeStore: makePrivateDirectory,
  // Its list of sequences marks a folder that has folders in it and no message.
  makeFolder: (directory) => makeEmptyFile(`${directory}/${FILE}`),
  isOwn: (name) => mhLayout.bookkeeping.test(name),
  rooms: [],
  writerOf: (directory, { isRoot }) => new MhWriter(directory, isRoot),
}
