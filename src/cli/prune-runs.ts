import { pruneQuarantine } from '../apply/prune.js'
import type { Runs } from '../apply/run.js'
import { UsageError } from '../errors.js'
import type { PruneSummary } from '../report/runs-report.js'

const DAY = 86_400_000
const UNITS: Readonly<Record<string, number>> = { d: DAY, w: 7 * DAY, m: 30 * DAY, y: 365 * DAY }

/** Reads the AGE of `--prune`, in milliseconds. */
export async function parseAge(text: string): Promise<number> {
  const [, digits, unit = ''] = /^(\d{1,5})([dwmy])$/.exec(text) ?? []
  if (digits !== undefined) return Number(digits) * (UNITS[unit] ?? DAY)
  throw new UsageError(`--prune ${text} is no age`, 'It is a number of days, weeks, months or years: 90d, 12w, 6m, 1y.')
}

/** Empties the quarantines of runs that ended longer ago, or says what that would take away. */
export async function pruneRuns(runs: Runs, age: number, isDone: boolean) {
  const now = Date.now()
  const { pruned, kept, messages, octets } = await pruneQuarantine(runs, now - age, now, !isDone)
  const summary: PruneSummary = { runs: pruned.length, messages, bytes: octets, kept: kept.length, isDone }
  return { summary, rows: () => pruned.map((run) => ({ run })), problems: [] }
}
