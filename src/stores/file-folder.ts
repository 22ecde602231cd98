import type { Stats } from 'node:fs'
import { readFacts } from '../message/facts.js'
import { type EpochSeconds, epochSeconds } from '../message/message.js'
import { BatchBuilder } from './batch-builder.js'
import { codeOf, FileReader, giveWay, whyOf } from './file-reader.js'
import { objectOf, statFile } from './file-stamp.js'
import { flagText } from './flag-text.js'
import type { PackedKeys } from './packed-keys.js'
import { FolderChangedError } from './safe-listing.js'
import type {
  Folder,
  FolderAbilities,
  FolderMeasure,
  FolderName,
  Foreign,
  KnownCopies,
  KnownCopy,
  Locator,
  ReadCopy,
  ScanBatch,
  ScannedCopy,
  ScanVerdict,
} from './store.js'

/**
 * The message files of a folder as one listing found them. A key stands for each: the kind's own short text, which says
 * what the file is called; the keys are in the folder's order (`position`, then the locators' octets).
 */
export interface FileListing {
  readonly keys: PackedKeys
  readonly foreign: readonly Foreign[]
  /** Flags that the listing tells (a name, a sequence). */
  flagsOf(key: string): readonly string[]
}

/** A message taken out of its file. */
export interface ExtractedMessage {
  readonly message: Buffer
  /** Flags that the file tells; null: it tells none of its own, and those in the message's header count. */
  readonly flags: readonly string[] | null
  /** When the file says that the message was received; null: its time of modification tells. */
  readonly received: EpochSeconds | null
}

/** What kinds of folder that keep each message in a file differ in. */
export interface FileFolderKind {
  readonly abilities: FolderAbilities
  /** Goes into a scan's `state`: changed when what stamps or flags mean is changed. */
  readonly version: string
  /** @throws FolderChangedError, or a system error when the folder is gone or closed to us */
  list(): Promise<FileListing>
  /** The path's octets. */
  pathOf(key: string): string
  locatorOf(key: string): Locator
  positionOf(key: string): number
  /** Negative where the key comes before the locator, 0 where it is the locator's. */
  compare(key: string, locator: string): number
  /** Whether two files of the listing share the name that a locator is made of. */
  isAmbiguous(listing: FileListing, key: string): boolean
  /** @param readAt - milliseconds since 1970, from before the file was read */
  stampOf(stats: Stats, readAt: number): string
  extract(key: string, file: Buffer): ExtractedMessage
}

/** A message that was listed and then not found under its name. */
interface Vanished {
  readonly key: string
  readonly known: KnownCopy | null
}

/** How often a folder is listed anew to find messages that were renamed while it was scanned. */
const ROUNDS = 5
const SEEN_AT_ONCE = 2_000

/** A folder that keeps each message in a file of its own (Maildir, MH, eml). */
export class FileFolder implements Folder {
  readonly name: FolderName
  readonly abilities: FolderAbilities
  readonly #kind: FileFolderKind
  /** Whether the folder was reached by a symbolic link: each of its messages may have another name. */
  readonly #isLinked: boolean
  readonly #reader = new FileReader()
  #listing: FileListing | null = null

  constructor(name: FolderName, kind: FileFolderKind, isLinked: boolean) {
    this.name = name
    this.abilities = kind.abilities
    this.#kind = kind
    this.#isLinked = isLinked
  }

