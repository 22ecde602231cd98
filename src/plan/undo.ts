import type { StoreIndex } from '../index/store-index.js'
import type { Locator } from '../stores/store.js'
import type { Planned } from './one-way.js'
import type { CopyRef, Step } from './step.js'
import type { StepSpool } from './step-spool.js'

/** A step that a run carried out and that was not taken back since, as its journal tells. */
export interface DoneStep {
  readonly step: Step
  /** Of a copy or a move: where the message lies now, in the folder it went to; null: the store did not say. */
  readonly locator: Locator | null
  /** UIDVALIDITY that `locator` holds under; null where locators hold by themselves. */
  readonly generation: string | null
  /** Of a deletion: where in the quarantine the message lies. */
  readonly quarantined: CopyRef | null
}

/**
 * Plans what takes a run back, as far as that can be done without losing mail: what it deleted comes back from the quarantine,
 * what it stored goes while its source still has it, moves, flags and folders go back.
 *
 * @param indexes - of all stores of the run and of its quarantine, as they are now
 */
export function planUndo(_done: Iterable<DoneStep>, _indexes: readonly StoreIndex[], _into: StepSpool): Planned {
  throw new RangeError('not yet')
}
