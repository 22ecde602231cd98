import type { ErrorCode } from '../errors.js'
import type { Content } from '../message/content.js'
import type { Digest, EpochSeconds, MessageFacts } from '../message/message.js'
import type { ImapAccount } from './imap/account.js'
import type { Readers } from './readers.js'

declare const brand: unique symbol

/** A folder's name for people: Unicode, `/` between levels, a `/` or `\` inside a level escaped by `\`. INBOX is `INBOX`. */
export type FolderName = string & { readonly [brand]: 'FolderName' }
/** Where a copy lies inside its folder: `offset=40960`, `file=1700.M1P2.host`, `number=17`. Opaque to all but its store. */
export type Locator = string & { readonly [brand]: 'Locator' }

export const folderName = (text: string): FolderName => text as FolderName
export const locator = (text: string): Locator => text as Locator

export type LocalStoreType = 'mbox' | 'maildir' | 'mh' | 'eml' | 'memory'
export type StoreType = LocalStoreType | 'imap'

/** RFC 6154 special uses, and RFC 8457's `\Important`. */
export const SPECIAL_USES = [
  '\\All',
  '\\Archive',
  '\\Drafts',
  '\\Flagged',
  '\\Important',
  '\\Junk',
  '\\Sent',
  '\\Trash',
] as const
export type SpecialUse = (typeof SPECIAL_USES)[number]

/** How a store was named: by the user or by the configuration, already resolved to a kind and a place. */
export type StoreSpec = LocalStoreSpec | ImapStoreSpec

/** A store in files of this computer. */
export interface LocalStoreSpec {
  /** What results call it: its name in the configuration, or the argument as given. */
  readonly name: string
  readonly type: LocalStoreType
  /** Absolute path. */
  readonly path: string
  /** What stood after `?` in a URL, such as `variant=mboxcl2`. */
  readonly options: Readonly<Record<string, string>>
}

/** An account on a server. */
export interface ImapStoreSpec {
  readonly name: string
  readonly type: 'imap'
  readonly account: ImapAccount
  /** Told what a person watching may want to know: tries, waits, fewer connections. */
  readonly note: (text: string) => void
  /** Ends all waiting. */
  readonly signal: AbortSignal
}

export interface FolderEntry {
  readonly name: FolderName
  readonly specialUse: SpecialUse | null
}

/** A file or directory inside a store that is no mail: listed, never read as mail. */
export interface Foreign {
  readonly path: string
  readonly why: string
}

/** Something that could not be read: a folder (`locator` null) or a message. The scan goes on without it. */
export interface Trouble {
  readonly code: ErrorCode
  readonly folder: FolderName | null
  readonly locator: Locator | null
  readonly message: string
}

export interface StoreListing {
  /** INBOX first, then by name. A folder that cannot be listed stands in `troubles` instead. */
  readonly folders: readonly FolderEntry[]
  readonly foreign: readonly Foreign[]
  readonly troubles: readonly Trouble[]
}

/** One copy as it was just read. */
export interface ScannedCopy {
  readonly locator: Locator
  /** Order inside the folder where locators are numbers (offset, MH number, UID); 0 where order is that of the locators' octets. */
  readonly position: number
  readonly facts: MessageFacts
  /** System flags (`\Seen` …) and keywords; sorted. */
  readonly flags: readonly string[]
  /** The store's own date for it: INTERNALDATE, the From_ line read as UTC, the file's time. */
  readonly received: EpochSeconds | null
  /** What proves later that the copy was not changed; compared for equality by the store alone. Empty: never proven. */
  readonly stamp: string
  /** The object it is (device, inode, offset; X-GM-MSGID, UID of an account): two copies with one object are one. */
  readonly object: string
  /** RFC 8474: copies of one store with one EMAILID have the same octets, and are two all the same. */
  readonly emailId?: string | null
  /** The row of a known copy under a former UIDVALIDITY that is proven to be the same message: its digests hold for this one. */
  readonly sameAs?: number
  /** Whether the object may have another name (hard links, symbolic links, labels). */
  readonly hasOtherNames: boolean
  /** Whether another reading of the file gives the message other bounds (mbox). */
  readonly boundsInDoubt: boolean
  /** From a store whose scan reads headers, where it was asked for bodies: `facts` are the same whatever was asked. */
  readonly body?: BodyFacts | null
}

/** What a message's body alone tells. */
export interface BodyFacts {
  readonly wire: Digest
  /** null where the message has an ID: its identity needs none. */
  readonly content: Content | null
}

/** What a scan is to read of messages: bodies, where all of them are wanted anyway. A scan of files always reads both. */
export type ScanWant = 'headers' | 'bodies'

/** A copy that an earlier scan read. */
export interface KnownCopy {
  /** The index's own number for it. */
  readonly row: number
  readonly locator: Locator
  readonly flags: string
  readonly stamp: string
}

