import type { Run, Runs } from '../apply/run.js'
import { checkLimits, type LimitFacts, type MaxDelete, SafetyLimitError } from '../plan/limits.js'
import { PLAN_VERSION, type Plan, type PlanCounts, type PlanHeader, type PlanStore } from '../plan/plan.js'
import type { StepSpool } from '../plan/step-spool.js'
import type { ActStore } from './act-stores.js'
import type { RunMessages } from './messages.js'
import type { OpenScan, ScannedStores } from './scan-stores.js'

/** A plan that was made of what stores hold. */
export interface MadePlan extends Disposable {
  readonly plan: Plan
  readonly counts: PlanCounts
  /** Why a safety limit stops it; null: none does. */
  readonly refusal: SafetyLimitError | null
  /** A run of this very plan that was stopped, and goes on. */
  readonly resume?: Run | null
  /** How much only a person can decide. */
  readonly questions?: number
  /** Whether something was found that `--exit-code` tells of, whatever is to be done; absent: the steps tell. */
  readonly hasFound?: boolean
  /** Further keys of the JSON result. */
  readonly details?: Readonly<Record<string, unknown>>
  /** Counts the messages that were not asked for, or that stand for others. */
  readonly leftOut?: () => number
  /** Called when the run is about to begin. */
  readonly begin?: (run: Run) => void
  /**
   * Called when the stores are as the plan wants them, or as near as they could be brought: what the next sync is to know.
   * Never called where the plan was only looked at. null: there was nothing to do.
   */
  readonly conclude?: (run: Run | null) => Promise<void>
}

/** What a plan may be made with. */
export interface ActTools {
  readonly runs: Runs
  readonly messages: RunMessages
}

/** What a plan's header says besides the stores. */
export type PlanSays = Pick<PlanHeader, 'command' | 'options' | 'compared' | 'notes'>

/** The steps of a spool as a plan for stores that were scanned. Closing it closes the spool. */
export function madePlan(
  spool: StepSpool,
  says: PlanSays,
  stores: readonly PlanStore[],
  limit: MaxDelete,
  facts: LimitFacts,
): MadePlan {
  const made = `${new Date().toISOString().slice(0, 19)}Z`
  const plan = spool.toPlan({ mbaudit: 'plan', version: PLAN_VERSION, made, ...says, stores })
  return {
    plan,
    counts: spool.counts,
    refusal: refusalOf(plan, spool.counts, limit, facts),
    [Symbol.dispose]: () => spool[Symbol.dispose](),
  }
}

/** Why a limit stops a plan; null: none does. */
export function refusalOf(
  plan: Plan,
  counts: PlanCounts,
  limit: MaxDelete,
  facts: LimitFacts,
): SafetyLimitError | null {
  if (counts.delete === 0) return null
  try {
    checkLimits(plan.steps(), limit, facts)
    return null
  } catch (error) {
    if (error instanceof SafetyLimitError) return error
    throw error
  }
}

/** The stores of a plan as its header names them. */
export function planStores({ open }: ScannedStores, acts: readonly ActStore[]): PlanStore[] {
  return open.map(({ store }) => {
    const { spec, identity } = store
    const act = acts.find(({ chosen }) => chosen.name === spec.name)
    return {
      name: spec.name,
      type: spec.type,
      role: act?.role ?? 'source',
      open: act?.openAs(spec) ?? spec.name,
      identity,
    }
  })
}

/** The folders that limits count in. */
export function limitFolders(targets: readonly OpenScan[]): LimitFacts['folders'] {
  return targets.flatMap(({ scanned }) =>
    scanned.index.folders().map(({ store, folder, messages, specialUse }) => ({ store, folder, messages, specialUse })),
  )
}
