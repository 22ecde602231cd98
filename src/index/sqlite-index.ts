import type { Problem } from '../errors.js'
import { type Digest, digest } from '../message/message.js'
import { type FolderName, folderName, type Store, type StoreType } from '../stores/store.js'
import { Bodies } from './bodies.js'
import type { IndexedCopy } from './copy-index.js'
import { type CopyOutline, walkOutlines } from './copy-outline.js'
import { type CopyRow, copyOfRow, LATE_WIRES, type LateWires } from './copy-rows.js'
import type { Sqlite } from './database.js'
import { countAll } from './folder-counts.js'
import { factsOfFolders } from './folder-facts.js'
import { walkByIdentity, walkIdentities, walkObjects } from './identity-walk.js'
import { MessageReader } from './message-reader.js'
import { walkByPlace } from './place-walk.js'
import { prepareQuestions, type QuestionStatements } from './question-statements.js'
import { inPlaceOrder, locatorOf, readAll } from './read-all.js'
import { walkCopiesOf } from './repeated-copies.js'
import type { BodyChoice, ScanOptions } from './scan.js'
import type { FolderRow } from './scan-statements.js'
import { HIDDEN } from './schema.js'
import { STATEMENTS } from './statements.js'
import type {
  CountedIdentity,
  FolderFacts,
  IdentifiedCopy,
  IdentityRule,
  IndexedContent,
  StoreIndex,
  StoreTotals,
  Verdict,
} from './store-index.js'

/** @param problems - what could not be read; grows as questions have messages read */
export function openStoreIndex(
  db: Sqlite,
  store: Store,
  problems: Problem[],
  { signal, onProgress, bodies = 'needed' }: Pick<ScanOptions, 'signal' | 'onProgress' | 'bodies'>,
): RefreshedIndex {
  const reader = new MessageReader(store, problems, signal, (octets) => onProgress({ messages: 0, octets }))
  return new SqliteIndex(db, store, problems, reader, bodies)
}

/** An index whose tables a later scan may bring up to date. */
export interface RefreshedIndex extends StoreIndex {
  /** Forgets what it holds of the folders as they were. */
  renew(): Promise<void>
}

class SqliteIndex implements RefreshedIndex {
  readonly store: string
  readonly type: StoreType
  readonly identity: string
  readonly #store: Store
  readonly #db: Sqlite
  readonly #problems: readonly Problem[]
  readonly #reader: MessageReader
  readonly #bodies: BodyChoice
  readonly #lateWires: LateWires
  readonly #ask: QuestionStatements
  #folders: readonly FolderRow[]
  #read: Bodies
  /** Counting takes a look at every row: it is done once. */
  #facts: readonly FolderFacts[] | null = null

  constructor(db: Sqlite, store: Store, problems: readonly Problem[], reader: MessageReader, bodies: BodyChoice) {
    this.store = store.spec.name
    this.type = store.spec.type
    this.identity = store.identity
    this.#store = store
    this.#db = db
    this.#problems = problems
    this.#reader = reader
    this.#bodies = bodies
    this.#lateWires = LATE_WIRES[bodies]
    this.#ask = prepareQuestions(db)
    this.#folders = this.#ask.folders.all().filter(({ chosen }) => chosen === 1)
    this.#read = new Bodies({ db, ask: this.#ask, reader, folders: this.#folders, bodies })
  }

  async renew(): Promise<void> {
    await this.#reader[Symbol.asyncDispose]()
    this.#facts = null
    this.#folders = this.#ask.folders.all().filter(({ chosen }) => chosen === 1)
    this.#read = new Bodies({
      db: this.#db,
      ask: this.#ask,
      reader: this.#reader,
      folders: this.#folders,
      bodies: this.#bodies,
    })
  }

  totals(): StoreTotals {
    const unreadable = this.#problems.filter(({ locator }) => locator !== null).length
    return { ...countAll(this.#db, this.#folders), unreadable }
  }

  folders(): readonly FolderFacts[] {
    this.#facts ??= factsOfFolders(this.#store, this.#db, this.#ask, this.#folders)
    return this.#facts
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
    for (const row of walkByPlace(this.#ask, question, folder)) yield this.#copyOf(row, false)
  }

  copiesAt(where: string): readonly IndexedCopy[] {
    return this.#ask.copiesAt.all(where).map((row) => this.#copyOf(row, false))
  }

  copiesOf(identity: string, by: IdentityRule): readonly IndexedCopy[] {
    const rows = by === 'id' ? this.#ask.copiesOfKey.all(identity) : this.#ask.copiesOfContent.all(identity)
    return this.#copiesAs(identity, rows, by)
  }

  *repeatedCopies(by: IdentityRule): Iterable<readonly IndexedCopy[]> {
    const walk = walkCopiesOf(this.#ask, this.identities(by, 2), by)
    for (const [identity, rows] of walk) yield this.#copiesAs(identity, rows, by)
  }

  #copiesAs(identity: string, rows: readonly CopyRow[], by: IdentityRule): readonly IndexedCopy[] {
    const copies = rows.map((row) => this.#copyOf(row, by === 'content'))
    return this.#bodies === 'none' ? copies.filter((copy) => isKnownByHeader(copy, identity)) : copies
  }

  *copiesByIdentity(): Iterable<IdentifiedCopy> {
    this.#db.exec(STATEMENTS.keyIndex)
    for (const row of walkByIdentity(this.#ask, this.#folders)) yield this.#identified(row)
  }

  outlines(): Iterable<CopyOutline> | null {
    if (this.#bodies !== 'needed') return null
    this.#db.exec(STATEMENTS.outlineIndex)
    return walkOutlines(this.#ask, this.#folders)
  }

  otherFolders({ object }: IndexedCopy): readonly FolderName[] {
    this.#db.exec(STATEMENTS.objectIndex)
    return this.#ask.otherFolders.all(object).map(([name]) => folderName(name))
  }

  copyAt(folder: FolderName, where: string): IdentifiedCopy | null {
    const number = this.#folders.find(({ name }) => name === folder)?.number
    if (number === undefined) return null
    this.#db.exec(STATEMENTS.locatorIndex)
    const row = this.#ask.copyAt.get(number, where)
    return row === undefined ? null : this.#identified(row)
  }

  #identified(row: CopyRow): IdentifiedCopy {
    return { identity: row[3] ?? '', copy: this.#copyOf(row, false) }
  }

  #copyOf(row: CopyRow, showContent: boolean): IndexedCopy {
    return copyOfRow(this.store, row, showContent, this.#lateWires)
  }

  identities(by: IdentityRule, atLeast: 1 | 2): Iterable<CountedIdentity> {
    this.#db.exec(by === 'id' ? STATEMENTS.keyIndex : STATEMENTS.contentIndex)
    return walkIdentities(this.#ask, by, atLeast)
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

  objects(): Iterable<readonly [object: string, row: number]> {
    this.#db.exec(STATEMENTS.objectIndex)
    return walkObjects(this.#ask)
  }

  hide(rows: readonly number[]): void {
    if (rows.length === 0) return
    this.#facts = null
    this.#db.exec('begin')
    for (const row of rows) this.#ask.hide.run(HIDDEN.elsewhere, row)
    this.#db.exec('commit')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader[Symbol.asyncDispose]()
  }
}

/** Whether the identity is the copy's own without its body, which an earlier question may have had read. */
const isKnownByHeader = (copy: IndexedCopy, identity: string): boolean => copy.wire !== null || copy.id === identity