/** What earlier scans know of a folder. A store believes it only as far as the store itself bears it out. */
export interface KnownCopies {
  /** What the last complete scan returned as `state`; null when there was none. */
  readonly state: string | null
  /** All known copies, in the order of `position`, then of the locators' UTF-8 octets. */
  copies(): Iterable<KnownCopy>
}

export const NOTHING_KNOWN: KnownCopies = { state: null, copies: () => [] }

export type ScanVerdict =
  /** Read in full. `state` is handed back as `KnownCopies.state` next time; `generation`: what locators hold under (UIDVALIDITY). */
  | { readonly outcome: 'complete'; readonly state: string; readonly generation?: string | null }
  /** The folder is as `KnownCopies` says, all of it; no copy was listed. */
  | { readonly outcome: 'unchanged' }
  /** Not read in full; what was handed over may be part of it. */
  | { readonly outcome: 'failed'; readonly code: ErrorCode; readonly message: string }

/** A step of a scan. Every batch may hold some of each. */
export interface ScanBatch {
  readonly read: readonly ScannedCopy[]
  /** Rows of known copies that the store proved unchanged. */
  readonly kept: readonly number[]
  /** Those of `kept` whose flags are other now. */
  readonly reflagged: readonly { readonly row: number; readonly flags: readonly string[] }[]
  readonly foreign: readonly Foreign[]
  readonly troubles: readonly Trouble[]
  /** Octets looked at since the last batch, for progress. */
  readonly octets: number
  /** In the last batch alone. */
  readonly verdict: ScanVerdict | null
}

export type ReadCopy =
  /** `received`: the store's own date for it, where that comes with the octets. */
  | {
      readonly locator: Locator
      readonly bytes: Buffer
      readonly problem: null
      readonly received?: EpochSeconds | null
    }
  | { readonly locator: Locator; readonly bytes: null; readonly problem: string }

/** What a kind of folder can do, asked as facts instead of by its kind. */
export interface FolderAbilities {
  readonly keepsFlags: boolean
  readonly keepsKeywords: boolean
  /** Whether `locator` goes on naming the same copy while others come and go. */
  readonly stableLocators: boolean
}

/** The reading side of a folder: all that an audit is ever given. */
export interface Folder extends AsyncDisposable {
  readonly name: FolderName
  readonly abilities: FolderAbilities
  /**
   * Hands over each copy once, as read anew or as kept; copies that are in neither are gone. The last batch has the verdict,
   * and a scan that ends without one has failed. Batches, since one promise a message would cost more than reading it.
   * A message that cannot be read is a trouble (and the verdict `failed`), never an exception.
   *
   * @param readers - who reads what lies in files; without it the thread that asks
   * @param want - `headers` unless said; a copy may come without its body all the same
   */
  scan(known: KnownCopies, readers?: Readers, want?: ScanWant): AsyncIterable<ScanBatch>
  /**
   * Reads messages as they travelled: without a separator line, quoting undone where it can be. Yields one answer for each
   * locator, in the order asked, which should be the order of the folder; the next locator is taken when its turn comes.
   * `bytes` is the caller's to keep.
   */
  read(locators: Iterable<Locator>): AsyncIterable<ReadCopy>
  /** Counts the messages and their octets as far as that goes without reading what they say. */
  measure(): Promise<FolderMeasure>
}

export interface FolderMeasure {
  readonly messages: number
  readonly octets: number
}

/** A store opened for reading. Nothing in it is written, renamed or touched. */
export interface Store extends AsyncDisposable {
  readonly spec: StoreSpec
  /** Names the place itself, whatever it was called: two stores with one `identity` are one. */
  readonly identity: string
  list(): Promise<StoreListing>
  /** The folders that the user subscribed to, whether there are such or not; null: the store keeps no subscriptions. */
  subscriptions?(): Promise<readonly FolderName[] | null>
  /** Under which name it would have a folder that it cannot have by its own (`WritableStore.nameFor`); without it, by its own. */
  namer?(): Promise<(folder: FolderName) => FolderName>
  /** Whether the name of this folder, which is there, names the same folder in another case. Absent: it does not. */
  foldsCase?(folder: FolderName): Promise<boolean>
  /** Why a folder is only read, and never written to; null, or absent: nothing speaks against it that is seen by looking. */
  whyNotWritten?(folder: FolderName): string | null
  /** @throws StoreUnreadableError when the folder cannot be opened at all. */
  open(folder: FolderName): Promise<Folder>
}

/** A kind of store. */
export interface StoreDriver<Spec extends StoreSpec = LocalStoreSpec> {
  readonly type: Spec['type']
  /** `Store.namer` of a store that is not there yet; without it folders have their own names. */
  readonly newName?: (folder: FolderName, spec: Spec) => FolderName
  /**
   * @throws StoreNotFoundError when nothing lies at the path
   * @throws StoreUnrecognisedError when what lies there is another thing
   * @throws MbauditError with status 3 when an account cannot be reached
   */
  open(spec: Spec): Promise<Store>
}
