import type { Run } from '../apply/run.js'
import { walkRunSteps } from '../apply/runs.js'
import type { StoreIndex } from '../index/store-index.js'
import type { Plan, PlanCounts, PlanHeader } from '../plan/plan.js'
import type { CopyRef, Step } from '../plan/step.js'
import { type BareStepRow, type TellMail, tallyFolders } from '../report/plan-overview.js'
import { type CarriedCounts, NOTHING_CARRIED, type PlanEnd, type PlanSummary } from '../report/plan-report.js'
import type { StepRow } from '../report/step-row.js'

const UNTOLD = { from: '', subject: '' }

/** Asks the indexes of the stores for From and Subject. What is gone by now has none. */
export function tellFromIndexes(indexes: readonly StoreIndex[]): TellMail {
  return (step) => {
    const place = placeOf(step)
    const index = place && indexes.find(({ store }) => store === place.store)
    const copy = place && index?.copyAt(place.folder, place.locator)?.copy
    return copy ? { from: copy.from, subject: copy.subject } : UNTOLD
  }
}

function placeOf(step: Step): CopyRef | null {
  if (step.op === 'copy') return step.from
  return step.op === 'move' || step.op === 'flags' || step.op === 'delete' ? step.at : null
}

/** A plan, or a run, as a result shows it. */
export interface ShownSteps {
  /** Counted when it is first asked for, by a walk over all steps. */
  readonly summary: PlanSummary
  rows(): Iterable<StepRow>
}

/** A plan that nobody has carried out. */
export function shownPlan(plan: Plan, counts: PlanCounts, end: PlanEnd, tell: TellMail): ShownSteps {
  const rows = () => mapEach(plan.steps(), (step): BareStepRow => ({ step, outcome: 'planned', reason: null }))
  return shownSteps(plan.header, rows, counts, NOTHING_CARRIED, end, tell)
}

/** A run, and what came of its steps. */
export function shownRun(run: Run, counts: PlanCounts, carried: CarriedCounts, tell: TellMail): ShownSteps {
  const rows = () =>
    mapEach(walkRunSteps(run), ({ step, state, message }): BareStepRow => ({ step, outcome: state, reason: message }))
  return shownSteps(run.plan.header, rows, counts, carried, { kind: 'carried', run: run.name }, tell)
}

function shownSteps(
  header: PlanHeader,
  rows: () => Iterable<BareStepRow>,
  counts: PlanCounts,
  { done, failed, skipped, open, verified, alteredByServer, redatedByServer, notExpunged }: CarriedCounts,
  end: PlanEnd,
  tell: TellMail,
): ShownSteps {
  const targets = header.stores.filter(({ role }) => role === 'target').map(({ name }) => name)
  const carried = { done, failed, skipped, open, verified, alteredByServer, redatedByServer, notExpunged }
  const sumUp = (): PlanSummary => {
    const folders = tallyFolders(rows(), tell, end.kind === 'carried')
    return { ...counts, ...carried, targets, end, folders }
  }
  let summary: PlanSummary | null = null
  return {
    get summary() {
      summary ??= sumUp()
      return summary
    },
    rows: () => mapEach(rows(), (row) => ({ ...row, ...tell(row.step) })),
  }
}

function* mapEach<From, To>(items: Iterable<From>, map: (item: From) => To): Iterable<To> {
  for (const item of items) yield map(item)
}
