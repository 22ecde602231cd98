import type { StoreDriver } from '../store.js'
import { openTreeStore } from '../tree-store.js'
import { EML, emlFolderKind, emlLayout } from './folder.js'

/** Folders of .eml and .emlx files. */
export const emlDriver: StoreDriver = {
  type: 'eml',
  open: async (spec) => openTreeStore(spec, { layout: emlLayout, what: EML, folderKind: emlFolderKind }),
}
