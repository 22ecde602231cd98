import type { Problem } from '../errors.js'
import { readContent } from '../message/content.js'
import { type Digest, digest, epochSeconds } from '../message/message.js'
import { wireDigest } from '../message/wire.js'
import { giveWay } from '../stores/file-reader.js'
import { type FolderName, folderName, type Locator, locator, type Store, type StoreType } from '../stores/store.js'
import type { IndexedCopy } from './copy-index.js'
import { type CopyRow, copyOfRow, type Shown, specialUseOfText } from './copy-rows.js'
import type { Sqlite } from './database.js'
import { countFolders } from './folder-counts.js'
import { identityKey, identityOf, isWithoutId } from './identity.js'
import { MessageReader } from './message-reader.js'
import { prepareQuestions, type QuestionStatements, type UnreadRow } from './question-statements.js'
import type { BodyChoice, ScanOptions } from './scan.js'
import { type FolderRow, PAGE } from './scan-statements.js'
import { HIDDEN } from './schema.js'
import { compareOctets } from './side-by-side.js'
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

/** Octets read before the program looks up: at signals, at its progress. */
const OCTETS_AT_A_STRETCH = 4 * 1024 * 1024
/** What a small message costs beside its octets, in octets. */
const OCTETS_BY_THE_WAY = 4096

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
  readonly #ask: QuestionStatements
  readonly #folders: readonly FolderRow[]

  constructor(db: Sqlite, store: Store, problems: readonly Problem[], reader: MessageReader, bodies: BodyChoice) {
    this.store = store.spec.name
    this.type = store.spec.type
    this.identity = store.identity
    this.#db = db
    this.#problems = problems
    this.#reader = reader
    this.#bodies = bodies
    this.#ask = prepareQuestions(db)
    this.#folders = this.#ask.folders.all().filter(({ chosen }) => chosen === 1)
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
    return copyOfRow(this.store, row, { content: showContent, lateWires: LATE_WIRES[this.#bodies] })
  }

  *identities(by: IdentityRule, atLeast: 1 | 2): Iterable<CountedIdentity> {
    this.#db.exec(by === 'id' ? STATEMENTS.keyIndex : STATEMENTS.contentIndex)
    const { keysFrom, repeatedKeysFrom, contentsFrom, repeatedContentsFrom } = this.#ask
    const every = by === 'id' ? keysFrom : contentsFrom
    const repeated = by === 'id' ? repeatedKeysFrom : repeatedContentsFrom
    let after = ''
    for (;;) {
      const page = (atLeast === 1 ? every : repeated).all(after, PAGE)
      for (const [identity, copies] of page) {
        yield { identity, copies }
        after = identity
      }
      if (page.length < PAGE) return
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
    if (this.totals().noId > 0) await this.#readAll('unreadWithoutId')
  }

  async needContents(copies?: readonly IndexedCopy[]): Promise<void> {
    if (copies === undefined) return this.#readAll('unread')
    const unread = copies.filter((copy) => this.content(copy) === null)
    await this.#readCopies(unread)
  }

  async needWires(copies?: readonly IndexedCopy[]): Promise<void> {
    if (copies === undefined) return this.#readAll('withoutWire')
    await this.#readCopies(copies.filter((copy) => this.wire(copy) === null))
  }

  async #readCopies(copies: readonly IndexedCopy[]): Promise<void> {
    for (const [folder, wanted] of this.#inOrder(copies)) await this.#readBodies(folder, wanted.map(unreadRowOf), true)
  }

  *#inOrder(copies: readonly IndexedCopy[]): Iterable<readonly [FolderName, readonly IndexedCopy[]]> {
    if (copies.length === 0) return
    for (const { name } of this.#folders) {
      const within = copies.filter(({ folder }) => folder === name).sort(compareInFolder)
      if (within.length > 0) yield [folderName(name), within]
    }
  }

  async #readAll(question: 'unread' | 'unreadWithoutId' | 'withoutWire'): Promise<void> {
    if (question !== 'unreadWithoutId') this.#db.exec(STATEMENTS.placeIndex)
    for (const { number, name } of this.#folders) {
      let from: readonly [number, string, number] = FROM_START
      for (;;) {
        const page = this.#ask[question].all(number, ...from, PAGE)
        await this.#readBodies(folderName(name), page, question !== 'withoutWire')
        const last = page.at(-1)
        if (last === undefined || page.length < PAGE) break
        from = [last[0], last[1], last[2]]
      }
    }
  }

  async #readBodies(folder: FolderName, rows: readonly UnreadRow[], wantsContent: boolean): Promise<void> {
    const wanted = this.#bodies === 'none' ? rows.filter(([, , , , , wire]) => wire !== null) : rows
    if (wanted.length === 0) return
    this.#db.exec('begin')
    try {
      const read = this.#reader.read(folder, wanted, ([, where]) => locator(where))
      for await (const [row, bytes] of read) this.#keepBody(row, bytes, wantsContent)
    } finally {
      this.#db.exec('commit')
    }
  }

  #keepBody([, , row, key, date, wire, lateWire]: UnreadRow, bytes: Buffer, wantsContent: boolean): void {
    const known = wire ?? lateWire ?? wireDigest(bytes)
    if (wire === null && lateWire === null) this.#ask.keepWire.run(known, row)
    if (!wantsContent && !isWithoutId(key)) return
    const { content, octets, isWhole } = readContent(bytes)
    this.#ask.addContent.run(row, content, octets, isWhole ? 1 : 0)
    if (key !== null) return
    const identity = identityKey(
      { id: null, date: date === null ? null : epochSeconds(date), wire: digest(known) },
      content,
    )
    if (identity !== null) this.#ask.nameCopy.run(identity, row)
  }

  async *readEach(copies: readonly IndexedCopy[]): AsyncIterable<readonly [IndexedCopy, Buffer]> {
    for (const [folder, wanted] of this.#inOrder(copies)) yield* this.#reader.read(folder, wanted, locatorOf)
  }

  async *readAll(): AsyncIterable<readonly [IndexedCopy, Buffer]> {
    let octets = 0
    for (const { number, name } of this.#folders) {
      const copies = this.#walkFolder('copiesInFolder', number)
      for await (const found of this.#reader.read(folderName(name), copies, locatorOf)) {
        octets += found[1].length + OCTETS_BY_THE_WAY
        yield found
        if (octets < OCTETS_AT_A_STRETCH) continue
        octets = 0
        await giveWay()
      }
    }
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

const FROM_START = [-1, '', 0] as const
const NO_FACTS = { unseen: 0, deleted: 0, messages: 0, octets: 0, noId: 0, oldest: null, newest: null }

const locatorOf = ({ locator }: IndexedCopy): Locator => locator

const compareInFolder = (a: IndexedCopy, b: IndexedCopy): number =>
  a.position - b.position || compareOctets(a.locator, b.locator)

function unreadRowOf(copy: IndexedCopy): UnreadRow {
  const { position, locator, row, date, wire } = copy
  return [position, locator, row, identityOf(copy), date, wire, null]
}

/** Which digests an answer shows that the scan did not make. */
const LATE_WIRES: Readonly<Record<BodyChoice, Shown['lateWires']>> = { all: 'all', needed: 'without-id', none: 'none' }

/** Whether the identity is the copy's own without its body, which an earlier question may have had read. */
const isKnownByHeader = (copy: IndexedCopy, identity: string): boolean => copy.wire !== null || copy.id === identity
