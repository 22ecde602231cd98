import type { Content } from '../message/content.js'
import type { Difference } from '../message/difference.js'
import type { Digest, EpochSeconds } from '../message/message.js'
import type { FolderName, SpecialUse, StoreType } from '../stores/store.js'
import type { IndexedCopy } from './copy-index.js'
import type { CopyOutline } from './copy-outline.js'

/** What counts as one mail: the Message-ID (without one: what `identityOf` says), or the content alone. */
export type IdentityRule = 'id' | 'content'

/** How often an identity occurs in a store. */
export interface CountedIdentity {
  readonly identity: string
  readonly copies: number
}

/** A copy with what it counts as one mail by: its Message-ID, `content:…` or `wire:…`; empty: it has no ID and could not be read. */
export interface IdentifiedCopy {
  readonly identity: string
  readonly copy: IndexedCopy
}

/** What decoding told of a message. */
export type IndexedContent = Pick<Content, 'content' | 'octets' | 'isWhole'>

/** How two messages differ; what differs is not kept, since it is text of the mail. */
export type Verdict = Omit<Difference, 'details'>

export interface StoreTotals {
  readonly messages: number
  readonly octets: number
  readonly noId: number
  /** Copies left out of `messages`, since the object they are is counted elsewhere. */
  readonly sameObject: number
  /** Messages that could not be read, so far. */
  readonly unreadable: number
}

/**
 * What the index knows of the chosen folders of one store. Copies come in the order of their places: folders in the store's
 * order, then position, then locator. Walks hold a page of rows in memory.
 */
export interface StoreIndex extends AsyncDisposable {
  /** What results call the store. */
  readonly store: string
  readonly type: StoreType
  /** Two indexes with one identity are of one store. */
  readonly identity: string
  totals(): StoreTotals
  /** To be looked at while the index is open. */
  folders(): readonly FolderFacts[]
  /** What the locator of a copy holds under, where the index is of several stores (`FolderFacts.generation`). */
  generationOf?(copy: IndexedCopy): string | null
  /** Which of several stores a copy lies in, counted from 0. */
  homeOrdinal?(copy: IndexedCopy): number
  copies(): Iterable<IndexedCopy>
  copiesWithoutId(): Iterable<IndexedCopy>
  copiesAt(locator: string): readonly IndexedCopy[]
  copiesOf(identity: string, by: IdentityRule): readonly IndexedCopy[]
  /** What `copiesOf` gives for each identity that `identities` counts more than once, in their order. */
  repeatedCopies(by: IdentityRule): Iterable<readonly IndexedCopy[]>
  /** All copies with their identities, sorted by the octets of the identity, then by place; `needIdentities` comes before. */
  copiesByIdentity(): Iterable<IdentifiedCopy>
  /**
   * What tells most copies alike, sorted by the octets of the identity, at a fraction of what `copiesByIdentity` takes. null:
   * this index cannot say it so, or bodies that were or were not to be read tell.
   */
  outlines(): Iterable<CopyOutline> | null
  /** Other folders in which the same object is seen (hard links, labels); its copies there are left out of all walks. */
  otherFolders(copy: IndexedCopy): readonly FolderName[]
  /** The copy at one place; null: none was met there. */
  copyAt(folder: FolderName, locator: string): IdentifiedCopy | null
  /** Sorted by the octets of the identity. @param atLeast - 2 leaves out what is there once */
  identities(by: IdentityRule, atLeast: 1 | 2): Iterable<CountedIdentity>
  /** Also of a copy that a question had read since the scan. null: not read, or not readable. */
  wire(copy: IndexedCopy): Digest | null
  /** null: not read, or not readable. */
  content(copy: IndexedCopy): IndexedContent | null
  /** null: never compared. */
  verdict(kept: IndexedCopy, other: IndexedCopy): Verdict | null
  /** Has the contents read that the identity of messages with no ID rests on. */
  needIdentities(): Promise<void>
  /** Has these copies read, or all, where the scan read the header alone. Nothing, where bodies are not to be read. */
  needWires(copies?: readonly IndexedCopy[]): Promise<void>
  /** Has the contents of these copies read, of all without an argument. What cannot be read becomes a problem. */
  needContents(copies?: readonly IndexedCopy[]): Promise<void>
  keepVerdict(kept: IndexedCopy, other: IndexedCopy, verdict: Verdict): void
  /** Reads messages as they travelled, in the order of their places; what cannot be read is left out and becomes a problem. */
  readEach(copies: readonly IndexedCopy[]): AsyncIterable<readonly [copy: IndexedCopy, message: Buffer]>
  /** Reads every copy, in the order of their places and one at a time; what cannot be read is left out and becomes a problem. */
  readAll(): AsyncIterable<readonly [copy: IndexedCopy, message: Buffer]>
  /** Reads one message; null when it cannot be read. */
  read(copy: IndexedCopy): Promise<Buffer | null>
  /** The objects of all copies, sorted by their octets. */
  objects(): Iterable<readonly [object: string, row: number]>
  /** Leaves copies out of every question, since another store has their object. */
  hide(rows: readonly number[]): void
}

export interface FolderFacts {
  readonly store: string
  readonly folder: FolderName
  readonly specialUse: SpecialUse | null
  /** What its locators hold under (UIDVALIDITY); null where they hold by themselves, or the folder was not read in full. */
  readonly generation: string | null
  /** Whether the last scan read it in full: nothing is deleted here or elsewhere against one that it did not. */
  readonly isComplete: boolean
  /** Why it is only read, and never written to; null: nothing speaks against it (`Store.whyNotWritten`). */
  readonly whyNotWritten: string | null
  readonly messages: number
  readonly bytes: number
  /** Neither `\Seen` nor `\Deleted`. */
  readonly unseen: number
  /** Marked `\Deleted` and still there. */
  readonly deleted: number
  readonly noId: number
  /** Of the Date fields; null when there is none. */
  readonly oldest: EpochSeconds | null
  readonly newest: EpochSeconds | null
}
