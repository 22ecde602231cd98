import type { Run } from '../apply/run.js'
import { EXIT, MbauditError } from '../errors.js'
import { InterruptedError } from './interruption.js'

/** What a person who pressed Ctrl-C is told. */
export function interruptedRun(run: Run): InterruptedError {
  return new InterruptedError(
    `What was done is written down: the same command goes on from there, mbaudit undo ${run.name} takes it back.`,
  )
}

/** What is to be thrown where the end of a run could not be told in full: what it did stays done, and nobody is to think that nothing was. */
export function untoldRun(run: Run, error: unknown): unknown {
  if (error instanceof InterruptedError) return interruptedRun(run)
  if (!(error instanceof MbauditError)) return error
  const hint = `${error.hint} What was done stays done: mbaudit runs ${run.name}.`
  return new MbauditError(error.code, EXIT.partial, error.message, hint, error.place, error)
}
