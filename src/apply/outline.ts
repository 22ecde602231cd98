import { EXIT, MbauditError } from '../errors.js'
import type { Notebook } from '../index/notebook.js'
import type { StepOp } from '../plan/step.js'
import { changedFolder } from './changed-folder.js'
import type { PlanCopy, StepGroup } from './plan-copy.js'

/** Where in a plan the steps for each folder stand. */
export interface Outline {
  readonly groups: readonly StepGroup[]
  readonly steps: number
  /** Whether deletions wait for steps of the plan. */
  readonly restsOnSteps: boolean
}

/**
 * Reads a plan once. The ids of the steps that deletions wait for are noted in `book`.
 *
 * @throws MbauditError when a step stands in it twice
 */
export function outlinePlan(plan: PlanCopy, book: Notebook): Outline {
  const groups: (StepGroup & { count: number })[] = []
  let steps = 0
  let restsOnSteps = false
  for (const { n, step, offset } of plan.numbered(0, 1)) {
    const { store, folder } = changedFolder(step)
    if (book.has(metKey(step.id))) throw new TwiceError(step.id, n)
    book.set(metKey(step.id), '')
    const last = groups.at(-1)
    if (last?.op === step.op && last.store === store && last.folder === folder) last.count++
    else groups.push({ op: step.op, store, folder, first: n, count: 1, offset })
    steps = n
    if (step.op !== 'delete' || !('after' in step.safe)) continue
    restsOnSteps = true
    book.set(awaitedKey(step.safe.after), '')
  }
  return { groups, steps, restsOnSteps }
}

const metKey = (id: string): string => `met ${id}`
export const awaitedKey = (id: string): string => `awaited ${id}`

/** The groups of some kinds of step, those of one folder together. */
export function byFolder({ groups }: Outline, ops: readonly StepOp[]): readonly (readonly StepGroup[])[] {
  const folders = new Map<string, StepGroup[]>()
  for (const group of groups) {
    if (!ops.includes(group.op)) continue
    const key = JSON.stringify([group.store, group.folder])
    const same = folders.get(key)
    if (same === undefined) folders.set(key, [group])
    else same.push(group)
  }
  return [...folders.values()]
}

/** A plan says the same step twice: carried out twice, it would store a message twice. */
class TwiceError extends MbauditError {
  constructor(id: string, n: number) {
    super('CONFIG_INVALID', EXIT.usage, `the plan has step ${id} twice (line ${n + 1})`, 'Take one of the lines out.')
  }
}
