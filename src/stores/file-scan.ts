import { epochSeconds } from '../message/message.js'
import { BatchBuilder } from './batch-builder.js'
import { type FileFolderKind, type FileListing, findKey, listingFailure } from './file-folder-kind.js'
import { giveWay } from './file-reader.js'
import { objectOf, statFile } from './file-stamp.js'
import { flagText } from './flag-text.js'
import { FolderSeal, fileStamp, readSealedState, sealedState } from './folder-seal.js'
import type { PackedKeys } from './packed-keys.js'
import { type FileFacts, type MessageFile, type Readers, THIS_THREAD } from './readers.js'
import { isSealed } from './seal-check.js'
import type { FolderName, KnownCopies, KnownCopy, ScanBatch, ScannedCopy } from './store.js'

/** A message of the listing, and what an earlier scan knows of it. */
interface Listed {
  readonly key: string
  readonly known: KnownCopy | null
}

/** Messages that readers were asked for, and their answer to come. */
interface Asked {
  readonly wanted: readonly Listed[]
  readonly answer: Promise<readonly MessageFile[]> | readonly MessageFile[]
}

/** How often a folder is listed anew to find messages that were renamed while it was scanned. */
const ROUNDS = 5
const ASKED_AT_ONCE = 200
/** So many new messages are worth a thread from the first one on. */
const MANY = 4_000
const RENAMED = 'it was renamed each time it was looked for'

/** One scan of a folder whose messages lie in files of their own. */
export class FileScan {
  readonly #kind: FileFolderKind
  readonly #isLinked: boolean
  readonly #readers: Readers
  readonly #list: () => Promise<FileListing>
  readonly #batch: BatchBuilder
  readonly #seal = new FolderSeal()
  readonly #asked: Asked[] = []
  #wanted: Listed[] = []
  readonly #vanished: Listed[] = []

  /** @param isLinked - whether the folder was reached by a symbolic link: each of its messages may have another name */
  constructor(
    name: FolderName,
    kind: FileFolderKind,
    isLinked: boolean,
    list: () => Promise<FileListing>,
    readers: Readers,
  ) {
    this.#kind = kind
    this.#isLinked = isLinked
    this.#list = list
    this.#readers = readers
    this.#batch = new BatchBuilder(name)
  }

