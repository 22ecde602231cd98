import type { Run } from '../apply/run.js'
import { InterruptedError } from './interruption.js'

/** What a person who pressed Ctrl-C is told. */
export function interruptedRun(run: Run): InterruptedError {
  return new InterruptedError(
    `What was done is written down: the same command goes on from there, mbaudit undo ${run.name} takes it back.`,
  )
}
