import { writeFileSync } from 'node:fs'
import { syncDirectory } from '../durable-files.js'
import { kindAt, makeDirectory } from '../folder-places.js'
import { openablePath } from '../octet-name.js'
import { plainLevel, plainPlace } from '../plain-folders.js'
import type { LocalStoreSpec } from '../store.js'
import type { WritingDriver } from '../writable.js'
import { openWritableTree } from '../writable-tree.js'
import type { WritableTreeKind } from '../writable-tree-kind.js'
import { MH, mhFolderKind, mhLayout } from './folder.js'
import { FILE } from './sequences.js'
import { MhWriter } from './writer.js'

/** MH folders: directories with Unicode names, messages by number, flags in `.mh_sequences`. */
export const mhWriting: WritingDriver<LocalStoreSpec> = {
  openForWriting: (spec, create) => openWritableTree(spec, TREE, create),
}

const TREE: WritableTreeKind = {
  layout: mhLayout,
  what: MH,
  folderKind: mhFolderKind,
  placeOf: (levels) => plainPlace(mhLayout, levels),
  levelFor: plainLevel,
  makeStore: makeDirectory,
  makeFolder,
  isOwn: (name) => mhLayout.bookkeeping.test(name),
  rooms: [],
  writerOf: (directory, { isRoot }) => new MhWriter(directory, isRoot),
}

/** Its list of sequences marks a folder that has folders in it and no message. */
function makeFolder(directory: string): void {
  const path = `${directory}/${FILE}`
  if (kindAt(path) !== 'nothing') return
  writeFileSync(openablePath(path), '', { mode: 0o600, flag: 'wx' })
  syncDirectory(directory)
}