  async *scan(known: KnownCopies): AsyncIterable<ScanBatch> {
    const batch = new BatchBuilder(this.name)
    let listing: FileListing
    try {
      listing = await this.#list()
    } catch (error) {
      yield batch.last(failureOf(error))
      return
    }
    batch.addForeign(listing.foreign)
    const state = this.#kind.version
    const vanished: Vanished[] = []
    const copies = known.state === state ? known.copies() : []
    for (const pair of this.#pair(listing.keys, copies)) {
      if (pair.key === null) batch.noteGone()
      else if (!this.#take(listing, pair.key, pair.known, batch)) vanished.push({ key: pair.key, known: pair.known })
      if (batch.isFull) {
        yield batch.take()
        await giveWay()
      }
    }
    if (vanished.length > 0) yield* this.#findAgain(listing, vanished, batch)
    yield batch.last(batch.verdict(known.state === state, state))
  }

  async *read(locators: Iterable<Locator>): AsyncIterable<ReadCopy> {
    const old = this.#listing
    for (const wanted of locators) yield await this.#readOne(wanted, old)
  }

  async measure(): Promise<FolderMeasure> {
    const { keys } = await this.#list()
    let messages = 0
    let octets = 0
    for (let n = 0; n < keys.length; n++) {
      const found = statFile(this.#kind.pathOf(keys.at(n)))
      if (found?.stats.isFile()) {
        messages++
        octets += found.stats.size
      }
      if (n % SEEN_AT_ONCE === SEEN_AT_ONCE - 1) await giveWay()
    }
    return { messages, octets }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listing = null
  }

  async #list(): Promise<FileListing> {
    this.#listing = await this.#kind.list()
    return this.#listing
  }

  /** Walks the keys and the known copies, both in the folder's order, side by side. */
  *#pair(keys: PackedKeys, copies: Iterable<KnownCopy>): Iterable<{ key: string | null; known: KnownCopy | null }> {
    let next = 0
    for (const known of copies) {
      let order = 1
      while (next < keys.length) {
        const key = keys.at(next)
        order = this.#kind.compare(key, known.locator)
        if (order > 0) break
        next++
        yield { key, known: order === 0 ? known : null }
        if (order === 0) break
      }
      if (order !== 0) yield { key: null, known }
    }
    while (next < keys.length) yield { key: keys.at(next++), known: null }
  }

  /** Takes one message into the batch, as kept or as read. False: its file is not there. */
  #take(listing: FileListing, key: string, known: KnownCopy | null, batch: BatchBuilder): boolean {
    const path = this.#kind.pathOf(key)
    if (known !== null && known.stamp !== '') {
      const found = statFile(path)
      if (found === undefined) return this.#readInto(listing, key, path, batch)
      if (this.#stamp(found.stats, found.isLink, Date.now()) === known.stamp) {
        batch.addKept(known.row, found.stats.size, this.#changedFlags(listing, key, known))
        return true
      }
    }
    return this.#readInto(listing, key, path, batch)
  }

