import { clearPlainLevel } from '../plain-folders.js'
import type { StoreDriver } from '../store.js'
import { clearName, openTreeStore } from '../tree-store.js'
import { EML, emlFolderKind, emlLayout } from './folder.js'

const clearLevel = (level: string): string => clearPlainLevel(emlLayout, level)

/** Folders of .eml and .emlx files. */
export const emlDriver: StoreDriver = {
  type: 'eml',
  newName: (folder) => clearName(folder, new Set(), clearLevel),
  open: async (spec) => openTreeStore(spec, { layout: emlLayout, what: EML, clearLevel, folderKind: emlFolderKind }),
}
