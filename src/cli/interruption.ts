import { EXIT, MbauditError } from '../errors.js'

const controller = new AbortController()

/** Aborted by the first Ctrl-C. */
export const interruption: AbortSignal = controller.signal

/** The run was ended by a signal. */
export class InterruptedError extends MbauditError {
  constructor(hint = 'Nothing was changed; the same command goes on with what was read.') {
    super('INTERRUPTED', EXIT.interrupted, 'interrupted', hint)
  }
}

/** The first Ctrl-C lets the run end in order, the second ends it at once. */
export function watchSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => controller.abort(new InterruptedError()))
  }
}

export function throwIfInterrupted(): void {
  if (interruption.aborted) throw new InterruptedError()
}
