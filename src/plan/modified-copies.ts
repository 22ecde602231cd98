import type { IndexedCopy } from '../index/copy-index.js'
import type { StoreIndex, Verdict } from '../index/store-index.js'
import { needVerdicts, type Pair } from '../index/verdicts.js'

/** Compares copies that differ with the one that stays, so that never the whole one goes for one that lacks something. */
export class ModifiedCopies {
  readonly #indexes: readonly StoreIndex[]

  constructor(indexes: readonly StoreIndex[]) {
    this.#indexes = indexes
  }

  /** Those of `others` that are the mail of `kept`, altered in a way that is explained, and hold nothing that it lacks. */
  async lesserThan(kept: IndexedCopy, others: readonly IndexedCopy[]): Promise<ReadonlySet<IndexedCopy>> {
    const read = this.#withDigest(kept)
    const pairs = others.map((other) => ({ other, pair: { kept: read, other: this.#withDigest(other) } }))
    const unknown = pairs.map(({ pair }) => pair).filter((pair) => this.#verdict(pair) === null)
    await needVerdicts(this.#indexes, unknown)
    const isLesser = (pair: Pair): boolean => {
      const verdict = this.#verdict(pair)
      return verdict?.class === 'modified' && verdict.truncated !== 'kept'
    }
    return new Set(pairs.filter(({ pair }) => isLesser(pair)).map(({ other }) => other))
  }

  #verdict({ kept, other }: Pair): Verdict | null {
    return this.#indexOf(kept)?.verdict(kept, other) ?? null
  }

  #withDigest(copy: IndexedCopy): IndexedCopy {
    return copy.wire === null ? { ...copy, wire: this.#indexOf(copy)?.wire(copy) ?? null } : copy
  }

  #indexOf({ store }: IndexedCopy): StoreIndex | undefined {
    return this.#indexes.find((index) => index.store === store)
  }
}