  async *run(known: KnownCopies): AsyncIterable<ScanBatch> {
    const batch = this.#batch
    let listing: FileListing
    try {
      listing = await this.#list()
    } catch (error) {
      yield batch.last(listingFailure(error))
      return
    }
    batch.addForeign(listing.foreign)
    if (listing.lacking) batch.addFailure({ outcome: 'failed', code: 'UNREADABLE', message: listing.lacking })
    const { version } = this.#kind
    const before = known.state === null ? null : readSealedState(known.state)
    if (before?.version === version && before.seal !== null && (await this.#isSealed(listing, before.seal))) {
      yield batch.last({ outcome: 'unchanged' })
      return
    }
    const copies = before === null || before.version === version ? known.copies() : []
    if (known.state === null && listing.keys.length >= MANY) this.#readers.expectMuch()
    for (const pair of pairUp(this.#kind, listing.keys, copies)) {
      if (pair.key === null) batch.noteGone()
      else if (!this.#keep(listing, pair.key, pair.known)) this.#wanted.push({ key: pair.key, known: pair.known })
      if (this.#wanted.length >= ASKED_AT_ONCE) this.#ask()
      while (this.#asked.length > this.#readers.ahead) await this.#settleOldest(listing)
      if (!batch.isFull) continue
      yield batch.take()
      await giveWay()
    }
    yield* this.#settleRest(listing)
    if (this.#vanished.length > 0) yield* this.#findAgain(listing)
    const state = sealedState(version, this.#seal.text(listing.beside ?? null))
    yield batch.last(batch.verdict(known.state === state, state))
  }

  #isSealed(listing: FileListing, seal: string): Promise<boolean> {
    return isSealed(this.#kind, this.#isLinked, listing, seal)
  }

  /** Keeps a known message that its file proves unchanged. */
  #keep(listing: FileListing, key: string, known: KnownCopy | null): boolean {
    if (known === null || known.stamp === '') return false
    const path = this.#kind.pathOf(key)
    const found = statFile(path)
    if (found === undefined || this.#stamp(found.stats, found.isLink, Date.now()) !== known.stamp) return false
    this.#seal.add(path, known.stamp)
    this.#batch.addKept(known.row, found.stats.size, this.#changedFlags(listing, key, known))
    return true
  }

  /** Flags that the listing tells otherwise than `known` has them; null: the same, or they stand in the file itself. */
  #changedFlags(listing: FileListing, key: string, known: KnownCopy): readonly string[] | null {
    if (!this.#kind.abilities.keepsFlags) return null
    const flags = listing.flagsOf(key)
    return flagText(flags) === known.flags ? null : flags
  }

  #ask(): void {
    const wanted = this.#wanted
    this.#wanted = []
    this.#asked.push({ wanted, answer: this.#readers.readFiles(wanted.map(({ key }) => this.#request(key))) })
  }

  #request(key: string) {
    return { path: this.#kind.pathOf(key), form: this.#kind.formOf(key) }
  }

  async #settleOldest(listing: FileListing): Promise<void> {
    const asked = this.#asked.shift()
    if (asked === undefined) return
    const files = asked.answer instanceof Promise ? await asked.answer : asked.answer
    files.forEach((file, nth) => {
      const one = asked.wanted[nth]
      if (one !== undefined && !this.#take(listing, one.key, file)) this.#vanished.push(one)
    })
  }

  async *#settleRest(listing: FileListing): AsyncIterable<ScanBatch> {
    this.#ask()
    while (this.#asked.length > 0) {
      await this.#settleOldest(listing)
      if (!this.#batch.isFull) continue
      yield this.#batch.take()
      await giveWay()
    }
  }

  /** Takes what was read into the batch. False: the file was not there. */
  #take(listing: FileListing, key: string, file: MessageFile): boolean {
    if (file.kind === 'gone') return false
    const { locatorOf } = this.#kind
    if (file.kind !== 'read') this.#seal.break()
    if (file.kind === 'read') this.#batch.addRead(this.#sealed(key, this.#copyOf(listing, key, file)), file.stats.size)
    else if (file.kind === 'no-file') this.#batch.addForeign([{ path: locatorOf(key), why: file.what }])
    else this.#batch.addTrouble('UNREADABLE', locatorOf(key), file.why)
    return true
  }

  #sealed(key: string, copy: ScannedCopy): ScannedCopy {
    this.#seal.add(this.#kind.pathOf(key), copy.stamp)
    return copy
  }

  #copyOf(listing: FileListing, key: string, file: MessageFile & { readonly kind: 'read' }): ScannedCopy {
    const { stats, facts, isLink } = file
    return {
      locator: this.#kind.locatorOf(key),
      position: this.#kind.positionOf(key),
      facts,
      flags: this.#kind.abilities.keepsFlags ? listing.flagsOf(key) : (file.flags ?? facts.headerFlags),
      received: file.received ?? epochSeconds(Math.floor(stats.mtimeMs / 1_000)),
      stamp: this.#stamp(stats, isLink, file.readAt),
      object: objectOf(stats, this.#kind.pathOf(key)),
      hasOtherNames: isLink || this.#isLinked || stats.nlink > 1,
      boundsInDoubt: false,
    }
  }

  #stamp(stats: FileFacts, isLink: boolean, readAt: number): string {
    return fileStamp(this.#kind.version, this.#kind.stampOf(stats, readAt), isLink || this.#isLinked)
  }

  /** Looks for messages that were renamed (for their flags) between the listing and their turn. What is truly gone is no message. */
  async *#findAgain(first: FileListing): AsyncIterable<ScanBatch> {
    const batch = this.#batch
    this.#seal.break()
    let missing: readonly Listed[] = this.#vanished
    let listing = first
    for (let round = 0; missing.length > 0 && round < ROUNDS; round++) {
      const before = listing
      try {
        listing = await this.#list()
      } catch (error) {
        batch.addFailure(listingFailure(error))
        return
      }
      const still: Listed[] = []
      for (const one of missing) {
        const key = findKey(this.#kind, listing, this.#kind.locatorOf(one.key))
        const { isAmbiguous } = this.#kind
        if (isAmbiguous(before, one.key) || isAmbiguous(listing, key ?? one.key))
          batch.addTrouble('FOLDER_CHANGED', this.#kind.locatorOf(one.key), RENAMED)
        else if (key === null) batch.noteGone()
        else if (!(await this.#takeNow(listing, key, one.known))) still.push({ key, known: one.known })
        if (batch.isFull) yield batch.take()
      }
      missing = still
    }
    for (const { key } of missing) batch.addTrouble('FOLDER_CHANGED', this.#kind.locatorOf(key), RENAMED)
  }

  async #takeNow(listing: FileListing, key: string, known: KnownCopy | null): Promise<boolean> {
    if (this.#keep(listing, key, known)) return true
    const [file] = await THIS_THREAD.readFiles([this.#request(key)])
    return file !== undefined && this.#take(listing, key, file)
  }
}

/** Walks the keys and the known copies, both in the folder's order, side by side. */
function* pairUp(
  kind: FileFolderKind,
  keys: PackedKeys,
  copies: Iterable<KnownCopy>,
): Iterable<{ readonly key: string | null; readonly known: KnownCopy | null }> {
  let next = 0
  for (const known of copies) {
    let order = 1
    while (next < keys.length) {
      const key = keys.at(next)
      order = kind.compare(key, known.locator)
      if (order > 0) break
      next++
      yield { key, known: order === 0 ? known : null }
      if (order === 0) break
    }
    if (order !== 0) yield { key: null, known }
  }
  while (next < keys.length) yield { key: keys.at(next++), known: null }
}
