import { EXIT, MbauditError, type Problem } from '../errors.js'
import { type CheckedStep, checkedStep } from '../stores/checkup.js'
import type { StoreSpec } from '../stores/store.js'
import type { ChosenStore } from './choose-stores.js'
import { throwIfInterrupted } from './interruption.js'

/** A step of the checkup of one store. */
export interface StoreStep extends CheckedStep {
  readonly store: string
}

/** Goes through stores step by step, `jobs` of them at the same time; the steps come in the order of the stores. */
export async function checkStores(chosen: readonly ChosenStore[], jobs: number): Promise<readonly StoreStep[]> {
  const steps: StoreStep[][] = chosen.map(() => [])
  const waiting = chosen.entries()
  const worker = async () => {
    for (const [at, store] of waiting)
      for await (const step of checkOne(store)) steps[at]?.push({ store: store.name, ...step })
  }
  await Promise.all(Array.from({ length: Math.min(jobs, chosen.length) }, worker))
  return steps.flat()
}

async function* checkOne(store: ChosenStore): AsyncIterable<CheckedStep> {
  throwIfInterrupted()
  let spec: StoreSpec
  try {
    spec = await store.resolve()
  } catch (error) {
    if (!(error instanceof MbauditError) || error.exitStatus !== EXIT.store) throw error
    yield checkedStep('place', 0, { found: error.message, advice: error.hint, code: error.code })
    return
  }
  if (spec.type === 'imap') {
    const { checkAccount } = await import('../stores/imap/checkup.js')
    yield* checkAccount(spec, Date.now)
  } else {
    const { checkLocalStore } = await import('../stores/local-checkup.js')
    yield* checkLocalStore(spec, Date.now)
  }
}

/** The steps that failed, as problems of a run. */
export function problemsOf(steps: readonly StoreStep[]): Problem[] {
  return steps.flatMap(({ store, code, found }) =>
    code === null ? [] : [{ code, store, folder: null, locator: null, message: found }],
  )
}
