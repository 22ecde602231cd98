import type { Problem } from '../errors.js'
import { type Digest, digest, epochSeconds } from '../message/message.js'
import { folderName, type Store, type StoreType } from '../stores/store.js'
import { Bodies } from './bodies.js'
import type { IndexedCopy } from './copy-index.js'
import { type CopyRow, copyOfRow, type LateWires, specialUseOfText } from './copy-rows.js'
import type { Sqlite } from './database.js'
import { countFolders } from './folder-counts.js'
import { collectGarbage } from './garbage.js'
import { MessageReader } from './message-reader.js'
import { prepareQuestions, type QuestionStatements } from './question-statements.js'
import { inPlaceOrder, locatorOf, readAll } from './read-all.js'
import type { BodyChoice, ScanOptions } from './scan.js'
import { type FolderRow, PAGE } from './scan-statements.js'
import { HIDDEN } from './schema.js'
import { STATEMENTS } from './statements.js'
import type {
  CountedIdentity,
  FolderFacts,
  IdentityRule,
  IndexedContent,
  StoreIndex,
  StoreTotals,
  Verdict,
} from './store-index.js'

/** Wide rows held at a time. */
const WIDE_PAGE = 500

/** @param problems - what could not be read; grows as questions have messages read */
export function openStoreIndex(
  db: Sqlite,
  store: Store,
  problems: Problem[],
  { signal, onProgress, bodies = 'needed' }: Pick<ScanOptions, 'signal' | 'onProgress' | 'bodies'>,
): StoreIndex {
  const reader = new MessageReader(store, problems, signal, (octets) => onProgress({ messages: 0, octets }))
  return new SqliteIndex(db, store, problems, reader, bodies)
}

class SqliteIndex implements StoreIndex {
  readonly store: string
  readonly type: StoreType
  readonly identity: string
  readonly #db: Sqlite
  readonly #problems: readonly Problem[]
  readonly #reader: MessageReader
  readonly #bodies: BodyChoice
  readonly #lateWires: LateWires
  readonly #ask: QuestionStatements
  readonly #folders: readonly FolderRow[]
  readonly #read: Bodies

  constructor(db: Sqlite, store: Store, problems: readonly Problem[], reader: MessageReader, bodies: BodyChoice) {
    this.store = store.spec.name
    this.type = store.spec.type
    this.identity = store.identity
    this.#db = db
    this.#problems = problems
    this.#reader = reader
    this.#bodies = bodies
    this.#lateWires = LATE_WIRES[bodies]
    this.#ask = prepareQuestions(db)
    this.#folders = this.#ask.folders.all().filter(({ chosen }) => chosen === 1)
    this.#read = new Bodies({ db, ask: this.#ask, reader, folders: this.#folders, bodies })
  }

  totals(): StoreTotals {
    const total = { messages: 0, octets: 0, noId: 0 }
    for (const { messages, octets, noId } of countFolders(this.#db).values()) {
      total.messages += messages
      total.octets += octets
      total.noId += noId
    }
    const rows = this.#folders.reduce((sum, { messages }) => sum + messages, 0)
    const unreadable = this.#problems.filter(({ locator }) => locator !== null).length
    return { ...total, sameObject: rows - total.messages, unreadable }
  }

  folders(): readonly FolderFacts[] {
    const facts = new Map(this.#ask.folderFacts.all().map((row) => [row.folder, row]))
    return this.#folders.map(({ number, name, specialUse }) => {
      const { unseen, deleted, messages, octets, noId, oldest, newest } = facts.get(number) ?? NO_FACTS
      return {
        store: this.store,
        folder: folderName(name),
        specialUse: specialUseOfText(specialUse),
        messages,
        bytes: octets,
        unseen,
        deleted,
        noId,
        oldest: oldest === null ? null : epochSeconds(oldest),
        newest: newest === null ? null : epochSeconds(newest),
      }
    })
  }

  copies(): Iterable<IndexedCopy> {
    return this.#walk('copiesInFolder')
  }

  copiesWithoutId(): Iterable<IndexedCopy> {
    return this.#walk('copiesWithoutId')
  }

  *#walk(question: 'copiesInFolder' | 'copiesWithoutId'): Iterable<IndexedCopy> {
    for (const { number } of this.#folders) yield* this.#walkFolder(question, number)
  }

