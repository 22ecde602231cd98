import { resolve } from 'node:path'
import { linesFrom } from '../apply/line-file.js'
import { digestOfPlan } from '../apply/plan-copy.js'
import type { Runs } from '../apply/run.js'
import { UsageError } from '../errors.js'
import { DEFAULT_LIMIT, type MaxDelete } from '../plan/limits.js'
import { readPlan, type SavedPlan } from '../plan/plan-file.js'
import { limitFolders, type MadePlan, refusalOf } from './made-plan.js'
import type { ScannedStores } from './scan-stores.js'

/**
 * Reads a plan that was saved, all of it: what is done to the file later changes nothing.
 *
 * @throws PlanMistakeError for a line that no plan can have; UsageError when it cannot be read
 */
export function openPlan(file: string, cwd: string): SavedPlan {
  try {
    return readPlan(textLines(resolve(cwd, file)), file)
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause
    throw new UsageError(`${file}: the plan cannot be read: ${cause.message}`, 'Name a file that --plan saved.')
  }
}

function* textLines(path: string): Iterable<string> {
  for (const { text } of linesFrom(path)) yield text
}

/** A plan that was read, for stores that were scanned now; a run of it that was stopped goes on. */
export function madeBefore(
  plan: SavedPlan,
  scanned: ScannedStores,
  runs: Runs,
  limit: MaxDelete = DEFAULT_LIMIT,
): MadePlan {
  const { stores } = plan.header
  const targets = scanned.open.filter(({ store }) =>
    stores.some(({ name, role }) => role === 'target' && name === store.spec.name),
  )
  return {
    plan,
    counts: plan.counts,
    refusal: refusalOf(plan, plan.counts, limit, { folders: limitFolders(targets), master: null }),
    resume: runs.unfinished(digestOfPlan(plan)),
    [Symbol.dispose]: () => {},
  }
}
