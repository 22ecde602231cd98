import type { Digest } from '../message/message.js'
import type { FolderName, Locator } from '../stores/store.js'

/** The two stores of a channel, in the order of its configuration. */
export type PairSide = 'a' | 'b'
export const otherSide = (side: PairSide): PairSide => (side === 'a' ? 'b' : 'a')

/** A folder, and what locators hold under there (UIDVALIDITY); null where they hold by themselves. */
export interface PairFolder {
  readonly folder: FolderName
  readonly generation: string | null
}

/** Where a copy lay when it was last seen. */
export interface PairPlace extends PairFolder {
  readonly locator: Locator
  /** Digest of the copy here, where it is another than the pair's: one of the two was altered on its way. */
  readonly wire?: Digest
}

/** Two copies, one on each side, that a sync has seen, or made, to be one mail. */
export interface PairRow {
  /** The Message-ID, `content:…` or `wire:…` of one of the copies; the other may have another, where a server alters mail. */
  readonly identity: string
  /** null: no side's body was read. */
  readonly wire: Digest | null
  /** Octets; a hint alone. */
  readonly size: number
  readonly a: PairPlace
  readonly b: PairPlace
  /** What both sides had, sorted; `\Deleted` and `\Recent` are no part of it. */
  readonly flags: readonly string[]
}

/** A row as it is kept. */
export interface KnownPair extends PairRow {
  /** Its number in the state. */
  readonly number: number
}

/** Digest of the copy that a pair has on a side; null: no body was read. */
export const wireAt = (pair: PairRow, side: PairSide): Digest | null => pair[side].wire ?? pair.wire

/** Two folders that were on both sides, and paired. */
export interface PairedFolders {
  readonly a: FolderName
  readonly b: FolderName
}

/** What becomes of a state: a row is forgotten, put anew, or put in the place of another. */
export interface PairChange {
  /** The number of the row that goes; null: none does. */
  readonly forget: number | null
  readonly put: PairRow | null
}
