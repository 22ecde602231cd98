import type { IndexedCopy } from '../../index/copy-index.js'
import type { EpochSeconds, MessageId } from '../../message/message.js'
import type { FolderName } from '../../stores/store.js'
import type { ModifiedReason } from '../findings.js'
import type { FolderPairing, FolderPairOptions } from '../folder-pairs.js'
import type { KeepsFlag } from './flags.js'

/** What there is to say of one mail in one pair of folders. */
export const DIFFERENCE_KINDS = ['same', 'missing', 'extra', 'moved', 'changed', 'flags', 'copies'] as const
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number]

/**
 * Why a mail is `changed`: how a `modified` one differs; `different`: the two share the identity and nothing more;
 * `unverified`: a body could not be read; `server`: the identity is another, and what it says is the same.
 */
export type ChangedReason = ModifiedReason | 'different' | 'unverified' | 'server'

/** On what it rests that two copies are one mail: on ID, Date, From and Subject, or on what was read in full. */
export type Evidence = 'headers' | 'digests'

/**
 * One mail in one pair of folders. Several mails under one identity are several; several copies of one mail are one, and
 * one that lies in several folders is told of once for each.
 */
export interface Difference {
  /** `flags` and `copies` are told besides each other where both hold; a `changed` mail has the one row. */
  readonly kind: DifferenceKind
  /** With `changed` alone. */
  readonly reason: ChangedReason | null
  /** Of a `changed` mail the side whose copy breaks off or lacks attachments that the other has; null: neither. */
  readonly lacking: 'master' | 'slave' | null
  /** What it counts as one mail by; of two that differ, the master's. */
  readonly identity: string
  readonly id: MessageId | null
  /** Of an `extra` mail the folder that pairs with its own, whether there is such or not. */
  readonly masterFolder: FolderName
  /** The folder on the slave that pairs with the master's, whether there is such or not: where the mail belongs. */
  readonly slaveFolder: FolderName
  /** In the order of their places. Empty: `extra`. */
  readonly master: readonly IndexedCopy[]
  /** Empty: `missing`. Of a `moved` mail the copies in the folder that it lies in now. */
  readonly slave: readonly IndexedCopy[]
  readonly evidence: Evidence
  /**
   * Whether it may be otherwise, since some folder that could have shown it was not read in full: nothing is deleted, moved or
   * replaced on the strength of it.
   */
  readonly inDoubt: boolean
}

/** Mails by folder, of those that were asked for. `inBoth + missing + moved` is what the master holds. */
export interface CompareSummary {
  /** The same mail in folders that pair; `changed`, `flags` and `copies` are parts of it. */
  readonly inBoth: number
  readonly missing: number
  readonly extra: number
  /** On the slave, but not in a folder that pairs with one of the master's. */
  readonly moved: number
  readonly changed: number
  readonly flags: number
  readonly copies: number
  readonly foldersMissing: number
  readonly foldersExtra: number
  /** How many pairs (`inBoth` and `moved`) rest on which. */
  readonly evidence: Readonly<Record<Evidence, number>>
  /** Rows of copies that the differences are told in: one copy of each side a row. */
  readonly rows: number
  /** Mails that nothing can be said of, since a folder on the other side was not read in full; counted nowhere else. */
  readonly unjudged: { readonly master: number; readonly slave: number }
}

/** Which folders two stores have, beside those that pair. */
export interface FolderDifferences {
  readonly pairing: FolderPairing
  /** Folders that were asked for and are on one side alone, by the names of that side. */
  readonly missing: readonly FolderName[]
  readonly extra: readonly FolderName[]
  /** Folders that were not read in full, and those that could not be opened at all. */
  readonly notReadInFull: { readonly master: readonly FolderName[]; readonly slave: readonly FolderName[] }
  /** Folders subscribed to on one side alone, by the names of that side; null: a side keeps no subscriptions. */
  readonly subscribed: { readonly masterOnly: readonly FolderName[]; readonly slaveOnly: readonly FolderName[] } | null
}

/** What two stores differ in. Closing it closes what it keeps outside memory; the indexes stay open. */
export interface Comparison extends Disposable {
  readonly summary: CompareSummary
  readonly folders: FolderDifferences
  /** By folder, then kind, then place. May be walked more than once; never all in memory. */
  differences(): Iterable<Difference>
  /** The mails that are the same, in the order of identities; then the differences. */
  pairs(): Iterable<Difference>
}

export interface CompareOptions extends FolderPairOptions {
  /** The folders asked for, by the master's names; what lies in others counts where something might be missing or extra. */
  readonly wantsFolder: (folder: FolderName) => boolean
  /** The messages asked for (`--since`, `--until`, `--max-size`), the same way; null: all. */
  readonly wantsCopy: ((copy: IndexedCopy) => boolean) | null
  readonly keepsFlag: { readonly master: KeepsFlag; readonly slave: KeepsFlag }
  /** What each side has subscribed to; null: it keeps no subscriptions. */
  readonly subscribed: { readonly master: readonly FolderName[] | null; readonly slave: readonly FolderName[] | null }
  /**
   * Folders that a store could not open at all, with what may lie below them, beside those that its index says were not
   * read in full. An empty name: nobody knows which folders there are.
   */
  readonly unlisted: { readonly master: readonly FolderName[]; readonly slave: readonly FolderName[] }
  /** Awaited every few thousand mails, so that others have their turn; what it throws ends the comparison. */
  readonly pause: () => Promise<void>
}

const always = () => true

/** Everything, read as far as needed, in stores that keep every flag. */
export const COMPARE_ALL: CompareOptions = {
  maps: [],
  matchSpecialUse: false,
  nameOnSlave: (folder) => folder,
  foldsCase: { master: false, slave: false },
  wantsFolder: always,
  wantsCopy: null,
  keepsFlag: { master: always, slave: always },
  subscribed: { master: null, slave: null },
  unlisted: { master: [], slave: [] },
  pause: async () => {},
}

/** When a mail was written, as `--since` and `--until` take it: its Date, without one the date the store has for it. */
export const timeOf = ({ date, received }: IndexedCopy): EpochSeconds | null => date ?? received
