import type { IndexedCopy } from '../index/copy-index.js'
import type { StoreIndex } from '../index/store-index.js'
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

/** Messages with no Message-ID. */
export async function findNoId(_indexes: readonly StoreIndex[]): Promise<Findings<NoIdSummary, NoIdRow>> {
  throw new Error('not yet')
}
