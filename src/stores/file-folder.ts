import { type FileFolderKind, type FileListing, findKey, listingFailure } from './file-folder-kind.js'
import { FileReader, giveWay } from './file-reader.js'
import { FileScan } from './file-scan.js'
import { statFile } from './file-stamp.js'
import { KeptListings } from './kept-listings.js'
import { extractMessage, type Readers, THIS_THREAD } from './readers.js'
import type {
  Folder,
  FolderAbilities,
  FolderMeasure,
  FolderName,
  KnownCopies,
  Locator,
  ReadCopy,
  ScanBatch,
} from './store.js'

/** How often a folder is listed anew to find a message that was renamed. */
const ROUNDS = 5
const SEEN_AT_ONCE = 2_000

/** A folder that keeps each message in a file of its own (Maildir, MH, eml). */
export class FileFolder implements Folder {
  readonly name: FolderName
  readonly abilities: FolderAbilities
  readonly #kind: FileFolderKind
  readonly #isLinked: boolean
  readonly #reader = new FileReader()
  readonly #kept: KeptListings
  #listing: FileListing | null

  readonly #keyOfStored: (locator: Locator) => string | null

  /**
   * @param isLinked - whether the folder was reached by a symbolic link
   * @param keyOfStored - the key of a message that was just stored here: it is tried before the folder is listed
   * @param kept - where the listing stays when the folder is closed
   */
  constructor(
    name: FolderName,
    kind: FileFolderKind,
    isLinked: boolean,
    keyOfStored: (locator: Locator) => string | null = () => null,
    kept: KeptListings = new KeptListings(),
  ) {
    this.#kept = kept
    this.#listing = kept.take(name)
    this.name = name
    this.#keyOfStored = keyOfStored
    this.abilities = kind.abilities
    this.#kind = kind
    this.#isLinked = isLinked
  }

  scan(known: KnownCopies, readers: Readers = THIS_THREAD): AsyncIterable<ScanBatch> {
    return new FileScan(this.name, this.#kind, this.#isLinked, () => this.#list(), readers).run(known)
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
    if (this.#listing !== null) this.#kept.keep(this.name, this.#listing)
    this.#listing = null
  }

  async #list(): Promise<FileListing> {
    this.#listing = await this.#kind.list()
    return this.#listing
  }

  /** @param old - a listing from before this reading began: where it lacks the message, the folder is listed anew */
  async #readOne(wanted: Locator, old: FileListing | null): Promise<ReadCopy> {
    try {
      const stored = this.#keyOfStored(wanted)
      const first = stored === null ? null : this.#readKey(wanted, stored)
      if (first !== null) return first
      for (let round = 0; round < ROUNDS; round++) {
        const listing =
          this.#listing === null || (round > 0 && this.#listing !== old) ? await this.#list() : this.#listing
        const key = findKey(this.#kind, listing, wanted)
        if (key === null && listing !== old) break
        const answer = key === null ? null : this.#readKey(wanted, key)
        if (answer !== null) return answer
        if (listing === old) await this.#list()
      }
      return { locator: wanted, bytes: null, problem: 'it is gone' }
    } catch (error) {
      return { locator: wanted, bytes: null, problem: listingFailure(error).message }
    }
  }

  /** null: the file is not there. */
  #readKey(wanted: Locator, key: string): ReadCopy | null {
    const file = this.#reader.read(this.#kind.pathOf(key))
    if (file.kind === 'gone') return null
    if (file.kind === 'failed') return { locator: wanted, bytes: null, problem: file.why }
    if (file.kind === 'no-file') return { locator: wanted, bytes: null, problem: `it is ${file.what}` }
    return {
      locator: wanted,
      bytes: this.#reader.take(extractMessage(file.octets, this.#kind.formOf(key)).message),
      problem: null,
    }
  }
}
