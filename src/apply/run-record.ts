import { MbauditError } from '../errors.js'
import type { PlanHeader } from '../plan/plan.js'
import { measureQuarantine } from './quarantine.js'
import type { ApplyCounts } from './result.js'
import type { Run, RunRecord } from './run.js'
import { countStates, type History, readHistory, readLastEntry } from './run-history.js'

/** Whether a run may have work of which it is not known how far it came. */
export function isUnsettled(run: Run): boolean {
  const last = readLastEntry(run.journal)
  if (last === null) return true
  if ('end' in last) return last.unsettled > 0
  return !('settled' in last || 'pruned' in last)
}

/** Whether a run has steps left that may be tried. */
export function hasStepsLeft(run: Run): boolean {
  const { end } = readHistory(run)
  return end === null || end.end !== 'finished' || end.counts.failed + end.counts.skipped + end.counts.open > 0
}

/** What `runs` lists, in the order of the runs. */
export function recordsOf(runs: readonly Run[]): RunRecord[] {
  const records = runs.map(recordOf)
  const undone = new Map<string, string>()
  for (const { name, header, state, counts } of records) {
    const of = header?.command === 'undo' ? header.options.run : undefined
    // One in which something failed is gone on with by another.
    if (typeof of === 'string' && state === 'done' && counts?.failed === 0) undone.set(of, name)
  }
  return records.map((record) => {
    const undoneBy = undone.get(record.name) ?? null
    return undoneBy === null ? record : { ...record, undoneBy, state: 'undone' }
  })
}

function recordOf(run: Run): RunRecord {
  let header: PlanHeader | null = null
  try {
    header = run.plan.header
    const history = readHistory(run)
    const { end } = history
    return {
      ...recordWithout(run),
      header,
      begun: history.header?.begun ?? header.made,
      ended: end?.at ?? null,
      state: end?.end === 'finished' ? 'done' : 'unfinished',
      steps: history.header?.steps ?? 0,
      counts: { ...countsOf(history), ...end?.counts },
      quarantined: quarantinedOf(run, history),
      isPruned: history.pruned !== null,
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (!(error instanceof MbauditError) && !isSystemError(error)) throw error
    return { ...recordWithout(run), header, damage: message, begun: momentOf(run.name) }
  }
}

const countsOf = ({ states, tally }: History): ApplyCounts => ({ ...countStates(states), ...tally.counts })

const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error

const recordWithout = ({ name }: Run): Omit<RunRecord, 'begun'> => ({
  name,
  header: null,
  damage: null,
  ended: null,
  state: 'unfinished',
  undoneBy: null,
  steps: 0,
  counts: null,
  quarantined: { messages: 0, octets: 0 },
  isPruned: false,
})

/** `20240301T080000Z-…` -> `2024-03-01T08:00:00.000Z` */
const momentOf = (name: string): string =>
  name.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z.*/, '$1-$2-$3T$4:$5:$6.000Z')

function quarantinedOf(run: Run, { end, pruned }: History): RunRecord['quarantined'] {
  if (pruned !== null) return { messages: 0, octets: 0 }
  return end?.quarantined ?? measureQuarantine(run.quarantine)
}
