import { countSteps } from '../plan/counts.js'
import type { Step } from '../plan/step.js'
import { changedFolder } from '../report/step-row.js'
import type { MadePlan } from './made-plan.js'

/** What of a plan would come to a store, or go from it. */
export function toward(made: MadePlan, store: string): MadePlan {
  const { plan } = made
  const steps = () => stepsToward(plan.steps(), store)
  return { ...made, plan: { ...plan, steps }, counts: countSteps(steps()) }
}

function* stepsToward(steps: Iterable<Step>, store: string): Iterable<Step> {
  for (const step of steps) if (changedFolder(step).store === store) yield step
}
