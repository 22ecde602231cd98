import type { Digest, EpochSeconds } from '../message/message.js'
import type { Folder, FolderName, Locator, SpecialUse, Store } from './store.js'

declare const brand: unique symbol

/**
 * What a folder must know to find out, after a crash, how far a piece of work came: UIDVALIDITY and UIDNEXT, the names that
 * files are to get, the length of an mbox and where its old tail lies. One line of text, opaque to all but its kind of folder.
 * Whoever has the work done writes it down before, and hands it back.
 */
export type Mark = string & { readonly [brand]: 'Mark' }
export const mark = (text: string): Mark => text as Mark

/** A message that is to be stored. */
export interface Outgoing {
  /** The id of the step, 16 hexadecimal digits: names this storing of this message among all there ever are. */
  readonly token: string
  /** As it travelled, as `Folder.read` yields it: no separator line, quoting undone. */
  readonly bytes: Buffer
  /** Its `wire` digest, as made from `bytes`. */
  readonly wire: Digest
  /** System flags and keywords. What the store cannot keep is left out without a word: `abilities` tell it beforehand. */
  readonly flags: readonly string[]
  /** null: what its Date field says, or now. */
  readonly received: EpochSeconds | null
}

/** A change of a message that lies in the folder. */
export interface Change {
  readonly token: string
  readonly locator: Locator
  /** What lies there: another message at the same locator is left alone (`changed`). null: not known, and not asked. */
  readonly wire: Digest | null
  /** null: the message is deleted. */
  readonly flags: { readonly add: readonly string[]; readonly remove: readonly string[] } | null
}

/** A message that goes to another folder of the store, flags and received date with it. */
export interface Move {
  readonly token: string
  readonly locator: Locator
}

/** One piece of work: what is carried out, and settled, as one. Tokens in it are distinct. */
export type Work =
  /** Stored in this order. */
  | { readonly kind: 'append'; readonly messages: readonly Outgoing[] }
  /** Deletions and new flags. A locator occurs once. */
  | { readonly kind: 'change'; readonly changes: readonly Change[] }
  /** Only where `writing.movesNatively`. */
  | { readonly kind: 'move'; readonly to: FolderName; readonly moves: readonly Move[] }

/** How the work on one message ended. */
export type Outcome =
  /** It is done and durable. `locator`: where the message lies now, in the folder it went to; null for a deletion, or when the store does not say. */
  | { readonly token: string; readonly outcome: 'done'; readonly locator: Locator | null }
  /** The store will not have it; the others went on. */
  | { readonly token: string; readonly outcome: 'refused'; readonly words: string }
  /** There is no message at the locator any more. */
  | { readonly token: string; readonly outcome: 'gone' }
  /** Another message lies at the locator now; it was left alone. */
  | { readonly token: string; readonly outcome: 'changed' }
  /** Marked `\Deleted` and still there: the server has no UIDPLUS, and an EXPUNGE would take others' mail along. */
  | { readonly token: string; readonly outcome: 'not-expunged' }
  /** By `settle` alone: the work never took effect, or was taken back, for this one. */
  | { readonly token: string; readonly outcome: 'not-done' }

/** What writing to a kind of folder is like, asked as facts instead of by its kind. */
export interface WritingAbilities {
  /** The folder can hand messages over to another folder of its store by itself. */
  readonly movesNatively: boolean
  /** How much work is best given at once. A single message may be larger. */
  readonly atOnce: { readonly messages: number; readonly octets: number }
  /** Keywords it cannot keep although it keeps others, told beforehand; empty text: it keeps it. */
  readonly whyNoFlag: (flag: string) => string
  /** Largest message it takes, in octets; null: no limit is known. */
  readonly largest: number | null
}

/**
 * The writing side of a folder; given to `apply` alone. Work goes in three calls, each awaited before the next, one piece at a
 * time in one folder:
 *
 * 1. `prepare` looks at the folder and changes nothing that shows. Its mark is written down by the caller, durably.
 * 2. `carryOut` does the work. When it returns, everything that is `done` would survive a power cut.
 * 3. Where it is not known whether 2 was begun or how far it came (a crash, a thrown error), `settle` finds out, takes away
 *    what was half written, and says of each message what is so; it may be called again and says the same.
 *
 * Carrying out work again that was settled as `not-done` needs a new mark. Reading goes on as with any folder.
 */
export interface WritableFolder extends Folder {
  readonly writing: WritingAbilities
  /** What its locators hold under (`ScanVerdict.generation`), as of the opening; later, under another one, all work is refused. */
  readonly generation?: string | null
  /**
   * Whether messages came in that are not of this folder's own work, since it was opened or last asked: then what must be
   * lacking here is to be looked at again before the next copies. Without it nobody can tell.
   */
  othersCame?(): boolean
  /** @param scratch - an existing private directory that stays until the work was settled or done: for old tails and the like */
  prepare(work: Work, scratch: string): Promise<Mark>
  /**
   * One outcome for each token, in their order. A connection that is lost is taken up again inside, without storing twice.
   *
   * @throws MbauditError when it cannot be known or done; then `settle` is called, at once or by a later run
   */
  carryOut(work: Work, mark: Mark): Promise<readonly Outcome[]>
  /** One outcome for each token of the work that `mark` is of, in their order; needs nothing but the mark. */
  settle(mark: Mark): Promise<readonly Outcome[]>
}

/** A store opened for writing; given to `apply` alone. Creating what is there and deleting what is gone are no errors. */
export interface WritableStore extends Store {
  /** @throws StoreUnreadableError and the like when it cannot be written to; a lock that others hold is waited for a while */
  openForWriting(folder: FolderName): Promise<WritableFolder>
  /** Creates it with its parents. @throws MbauditError with the store's words where it will not have such a name */
  createFolder(folder: FolderName, specialUse: SpecialUse | null): Promise<void>
  renameFolder(from: FolderName, to: FolderName): Promise<void>
  /** @throws MbauditError when something is in it that is mail or another folder */
  deleteEmptyFolder(folder: FolderName): Promise<void>
  /** Nothing, where the store keeps no subscriptions. */
  subscribe(folder: FolderName, subscribed: boolean): Promise<void>
  /** Why the store can have no folder of this name; null: nothing speaks against it. */
  whyNoFolder(folder: FolderName): string | null
  /** The name under which `createFolder` would make it, where the store cannot have the name as it is; the name itself mostly. */
  nameFor(folder: FolderName): FolderName
}

/** Opens stores of a kind for writing. */
export interface WritingDriver<Spec> {
  /** @param create - makes a new store where nothing lies; else that is StoreNotFoundError */
  openForWriting(spec: Spec, create: boolean): Promise<WritableStore>
}
