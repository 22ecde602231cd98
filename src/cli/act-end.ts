import type { ChannelRecord } from '../apply/channel-records.js'
import type { ApplyResult } from '../apply/result.js'
import type { Run } from '../apply/run.js'
import type { MbauditError, Problem } from '../errors.js'
import type { PlanCounts } from '../plan/plan.js'
import { countSteps } from '../report/plan-report.js'

/** How it ended, in short. */
export type ActEnd = Pick<ChannelRecord, 'end' | 'run' | 'pending' | 'message'>

export const NOTHING_TO_DO: ActEnd = { end: 'nothing', run: null, pending: 0, message: '' }

/** The user said no. */
export const declinedEnd = (counts: PlanCounts): ActEnd => ({
  end: 'declined',
  run: null,
  pending: countSteps(counts),
  message: '',
})

/** What came of a run. */
export function carriedEnd(
  { name }: Run,
  counts: PlanCounts,
  { ended, done }: ApplyResult,
  problems: readonly Problem[],
): ActEnd {
  const pending = countSteps(counts) - done
  const end = ended === 'interrupted' ? 'interrupted' : pending > 0 || problems.length > 0 ? 'partly' : 'done'
  return { end, run: name, pending, message: problems[0]?.message ?? '' }
}

/** An error as a result lists it. */
export function problemOfError({ code, place, message }: MbauditError): Problem {
  const { store = '', folder = null, locator = null } = place
  return { code, store, folder, locator, message }
}
