import { FileLook } from '../examine-file.js'
import type { Examine } from '../examiners.js'
import { utf8Octets } from '../octet-name.js'
import { findTree } from '../tree.js'
import { type ExaminedFolder, examineFolder } from './examine-folder.js'
import { examineSharedNames } from './examine-shared-names.js'
import { examineMaildirTree } from './examine-tree.js'
import { maildirLayout } from './tree.js'

/**
 * Looks at a Maildir: its directories, the names and times of its files, and what servers and sync tools noted beside them.
 * Files of messages are read only where two of them are to be told apart.
 */
export const examineMaildir: Examine = async function* (store, { wanted, now, signal }) {
  const root = utf8Octets(store.spec.path === '/' ? '' : store.spec.path)
  const { folders } = findTree(root, maildirLayout)
  yield examineMaildirTree(root, folders, wanted)
  const look = new FileLook(root, now)
  const examined: ExaminedFolder[] = []
  for (const folder of folders.filter(({ name }) => wanted(name)))
    yield* examineFolder(folder, look, signal, (one) => void examined.push(one))
  yield* examineSharedNames(examined)
}
