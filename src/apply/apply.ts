import type { ScannedStore } from '../index/scan.js'
import type { Store } from '../stores/store.js'
import type { WritableStore } from '../stores/writable.js'
import type { ApplyResult } from './result.js'
import type { Run } from './run.js'

/** A store that a plan is carried out on. */
export interface ApplyStore {
  /** As the plan's header calls it. */
  readonly name: string
  /** Read from. A target that does not exist yet is an empty one. */
  readonly store: Store
  /** Its index; looked at again before anything is changed. */
  readonly scanned: ScannedStore
  /** Opens it for writing (`openTarget`); null: it is a source alone. */
  readonly open: (() => Promise<WritableStore>) | null
}

export interface ApplyRequest {
  /** A new one, or one that stopped before its end: steps that are done are not done again. */
  readonly run: Run
  readonly stores: readonly ApplyStore[]
  /** Folders that are written to at a time. */
  readonly jobs: number
  /** Ends it once what was begun is settled. */
  readonly signal: AbortSignal
  /** Called with what was done since the last call. */
  readonly onProgress: (done: ApplyProgress) => void
  /** Told what a person may want to know, one sentence at a time. */
  readonly note: (text: string) => void
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export interface ApplyProgress {
  /** Steps that were brought to an end, in whatever way. */
  readonly steps: number
  /** Octets that were copied. */
  readonly octets: number
}

/**
 * Carries out the plan of a run. The targets' locks are held (`lockTarget`) and their unfinished runs settled
 * (`settleUnfinished`) by then. Steps that do not hold any more are left alone and told; the others go on.
 *
 * @throws MbauditError when a target cannot be opened, or the journal cannot be written
 */
export declare function applyPlan(request: ApplyRequest): Promise<ApplyResult>