  /** Flags that the listing tells otherwise than `known` has them; null: the same, or they stand in the file itself. */
  #changedFlags(listing: FileListing, key: string, known: KnownCopy): readonly string[] | null {
    if (!this.abilities.keepsFlags) return null
    const flags = listing.flagsOf(key)
    return flagText(flags) === known.flags ? null : flags
  }

  #readInto(listing: FileListing, key: string, path: string, batch: BatchBuilder): boolean {
    const readAt = Date.now()
    const file = this.#reader.read(path)
    if (file.kind === 'gone') return false
    if (file.kind === 'read') {
      batch.addRead(this.#copyOf(listing, key, path, file, readAt), file.stats.size)
    } else if (file.kind === 'no-file') batch.addForeign([{ path: this.#kind.locatorOf(key), why: file.what }])
    else batch.addTrouble('UNREADABLE', this.#kind.locatorOf(key), file.why)
    return true
  }

  #copyOf(
    listing: FileListing,
    key: string,
    path: string,
    file: { readonly octets: Buffer; readonly stats: Stats; readonly isLink: boolean },
    readAt: number,
  ): ScannedCopy {
    const { message, flags, received } = this.#kind.extract(key, file.octets)
    const facts = readFacts(message)
    return {
      locator: this.#kind.locatorOf(key),
      position: this.#kind.positionOf(key),
      facts,
      flags: this.abilities.keepsFlags ? listing.flagsOf(key) : (flags ?? facts.headerFlags),
      received: received ?? epochSeconds(Math.floor(file.stats.mtimeMs / 1_000)),
      stamp: this.#stamp(file.stats, file.isLink, readAt),
      object: objectOf(file.stats, path),
      hasOtherNames: file.isLink || this.#isLinked || file.stats.nlink > 1,
      boundsInDoubt: false,
    }
  }

  #stamp(stats: Stats, isLink: boolean, readAt: number): string {
    const stamp = this.#kind.stampOf(stats, readAt)
    return stamp === '' ? '' : `${stamp}${isLink || this.#isLinked ? '.s' : ''}`
  }

  /** Looks for messages that were renamed (for their flags) between the listing and their turn. What is truly gone is no message. */
  async *#findAgain(first: FileListing, vanished: readonly Vanished[], batch: BatchBuilder): AsyncIterable<ScanBatch> {
    let missing = vanished
    let listing = first
    for (let round = 0; missing.length > 0 && round < ROUNDS; round++) {
      const before = listing
      try {
        listing = await this.#list()
      } catch (error) {
        batch.addFailure(failureOf(error))
        return
      }
      const still: Vanished[] = []
      for (const one of missing) {
        const key = this.#find(listing, this.#kind.locatorOf(one.key))
        const isAmbiguous = this.#kind.isAmbiguous(before, one.key) || this.#kind.isAmbiguous(listing, key ?? one.key)
        if (isAmbiguous) batch.addTrouble('FOLDER_CHANGED', this.#kind.locatorOf(one.key), RENAMED)
        else if (key === null) batch.noteGone()
        else if (!this.#take(listing, key, one.known, batch)) still.push({ key, known: one.known })
        if (batch.isFull) yield batch.take()
      }
      missing = still
    }
    for (const { key } of missing) batch.addTrouble('FOLDER_CHANGED', this.#kind.locatorOf(key), RENAMED)
  }

  /** The key that a locator stands for in a listing, by halving. */
  #find(listing: FileListing, locator: Locator): string | null {
    let low = 0
    let high = listing.keys.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#kind.compare(listing.keys.at(middle), locator) < 0) low = middle + 1
      else high = middle
    }
    if (low === listing.keys.length) return null
    const key = listing.keys.at(low)
    return this.#kind.compare(key, locator) === 0 ? key : null
  }

  /** @param old - a listing from before this reading began: where it lacks the message, the folder is listed anew */
  async #readOne(wanted: Locator, old: FileListing | null): Promise<ReadCopy> {
    try {
      for (let round = 0; round < ROUNDS; round++) {
        const listing =
          this.#listing === null || (round > 0 && this.#listing !== old) ? await this.#list() : this.#listing
        const key = this.#find(listing, wanted)
        if (key === null && listing !== old) break
        const answer = key === null ? null : this.#readKey(wanted, key)
        if (answer !== null) return answer
        if (listing === old) await this.#list()
      }
      return { locator: wanted, bytes: null, problem: 'it is gone' }
    } catch (error) {
      return { locator: wanted, bytes: null, problem: failureOf(error).message }
    }
  }

  /** null: the file is not there. */
  #readKey(wanted: Locator, key: string): ReadCopy | null {
    const file = this.#reader.read(this.#kind.pathOf(key))
    if (file.kind === 'gone') return null
    if (file.kind === 'failed') return { locator: wanted, bytes: null, problem: file.why }
    if (file.kind === 'no-file') return { locator: wanted, bytes: null, problem: `it is ${file.what}` }
    return { locator: wanted, bytes: Buffer.from(this.#kind.extract(key, file.octets).message), problem: null }
  }
}

const RENAMED = 'it was renamed each time it was looked for'

function failureOf(error: unknown): ScanVerdict & { readonly outcome: 'failed' } {
  if (error instanceof FolderChangedError) return { outcome: 'failed', code: error.code, message: error.message }
  const code = codeOf(error)
  const message = code === 'ENOENT' || code === 'ENOTDIR' ? 'the folder is gone' : `the folder: ${whyOf(error)}`
  return { outcome: 'failed', code: 'UNREADABLE', message }
}
