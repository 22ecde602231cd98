import type { SyncState } from '../index/sync-state.js'
import type { Runs } from './run.js'

/**
 * Takes into a state what runs did since it was written: the run that it names, and runs that took others back. Comes after
 * `settleUnfinished` and before the plan; and once more when a run is over.
 *
 * @param now - RFC 3339
 */
export declare function takeInRuns(
  state: SyncState,
  runs: Runs,
  stores: { readonly a: string; readonly b: string },
  now: string,
): void
