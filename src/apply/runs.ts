import type { StoreSpec } from '../stores/store.js'
import type { WritableStore } from '../stores/writable.js'
import type { RunStep, StepFailure } from './result.js'
import type { Run, RunDirectories, Runs } from './run.js'

export declare function openRuns(directories: RunDirectories): Runs
/** Steps of a run with what came of them, in the order of the plan. */
export declare function walkRunSteps(run: Run): Iterable<RunStep>
export declare function walkFailures(run: Run): Iterable<StepFailure>

/** src/apply/lock.ts. @throws MbauditError STORE_LOCKED - says who holds it */
export declare function lockTarget(
  runs: Runs,
  identity: string,
  holder: { readonly store: string; readonly command: string; readonly pid: number; readonly now: number },
): Disposable

/** src/apply/settle.ts */
export declare function settleUnfinished(
  runs: Runs,
  target: WritableStore,
  note: (text: string) => void,
  now: () => number,
): Promise<{ readonly runs: readonly string[]; readonly done: number; readonly notDone: number }>

/** src/apply/target.ts. @param create - makes the store where nothing lies */
export declare function openTarget(spec: StoreSpec, create: boolean): Promise<WritableStore>

/** src/apply/prune.ts. @param olderThan - milliseconds since 1970; unfinished runs keep theirs and are named */
export declare function pruneQuarantine(
  runs: Runs,
  olderThan: number,
  now: number,
  isDry: boolean,
): {
  readonly pruned: readonly string[]
  readonly kept: readonly string[]
  readonly messages: number
  readonly octets: number
}
