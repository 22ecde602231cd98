import type { IndexedCopy } from '../index/copy-index.js'
import type { StoreIndex } from '../index/store-index.js'
import type { DuplicateClass, DuplicateGroup, ModifiedReason } from './findings.js'

/** One mail and every copy of it in the stores. */
export interface ExplainedMail {
  /** As asked for. */
  readonly query: string
  /** What its copies have in common: `<id>`, `content:<digest>`, `wire:<digest>`; null when it could not be read. */
  readonly identity: string | null
  /** The copy that was named, or the first that has the ID. */
  readonly copy: IndexedCopy
  /** Every copy of the mail, `copy` among them, in the order of their places. */
  readonly copies: readonly IndexedCopy[]
  /** The copies as `dupes --scope all` judges them; null when there is one alone. */
  readonly group: DuplicateGroup | null
}

/** Two copies side by side: the first stands for the kept one. */
export interface ExplainedPair {
  readonly isSameObject: boolean
  readonly isSameIdentity: boolean
  readonly class: DuplicateClass
  readonly reason: ModifiedReason | null
  readonly areDuplicates: boolean
  /** One sentence: why they are, or are not, duplicates. */
  readonly why: string
  /** What differs, a sentence each. */
  readonly details: readonly string[]
}

export interface Explanation {
  readonly mails: readonly ExplainedMail[]
  /** Given when two were asked for. */
  readonly pair: ExplainedPair | null
}

/**
 * Finds one or two mails by Message-ID (with or without brackets), locator, or `FOLDER/locator`.
 *
 * @throws UsageError when nothing answers to a query, or several folders have the locator (all of them are named)
 */
export async function explainMail(
  _indexes: readonly StoreIndex[],
  _queries: readonly [string] | readonly [string, string],
): Promise<Explanation> {
  throw new Error('not yet')
}
