import type { FolderName, Locator } from '../stores/store.js'
import type { KnownPair, PairChange, PairedFolders, PairSide } from './pair-row.js'

/** What a state must have been made with, and for, to be believed. */
export interface SyncStateOwner {
  readonly channel: string
  /** `Store.identity` of both. */
  readonly a: string
  readonly b: string
}

/** The state of a channel's last sync, in a file of its own. It fits `TwoWayState` of the planner. */
export interface SyncState extends Disposable {
  readonly path: string
  readonly standing: 'whole' | 'part' | 'none'
  /** What befell the state, for the user: that it is of other stores, damaged, of another version. Empty at a first sync. */
  readonly notes: readonly string[]
  readonly count: number
  /** When the last sync was written down (RFC 3339); null: never. */
  readonly written: string | null
  /** The run that was begun after the last writing, and that is to be taken in; null: none. */
  readonly underWay: string | null
  pairs(): Iterable<KnownPair>
  pairsAt(side: PairSide, folder: FolderName, locator: Locator): readonly KnownPair[]
  folders(): readonly PairedFolders[]
  /** Writes changes as one. @param underWay - the run that is about to begin. @param now - RFC 3339 */
  write(
    changes: Iterable<PairChange>,
    about: { readonly now: string; readonly underWay: string | null; readonly folders?: readonly PairedFolders[] },
  ): void
}

/**
 * Opens the state of a channel, or begins a new one. What cannot be believed is put aside under another name and never read
 * again; it is never an error.
 *
 * @param directory - `$XDG_STATE_HOME/mbaudit`; null: nothing is kept
 * @param rebuild - forgets what is known (`--rebuild-state`)
 */
export declare function openSyncState(directory: string | null, owner: SyncStateOwner, rebuild: boolean): SyncState
