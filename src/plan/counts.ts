import type { PlanCounts } from './plan.js'
import type { Step, StepOp } from './step.js'

/** What a plan without a step counts. */
export const NO_STEPS: PlanCounts = {
  renameFolder: 0,
  createFolder: 0,
  subscribe: 0,
  move: 0,
  copy: 0,
  flags: 0,
  delete: 0,
  deleteFolder: 0,
  bytes: 0,
}

/** Counts steps as they come. */
export class StepCounter {
  readonly #counts: Record<StepOp | 'bytes', number> = { ...NO_STEPS }

  add(step: Step): void {
    this.#counts[step.op]++
    if (step.op === 'copy') this.#counts.bytes += step.expect.size
  }

  get counts(): PlanCounts {
    return { ...this.#counts }
  }

  /** How many steps came in. */
  get steps(): number {
    const { bytes: _octets, ...ops } = this.#counts
    return Object.values(ops).reduce((sum, count) => sum + count, 0)
  }
}

export function countSteps(steps: Iterable<Step>): PlanCounts {
  const counter = new StepCounter()
  for (const step of steps) counter.add(step)
  return counter.counts
}
