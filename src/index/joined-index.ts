import type { IndexedCopy } from './copy-index.js'
import { walkSideBySide } from './side-by-side.js'
import type { FolderFacts, StoreIndex, StoreTotals } from './store-index.js'

/**
 * Several stores as if they were one: folders of one name are one folder. Copies say which store they lie in (`home`); their
 * order is that of the stores, then that of each. The indexes stay open and are closed by whom they belong to.
 */
export function joinIndexes(indexes: readonly StoreIndex[]): StoreIndex {
  const [only] = indexes
  return only !== undefined && indexes.length === 1 ? only : new JoinedIndex(indexes)
}

/** The store that a copy lies in. */
export const homeOf = ({ home, store }: IndexedCopy): string => home ?? store

class JoinedIndex implements StoreIndex {
  readonly store: string
  readonly type: StoreIndex['type']
  readonly identity: string
  readonly #indexes: readonly StoreIndex[]

  constructor(indexes: readonly StoreIndex[]) {
    this.#indexes = indexes
    this.store = indexes.map(({ store }) => store).join(', ')
    this.type = indexes[0]?.type ?? 'memory'
    this.identity = JSON.stringify(indexes.map(({ identity }) => identity))
  }

  totals(): StoreTotals {
    const all = this.#indexes.map((index) => index.totals())
    const sum = (key: keyof StoreTotals) => all.reduce((total, totals) => total + totals[key], 0)
    return {
      messages: sum('messages'),
      octets: sum('octets'),
      noId: sum('noId'),
      sameObject: sum('sameObject'),
      unreadable: sum('unreadable'),
    }
  }

