import { applyPlan } from '../apply/apply.js'
import type { ApplyResult } from '../apply/result.js'
import type { Run } from '../apply/run.js'
import { openTarget } from '../apply/target.js'
import { EXIT, type ExitStatus, gravest, type Problem } from '../errors.js'
import type { PlanCounts, PlanStore } from '../plan/plan.js'
import { countSteps } from '../report/plan-report.js'
import { isToBeMade } from './act-stores.js'
import type { CommonFlags } from './flags.js'
import { interruption } from './interruption.js'
import type { RunMessages } from './messages.js'
import { startProgress } from './progress.js'
import type { ScannedStores } from './scan-stores.js'
import { stepProblems } from './step-problems.js'

/** Folders that are written to at a time, unless `--jobs` says. */
const JOBS = 4

/** What came of a run, as the program tells it. */
export interface CarriedOut {
  readonly result: ApplyResult
  readonly problems: readonly Problem[]
  readonly status: ExitStatus
}

/** Carries the plan of a run out on stores that were scanned, and shows how far it is. */
export async function carryOut(
  run: Run,
  counts: PlanCounts,
  scanned: ScannedStores,
  flags: Pick<CommonFlags, 'progress' | 'quiet' | 'jobs'>,
  messages: RunMessages,
): Promise<CarriedOut> {
  const total = { octets: counts.bytes, steps: countSteps(counts) }
  const progress = startProgress(flags.progress, flags.quiet, total, Date.now)
  messages.beforeEach(progress.clear)
  messages.log(`run ${run.name} begins`)
  const result = await applyPlan({
    run,
    stores: run.plan.header.stores.map((store) => applyStore(store, scanned)),
    jobs: flags.jobs ?? JOBS,
    signal: interruption,
    onProgress: ({ steps, octets }) => progress.add({ messages: steps, octets }),
    note: messages.note,
    now: Date.now,
  })
  progress.clear()
  const problems = [...stopOf(result, run), ...stepProblems(result.failures)]
  const status = gravest(
    result.ended === 'interrupted' ? EXIT.interrupted : EXIT.ok,
    problems.length > 0 ? EXIT.partial : EXIT.ok,
  )
  return { result, problems, status }
}

function applyStore({ name, role }: PlanStore, { open }: ScannedStores) {
  const found = open.find(({ scanned }) => scanned.index.store === name)
  if (found === undefined) throw new TypeError(`the plan names ${name}, which is not open`)
  const { store, scanned } = found
  const { spec } = store
  const openIt = () => openTarget(spec, isToBeMade(spec))
  return { name, store, scanned, open: role === 'target' ? openIt : null }
}

/** A run that stopped since it was not safe to go on. */
function stopOf({ ended, why }: ApplyResult, { plan }: Run): Problem[] {
  if (ended !== 'stopped') return []
  const store = plan.header.stores.find(({ role }) => role === 'target')?.name ?? ''
  return [{ code: 'PLAN_STALE', store, folder: null, locator: null, message: why ?? 'it was not safe to go on' }]
}
