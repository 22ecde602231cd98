import type { FolderName } from '../stores/store.js'

/** `--map FROM=TO`: a folder of the master with all below it. */
export interface FolderMap {
  /** Empty: every folder. Ending in `/`: only what lies below. */
  readonly from: string
  readonly to: string
}

export interface FolderPairOptions {
  readonly maps: readonly FolderMap[]
  /** Whether Sent pairs with the folder that has this special use, whatever it is called. */
  readonly matchSpecialUse: boolean
  /** The name under which the slave keeps a folder, where it cannot have it as it is (`WritableStore.nameFor`). */
  readonly nameOnSlave: (folder: FolderName) => FolderName
  /** Which store cannot tell names apart that differ in case alone. */
  readonly foldsCase: { readonly master: boolean; readonly slave: boolean }
}

/** Why two folders pair. */
export type PairedBy = 'name' | 'map' | 'special-use'

export interface FolderPair {
  readonly master: FolderName
  readonly slave: FolderName
  /** Whether the slave has it. */
  readonly isThere: boolean
  readonly by: PairedBy
}

/** Which folder of the slave stands for which of the master. Several of the master may pair with one of the slave. */
export interface FolderPairing {
  /** One for each folder of the master, in its order. */
  readonly pairs: readonly FolderPair[]
  /** Folders that were asked for and are on one side alone; of the master by its own names. */
  readonly missing: readonly FolderName[]
  readonly extra: readonly FolderName[]
  /** Folders that were not read in full, and those that could not be opened at all. */
  readonly notReadInFull: { readonly master: readonly FolderName[]; readonly slave: readonly FolderName[] }
  /** The slave's folder for a folder of the master, or for one that the master might have. */
  slaveOf(master: FolderName): FolderName
  /** The master's folders for a folder of the slave. */
  mastersOf(slave: FolderName): readonly FolderName[]
  /** The first of them; where there is none, the name that the master would have for it. */
  masterOf(slave: FolderName): FolderName
}

/** Folders subscribed to on one side, whose partner is not; by the names of that side. null: a side keeps no subscriptions. */
export interface Subscriptions {
  readonly masterOnly: readonly FolderName[]
  readonly slaveOnly: readonly FolderName[]
}