  *#walkFolder(question: 'copiesInFolder' | 'copiesWithoutId', folder: number): Iterable<IndexedCopy> {
    if (question === 'copiesInFolder') this.#db.exec(STATEMENTS.placeIndex)
    let from: readonly [number, string, number] = FROM_START
    for (;;) {
      const page = this.#ask[question].all(folder, ...from, WIDE_PAGE)
      for (const row of page) yield this.#copyOf(row, false)
      const last = page.at(-1)
      if (last === undefined || page.length < WIDE_PAGE) return
      from = [last[1], last[2], last[0]]
    }
  }

  copiesAt(where: string): readonly IndexedCopy[] {
    return this.#ask.copiesAt.all(where).map((row) => this.#copyOf(row, false))
  }

  copiesOf(identity: string, by: IdentityRule): readonly IndexedCopy[] {
    const rows = by === 'id' ? this.#ask.copiesOfKey.all(identity) : this.#ask.copiesOfContent.all(identity)
    const copies = rows.map((row) => this.#copyOf(row, by === 'content'))
    return this.#bodies === 'none' ? copies.filter((copy) => isKnownByHeader(copy, identity)) : copies
  }

  #copyOf(row: CopyRow, showContent: boolean): IndexedCopy {
    return copyOfRow(this.store, row, showContent, this.#lateWires)
  }

  *identities(by: IdentityRule, atLeast: 1 | 2): Iterable<CountedIdentity> {
    this.#db.exec(by === 'id' ? STATEMENTS.keyIndex : STATEMENTS.contentIndex)
    const { keysFrom, repeatedKeysFrom, contentsFrom, repeatedContentsFrom } = this.#ask
    const every = by === 'id' ? keysFrom : contentsFrom
    const repeated = by === 'id' ? repeatedKeysFrom : repeatedContentsFrom
    let after = ''
    for (let pages = 1; ; pages++) {
      const page = (atLeast === 1 ? every : repeated).all(after, PAGE)
      for (const [identity, copies] of page) {
        yield { identity, copies }
        after = identity
      }
      if (page.length < PAGE) return
      if (pages % PAGES_TO_COLLECT[atLeast] === 0) collectGarbage()
    }
  }

  wire(copy: IndexedCopy): Digest | null {
    if (copy.wire !== null || this.#bodies === 'none') return copy.wire
    const [late = null] = this.#ask.lateWire.get(copy.row) ?? []
    return late === null ? null : digest(late)
  }

  content({ row, wire }: IndexedCopy): IndexedContent | null {
    if (wire === null && this.#bodies === 'none') return null
    const found = this.#ask.content.get(row)
    if (found === undefined) return null
    const [content, octets, isWhole] = found
    return { content: digest(content), octets, isWhole: isWhole === 1 }
  }

  verdict(kept: IndexedCopy, other: IndexedCopy): Verdict | null {
    if (kept.wire === null || other.wire === null) return null
    const found = this.#ask.difference.get(kept.wire, other.wire)
    return found === undefined ? null : JSON.parse(found[0])
  }

  keepVerdict(kept: IndexedCopy, other: IndexedCopy, verdict: Verdict): void {
    if (kept.wire === null || other.wire === null) return
    this.#ask.addDifference.run(kept.wire, other.wire, JSON.stringify(verdict))
  }

  async needIdentities(): Promise<void> {
    if (this.totals().noId > 0) await this.#read.readAll('unreadWithoutId')
  }

  async needContents(copies?: readonly IndexedCopy[]): Promise<void> {
    if (copies === undefined) return this.#read.readAll('unread')
    await this.#read.readCopies(copies.filter((copy) => this.content(copy) === null))
  }

  async needWires(copies?: readonly IndexedCopy[]): Promise<void> {
    if (copies === undefined) return this.#read.readAll('withoutWire')
    await this.#read.readCopies(copies.filter((copy) => this.wire(copy) === null))
  }

  async *readEach(copies: readonly IndexedCopy[]): AsyncIterable<readonly [IndexedCopy, Buffer]> {
    for (const [folder, wanted] of inPlaceOrder(this.#folders, copies))
      yield* this.#reader.read(folder, wanted, locatorOf)
  }

  readAll(): AsyncIterable<readonly [IndexedCopy, Buffer]> {
    return readAll(this.#folders, (folder) => this.#walkFolder('copiesInFolder', folder), this.#reader)
  }

  async read(copy: IndexedCopy): Promise<Buffer | null> {
    for await (const [, bytes] of this.readEach([copy])) return bytes
    return null
  }

  *objects(): Iterable<readonly [object: string, row: number]> {
    this.#db.exec(STATEMENTS.objectIndex)
    let from: readonly [string, number] = ['', 0]
    for (;;) {
      const page = this.#ask.objectsFrom.all(...from, PAGE)
      yield* page
      const last = page.at(-1)
      if (last === undefined || page.length < PAGE) return
      from = last
    }
  }

  hide(rows: readonly number[]): void {
    if (rows.length === 0) return
    this.#db.exec('begin')
    for (const row of rows) this.#ask.hide.run(HIDDEN.elsewhere, row)
    this.#db.exec('commit')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader[Symbol.asyncDispose]()
  }
}

/** Pages of a walk after which the memory that it used is given back: of all identities, and of those with several copies. */
const PAGES_TO_COLLECT = { 1: 30, 2: 3 } as const
const FROM_START = [-1, '', 0] as const
const NO_FACTS = { unseen: 0, deleted: 0, messages: 0, octets: 0, noId: 0, oldest: null, newest: null }

/** Which digests an answer shows that the scan did not make. */
const LATE_WIRES: Readonly<Record<BodyChoice, LateWires>> = { all: 'all', needed: 'without-id', none: 'none' }

/** Whether the identity is the copy's own without its body, which an earlier question may have had read. */
const isKnownByHeader = (copy: IndexedCopy, identity: string): boolean => copy.wire !== null || copy.id === identity
