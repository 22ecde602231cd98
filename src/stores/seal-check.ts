import type { FileFolderKind, FileListing } from './file-folder-kind.js'
import { giveWay } from './file-reader.js'
import { statFile } from './file-stamp.js'
import { FolderSeal, fileStamp } from './folder-seal.js'

/** Files that are looked at without a pause. */
const AT_ONCE = 5_000

/**
 * Whether all files of a folder are those that the seal was made of: each is looked at, none is looked up.
 *
 * @param isLinked - whether the folder was reached by a symbolic link
 */
export async function isSealed(
  kind: FileFolderKind,
  isLinked: boolean,
  { unsorted, beside, lacking }: FileListing,
  seal: string,
): Promise<boolean> {
  const count = Number.parseInt(seal, 36)
  if (unsorted === undefined || beside === undefined || lacking || unsorted.length !== count) return false
  const now = new FolderSeal()
  for (let n = 0; n < count; n++) {
    const path = kind.pathOf(unsorted.came(n))
    const found = statFile(path)
    if (!found?.stats.isFile()) return false
    now.add(path, fileStamp(kind.version, kind.stampOf(found.stats, Date.now()), found.isLink || isLinked))
    if (n % AT_ONCE === AT_ONCE - 1) await giveWay()
  }
  return now.text(beside) === seal
}
