import type { StoreDriver } from '../store.js'
import { clearName, openTreeStore } from '../tree-store.js'
import { maildirFolderKind } from './folder.js'
import { clearLevel, isNested, MAILDIR, maildirLayout, OPTIONS } from './tree.js'

/** Maildir++, nested Maildirs, and a mix of both. */
export const maildirDriver: StoreDriver = {
  type: 'maildir',
  newName: (folder, { options }) => (options.layout === 'fs' ? clearName(folder, new Set(), clearLevel) : folder),
  open: async (spec) =>
    openTreeStore(spec, {
      layout: maildirLayout,
      what: MAILDIR,
      options: OPTIONS,
      clearLevel: (level, tree) => (isNested(spec, tree) ? clearLevel(level) : level),
      folderKind: maildirFolderKind,
    }),
}
