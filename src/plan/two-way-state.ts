import type { KnownPair, PairedFolders, PairFolder, PairSide } from '../index/pair-row.js'
import type { FolderName, Locator } from '../stores/store.js'

/**
 * How much of what was known is still known. `none`: no sync was before, or its state is lost, damaged, of another version or of
 * other stores; `part`: some of it was lost.
 */
export type StateStanding = 'whole' | 'part' | 'none'

/** The state of the last sync, as a planner reads it. Never all in memory. */
export interface TwoWayState {
  readonly standing: StateStanding
  /** Sorted by the octets of the identity. What is damaged is left out. */
  pairs(): Iterable<KnownPair>
  /** The pairs that had a copy at this place. */
  pairsAt(side: PairSide, folder: FolderName, locator: Locator): readonly KnownPair[]
  folders(): readonly PairedFolders[]
  /** The folders that its pairs have copies in. */
  foldersOf(side: PairSide): readonly PairFolder[]
}