  folders(): readonly FolderFacts[] {
    const folders = new Map<string, FolderFacts>()
    for (const index of this.#indexes)
      for (const facts of index.folders()) {
        const before = folders.get(facts.folder)
        folders.set(facts.folder, before === undefined ? { ...facts, store: this.store } : addFacts(before, facts))
      }
    return [...folders.values()]
  }

  homeOrdinal({ home }: IndexedCopy): number {
    return this.#indexes.findIndex(({ store }) => store === home)
  }

  generationOf({ folder, home }: IndexedCopy): string | null {
    const index = this.#indexes.find(({ store }) => store === home)
    return index?.folders().find((facts) => facts.folder === folder)?.generation ?? null
  }

  *repeatedCopies(by: Parameters<StoreIndex['repeatedCopies']>[0]): Iterable<readonly IndexedCopy[]> {
    for (const { identity } of this.identities(by, 2)) yield this.copiesOf(identity, by)
  }

  *copiesByIdentity(): ReturnType<StoreIndex['copiesByIdentity']> {
    const walks = this.#indexes.map((index) => index.copiesByIdentity())
    for (const { key, met } of walkSideBySide(walks, ({ identity }) => identity))
      for (const { walk, item } of met) yield { identity: key, copy: this.#join(item.copy, walk) }
  }

  *identities(...[by, atLeast]: Parameters<StoreIndex['identities']>): ReturnType<StoreIndex['identities']> {
    const walks = this.#indexes.map((index) => index.identities(by, 1))
    for (const { key, met } of walkSideBySide(walks, ({ identity }) => identity)) {
      const copies = met.reduce((sum, { item }) => sum + item.copies, 0)
      if (copies >= atLeast) yield { identity: key, copies }
    }
  }

  outlines = () => null
  copies = () => this.#each((index) => index.copies())
  copiesWithoutId = () => this.#each((index) => index.copiesWithoutId())
  copiesAt: StoreIndex['copiesAt'] = (locator) => [...this.#each((index) => index.copiesAt(locator))]
  copiesOf: StoreIndex['copiesOf'] = (identity, by) => [...this.#each((index) => index.copiesOf(identity, by))]
  /** A place alone does not say in which store it is. */
  copyAt = () => null
  otherFolders: StoreIndex['otherFolders'] = (copy) => this.#at(copy).otherFolders(this.#part(copy))
  wire: StoreIndex['wire'] = (copy) => this.#at(copy).wire(this.#part(copy))
  content: StoreIndex['content'] = (copy) => this.#at(copy).content(this.#part(copy))
  read: StoreIndex['read'] = (copy) => this.#at(copy).read(this.#part(copy))
  verdict: StoreIndex['verdict'] = (kept, other) => this.#at(kept).verdict(this.#part(kept), this.#part(other))
  keepVerdict: StoreIndex['keepVerdict'] = (kept, other, verdict) =>
    this.#at(kept).keepVerdict(this.#part(kept), this.#part(other), verdict)

  async needIdentities(): Promise<void> {
    for (const index of this.#indexes) await index.needIdentities()
  }

  async needWires(copies?: readonly IndexedCopy[]): Promise<void> {
    for (const [at, index] of this.#indexes.entries()) await index.needWires(copies && this.#partsAt(at, copies))
  }

  async needContents(copies?: readonly IndexedCopy[]): Promise<void> {
    for (const [at, index] of this.#indexes.entries()) await index.needContents(copies && this.#partsAt(at, copies))
  }

  async *readEach(copies: readonly IndexedCopy[]): ReturnType<StoreIndex['readEach']> {
    for (const [at, index] of this.#indexes.entries())
      for await (const [copy, message] of index.readEach(this.#partsAt(at, copies)))
        yield [this.#join(copy, at), message]
  }

  async *readAll(): ReturnType<StoreIndex['readAll']> {
    for (const [at, index] of this.#indexes.entries())
      for await (const [copy, message] of index.readAll()) yield [this.#join(copy, at), message]
  }

  objects(): never {
    throw new TypeError('objects are asked of each store')
  }

  hide(): never {
    throw new TypeError('copies are hidden in each store')
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  *#each(walk: (index: StoreIndex) => Iterable<IndexedCopy>): Iterable<IndexedCopy> {
    for (const [at, index] of this.#indexes.entries()) for (const copy of walk(index)) yield this.#join(copy, at)
  }

  #join(copy: IndexedCopy, at: number): IndexedCopy {
    const emailId = copy.emailId === null ? null : `${copy.emailId} ${at}`
    return { ...copy, store: this.store, home: copy.store, row: copy.row * this.#indexes.length + at, emailId }
  }

  /** The copy as its own index knows it; one of another store stays. */
  #part(copy: IndexedCopy): IndexedCopy {
    const { home, ...rest } = copy
    if (home === undefined || copy.store !== this.store) return copy
    return { ...rest, store: home, row: Math.floor(copy.row / this.#indexes.length) }
  }

  #partsAt(at: number, copies: readonly IndexedCopy[]): readonly IndexedCopy[] {
    const own = this.#indexes[at]?.store
    return copies.filter(({ home }) => home === own).map((copy) => this.#part(copy))
  }

  #at(copy: IndexedCopy): StoreIndex {
    const index = this.#indexes.find(({ store }) => store === homeOf(copy))
    if (index === undefined) throw new RangeError(`${homeOf(copy)} is none of these stores`)
    return index
  }
}

function addFacts(a: FolderFacts, b: FolderFacts): FolderFacts {
  const least = (one: FolderFacts['oldest'], other: FolderFacts['oldest']) =>
    one === null || (other !== null && other < one) ? other : one
  const most = (one: FolderFacts['newest'], other: FolderFacts['newest']) =>
    one === null || (other !== null && other > one) ? other : one
  return {
    ...a,
    specialUse: a.specialUse ?? b.specialUse,
    generation: null,
    isComplete: a.isComplete && b.isComplete,
    whyNotWritten: a.whyNotWritten ?? b.whyNotWritten,
    messages: a.messages + b.messages,
    bytes: a.bytes + b.bytes,
    unseen: a.unseen + b.unseen,
    deleted: a.deleted + b.deleted,
    noId: a.noId + b.noId,
    oldest: least(a.oldest, b.oldest),
    newest: most(a.newest, b.newest),
  }
}
