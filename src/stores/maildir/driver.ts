import type { StoreDriver } from '../store.js'
import { openTreeStore } from '../tree-store.js'
import { maildirFolderKind } from './folder.js'
import { MAILDIR, maildirLayout, OPTIONS } from './tree.js'

/** Maildir++, nested Maildirs, and a mix of both. */
export const maildirDriver: StoreDriver = {
  type: 'maildir',
  open: async (spec) =>
    openTreeStore(spec, {
      layout: maildirLayout,
      what: MAILDIR,
      options: OPTIONS,
      folderKind: maildirFolderKind,
    }),
}
