import type { Plan, PlanCounts } from './plan.js'

/** A plan that was read from a file. It can be walked until it is closed. */
export interface SavedPlan extends Plan, Disposable {
  readonly counts: PlanCounts
}

/** A plan as the lines of a file, each with its line end: the header, then a step a line. */
export function* planLines({ header, steps }: Plan): Iterable<string> {
  yield `${JSON.stringify(header)}\n`
  for (const step of steps()) yield `${JSON.stringify(step)}\n`
}

/**
 * Reads a plan. Steps may have been taken out or put in another order; an edited step gets the id of what it says now, and
 * steps that named it name it so.
 *
 * @param lines - without line ends
 * @param file - for messages
 * @throws PlanMistakeError when a line says what no plan can mean: with file, line, field and what is allowed there
 */
export function readPlan(_lines: Iterable<string>, _file: string): SavedPlan {
  throw new RangeError('not yet')
}
