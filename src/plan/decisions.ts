import type { StoreIndex } from '../index/store-index.js'
import type { DedupeOptions } from './dedupe.js'
import type { Planned } from './one-way.js'
import type { StepSpool } from './step-spool.js'

/** A CSV of `dupes` whose column `keep` a person edited. */
export interface Decisions {
  /** For messages. */
  readonly file: string
  readonly text: string
}

/**
 * Plans what the decisions say, looking at every copy again.
 *
 * @throws PlanMistakeError for a row that cannot be read, no longer fits what is there, or takes away what nothing stands in for
 */
export async function planDecisions(
  _decisions: Decisions,
  _indexes: readonly StoreIndex[],
  _options: DedupeOptions,
  _into: StepSpool,
): Promise<Planned> {
  throw new RangeError('not yet')
}
