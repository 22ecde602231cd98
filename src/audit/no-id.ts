import type { IndexedCopy } from '../index/copy-index.js'
import { identityOf } from '../index/identity.js'
import { distinctIndexes } from '../index/same-object.js'
import type { StoreIndex, StoreTotals } from '../index/store-index.js'
import type { Findings } from './findings.js'

export interface NoIdSummary {
  readonly messages: number
  readonly noId: number
}

/** A message with no Message-ID, and what it is told apart by instead. */
export interface NoIdRow {
  readonly copy: IndexedCopy
  /** `content:<digest>`, or `wire:<digest>` when it has no Date either; null when it could not be read. */
  readonly identity: string | null
}

/** Messages with no Message-ID, in the order of their places. */
export async function findNoId(named: readonly StoreIndex[]): Promise<Findings<NoIdSummary, NoIdRow>> {
  const indexes = distinctIndexes(named)
  for (const index of indexes) await index.needIdentities()
  const totals = indexes.map((index) => index.totals())
  const sum = (count: (totals: StoreTotals) => number) => totals.reduce((total, counts) => total + count(counts), 0)
  const summary = { messages: sum(({ messages }) => messages), noId: sum(({ noId }) => noId) }
  return { summary, rows: () => rowsOf(indexes) }
}

function* rowsOf(indexes: readonly StoreIndex[]): Iterable<NoIdRow> {
  for (const index of indexes) for (const copy of index.copiesWithoutId()) yield { copy, identity: identityOf(copy) }
}
