import type { StoreDriver } from '../store.js'
import { clearName, openTreeStore } from '../tree-store.js'
import { clearLevel, MH, mhFolderKind, mhLayout } from './folder.js'

/** MH folders, as nmh, mutt, Sylpheed and Claws Mail keep them. */
export const mhDriver: StoreDriver = {
  type: 'mh',
  newName: (folder) => clearName(folder, new Set(), clearLevel),
  open: async (spec) => openTreeStore(spec, { layout: mhLayout, what: MH, clearLevel, folderKind: mhFolderKind }),
}
