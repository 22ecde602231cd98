import { plainName } from '../audit/folder-map.js'
import type { FolderName, Store } from '../stores/store.js'

/** A store and the folders that it has. */
interface Side {
  readonly store: Store
  readonly folders: readonly FolderName[]
}

/**
 * Which of two stores cannot tell apart names that differ in case alone. They are asked only where that matters: where the
 * folders of both have such names.
 */
export async function caseFolding(
  master: Side,
  slave: Side,
): Promise<{ readonly master: boolean; readonly slave: boolean }> {
  const doubtful = doubtfulNames([...master.folders, ...slave.folders])
  if (doubtful.size === 0) return { master: false, slave: false }
  return { master: await foldsCase(master, doubtful), slave: await foldsCase(slave, doubtful) }
}

const folded = (name: FolderName): string => plainName(name).toLowerCase()

/** Names, in one case, that folders have in several. */
function doubtfulNames(folders: readonly FolderName[]): ReadonlySet<string> {
  const spelled = new Map<string, string>()
  const doubtful = new Set<string>()
  for (const folder of folders) {
    const before = spelled.get(folded(folder))
    if (before !== undefined && before !== plainName(folder)) doubtful.add(folded(folder))
    spelled.set(folded(folder), plainName(folder))
  }
  return doubtful
}

/** A store that has two of the names tells them apart; one that has one is asked about that, or about any other. */
async function foldsCase({ store, folders }: Side, doubtful: ReadonlySet<string>): Promise<boolean> {
  if (doubtfulNames(folders).size > 0 || store.foldsCase === undefined) return false
  const isOther = (folder: FolderName) => !plainName(folder).startsWith('INBOX') && /[a-z]/i.test(folder)
  const asked = folders.find((folder) => doubtful.has(folded(folder)) && isOther(folder)) ?? folders.find(isOther)
  return asked === undefined ? false : store.foldsCase(asked)
}
