import { homedir } from 'node:os'
import type { Run, RunRecord, Runs } from '../apply/run.js'
import { openRuns, walkFailures, walkRunSteps } from '../apply/runs.js'
import { dataDirectory, stateDirectory } from '../config/paths.js'
import { UsageError } from '../errors.js'
import { countSteps } from '../plan/counts.js'
import { type CarriedCounts, NOTHING_CARRIED } from '../report/plan-report.js'
import type { RunRow, RunsSummary } from '../report/runs-report.js'
import { shownRun } from './plan-rows.js'
import { stepProblems } from './step-problems.js'

/** The runs of whoever starts the program. */
export const userRuns = (): Runs =>
  openRuns({ state: stateDirectory(process.env, homedir()), data: dataDirectory(process.env, homedir()) })

/** All runs, as `runs` lists them. */
export function listRuns(runs: Runs): { readonly summary: RunsSummary; readonly rows: () => readonly RunRow[] } {
  const rows = runs.list().map(rowOf)
  const sum = (count: (row: RunRow) => number) => rows.reduce((total, row) => total + count(row), 0)
  return {
    summary: {
      runs: rows.length,
      unfinished: sum(({ state }) => Number(state === 'unfinished')),
      quarantined: sum(({ quarantined }) => quarantined),
      quarantinedBytes: sum(({ quarantinedBytes }) => quarantinedBytes),
    },
    rows: () => rows,
  }
}

function rowOf({ name, header, damage, begun, ended, state, undoneBy, steps, counts, quarantined }: RunRecord): RunRow {
  return {
    run: name,
    command: header?.command ?? null,
    stores: header?.stores.map((store) => store.name) ?? [],
    begun,
    ended,
    state,
    undoneBy,
    steps,
    done: counts?.done ?? null,
    failed: counts?.failed ?? null,
    skipped: counts?.skipped ?? null,
    quarantined: quarantined.messages,
    quarantinedBytes: quarantined.octets,
    damage,
  }
}

/** One run with its steps. From and Subject are in no journal. */
export function showRun(runs: Runs, name: string) {
  const run = runs.open(name)
  const record = recordOf(runs, run)
  if (record.damage !== null) throw new UsageError(`${run.name} cannot be read: ${record.damage}`, 'See mbaudit runs.')
  const untold = () => ({ from: '', subject: '' })
  return {
    ...shownRun(run, countSteps(run.plan.steps()), carriedIn(run, record), untold),
    details: { run: run.name, notes: run.plan.header.notes },
    problems: stepProblems(walkFailures(run)),
  }
}

/** What is listed of a run. */
export function recordOf(runs: Runs, { name }: Run): RunRecord {
  const record = runs.list().find((each) => each.name === name)
  if (record === undefined) throw new UsageError(`there is no run ${name}`, 'See which there are: mbaudit runs')
  return record
}

/** Of a run that was killed the steps tell what came of it. */
function carriedIn(run: Run, { counts }: RunRecord): CarriedCounts {
  if (counts !== null) return counts
  const carried = { ...NOTHING_CARRIED }
  const states = { done: 0, failed: 0, skipped: 0, open: 0 }
  for (const { state } of walkRunSteps(run)) states[state]++
  return { ...carried, ...states }
}
