import { identityOf } from '../../index/identity.js'
import type { StoreIndex } from '../../index/store-index.js'
import type { FolderName } from '../../stores/store.js'
import { plainName } from '../folder-map.js'

/** Which folders of a store can be trusted to show all that is in them. */
export interface Readings {
  readonly notInFull: readonly FolderName[]
  /** Whether mail that was not met there is not there. Also of a folder that the store does not have. */
  isInFull(folder: FolderName): boolean
}

/** @param unlisted - folders that could not be opened, with what may lie below them; an empty name: any */
export function readingsOf(index: StoreIndex, unlisted: readonly FolderName[]): Readings {
  const facts = index.folders()
  const doubtful = new Set<FolderName>(facts.filter(({ isComplete }) => !isComplete).map(({ folder }) => folder))
  for (const folder of foldersOfUnknown(index)) doubtful.add(folder)
  const known = new Set<FolderName>(facts.map(({ folder }) => folder))
  const isUnlisted = (folder: FolderName): boolean =>
    !known.has(folder) && unlisted.some((above) => isIn(folder, above))
  const named = unlisted.filter((folder) => folder !== '' && !known.has(folder))
  return {
    notInFull: [...doubtful, ...named],
    isInFull: (folder) => !doubtful.has(folder) && !isUnlisted(folder),
  }
}

const isIn = (folder: FolderName, above: FolderName): boolean =>
  above === '' || plainName(folder) === plainName(above) || plainName(folder).startsWith(`${plainName(above)}/`)

/** Folders with a message that has no ID and could not be read, so that nobody knows which mail it is. */
function foldersOfUnknown(index: StoreIndex): ReadonlySet<FolderName> {
  const folders = new Set<FolderName>()
  if (index.totals().noId === 0) return folders
  for (const copy of index.copiesWithoutId()) {
    const content = index.content(copy)?.content ?? null
    if (identityOf({ ...copy, content }) === null) folders.add(copy.folder)
  }
  return folders
}
