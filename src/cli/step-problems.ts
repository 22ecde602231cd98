import type { StepFailure } from '../apply/result.js'
import type { Problem } from '../errors.js'

/** Steps that were not done, as the problems of a run: what concerns a folder is told once, whatever number of its steps it left. */
export function stepProblems(failures: Iterable<StepFailure>): Problem[] {
  const told = new Map<string, { readonly problem: Problem; steps: number }>()
  let nth = 0
  for (const { code, store, folder, locator, message, isOfFolder } of failures) {
    const key = JSON.stringify(isOfFolder ? [store, folder, code] : [nth++])
    const known = told.get(key)
    if (known !== undefined) known.steps++
    else told.set(key, { problem: { code, store, folder, locator: isOfFolder ? null : locator, message }, steps: 1 })
  }
  return Array.from(told.values(), ({ problem, steps }) =>
    steps === 1 ? problem : { ...problem, message: `${problem.message} (${steps} steps)` },
  )
}
