import { hash } from 'node:crypto'
import type { IndexedCopy } from '../../index/copy-index.js'
import type { StoreIndex } from '../../index/store-index.js'
import { needVerdicts, type Pair } from '../../index/verdicts.js'
import { areSameButForBlanks } from '../../message/blanks.js'

/** Mails of two stores that have another identity, in folders that pair, with one Date, From and Subject. */
export interface Candidates<Item> {
  readonly master: readonly Item[]
  readonly slave: readonly Item[]
}

/**
 * Finds mail that a server gave another Message-ID, or altered so that it has another identity. Headers alone prove nothing (a
 * robot may send two mails in a second): bodies are read, and say the same but for a footer, or for line ends and blanks.
 */
export class AlteredMails<Item> {
  readonly #indexes: readonly StoreIndex[]
  readonly #copyOf: (item: Item) => IndexedCopy

  constructor(indexes: readonly StoreIndex[], copyOf: (item: Item) => IndexedCopy) {
    this.#indexes = indexes
    this.#copyOf = copyOf
  }

  /** Has read what it rests on, and hands over each pair that is one mail. */
  async judge(groups: readonly Candidates<Item>[], take: (master: Item, slave: Item) => void): Promise<void> {
    const copies = groups.flatMap(({ master, slave }) => [...master, ...slave].map(this.#copyOf))
    for (const index of this.#indexes) await index.needContents(copies.filter(({ store }) => store === index.store))
    const rests: Candidates<Item>[] = []
    for (const group of groups) rests.push(this.#pairByContent(group, take))
    const pairs = rests.flatMap((rest) => this.#pairToCompare(rest))
    await needVerdicts(
      this.#indexes,
      pairs.map(({ pair }) => pair),
    )
    for (const { master, slave, pair } of pairs)
      if (this.#isFooter(pair) || (await this.#differInBlanks(pair))) take(master, slave)
  }

  /** @returns what no partner was found for */
  #pairByContent({ master, slave }: Candidates<Item>, take: (master: Item, slave: Item) => void): Candidates<Item> {
    const waiting = new Map<string, Item[]>()
    const rest = { master: [] as Item[], slave: new Set(slave) }
    for (const item of slave) {
      const content = this.#contentOf(item)
      if (content !== null) waiting.set(content, [...(waiting.get(content) ?? []), item])
    }
    for (const item of master) {
      const partner = waiting.get(this.#contentOf(item) ?? '')?.shift()
      if (partner === undefined) rest.master.push(item)
      else {
        rest.slave.delete(partner)
        take(item, partner)
      }
    }
    return { master: rest.master, slave: [...rest.slave] }
  }

  #contentOf(item: Item): string | null {
    const copy = this.#copyOf(item)
    return this.#indexOf(copy).content(copy)?.content ?? null
  }

  /** Of several it could not be told which became which; without a Date only the very same text tells. */
  #pairToCompare({ master, slave }: Candidates<Item>): readonly { master: Item; slave: Item; pair: Pair }[] {
    const [one, other] = [master[0], slave[0]]
    if (one === undefined || other === undefined || master.length > 1 || slave.length > 1) return []
    if (this.#copyOf(one).date === null) return []
    const pair = { kept: this.#withDigest(this.#copyOf(one)), other: this.#withDigest(this.#copyOf(other)) }
    return [{ master: one, slave: other, pair }]
  }

  #withDigest(copy: IndexedCopy): IndexedCopy {
    return copy.wire === null ? { ...copy, wire: this.#indexOf(copy).wire(copy) } : copy
  }

  #isFooter({ kept, other }: Pair): boolean {
    const verdict = this.#indexOf(kept).verdict(kept, other)
    return verdict?.class === 'modified' && verdict.reason === 'footer' && verdict.truncated === null
  }

  async #differInBlanks({ kept, other }: Pair): Promise<boolean> {
    const one = await this.#indexOf(kept).read(kept)
    const two = one && (await this.#indexOf(other).read(other))
    return one !== null && two !== null && areSameButForBlanks(one, two)
  }

  #indexOf({ store }: IndexedCopy): StoreIndex {
    const index = this.#indexes.find((each) => each.store === store)
    if (index === undefined) throw new RangeError(`${store} is not compared`)
    return index
  }
}

/** What must be equal for a copy to be a candidate. @param place - the same for folders that pair */
export const headersOf = (place: string, { date, from, subject }: IndexedCopy): string =>
  JSON.stringify([place, date, from, subject])

/** 48 bits of a digest of `headersOf`. */
export const headersKey = (place: string, copy: IndexedCopy): number =>
  Number.parseInt(hash('sha1', headersOf(place, copy)).slice(0, 12), 16)

/** Groups items that come sorted by `headersKey`; a group that lacks a side is left out. */
export function* candidatesIn<Item>(
  items: Iterable<Item>,
  headers: (item: Item) => string,
  isMaster: (item: Item) => boolean,
): Iterable<Candidates<Item>> {
  let key: string | null = null
  let group: { master: Item[]; slave: Item[] } = { master: [], slave: [] }
  for (const item of items) {
    const own = headers(item)
    if (own !== key) {
      if (group.master.length > 0 && group.slave.length > 0) yield group
      group = { master: [], slave: [] }
      key = own
    }
    group[isMaster(item) ? 'master' : 'slave'].push(item)
  }
  if (group.master.length > 0 && group.slave.length > 0) yield group
}
