import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { MbauditError } from '../errors.js'
import { mark, type Outcome, type WritableStore } from '../stores/writable.js'
import { clearMoves } from './clearing.js'
import { isDone, isFolderStep, lookAtFolders } from './folder-steps.js'
import { Journal } from './journal.js'
import type { BeginEntry, StepOutcome } from './journal-entry.js'
import { placeIn } from './planned-change.js'
import { makePrivateDirectory } from './private-files.js'
import { removeHalfWritten } from './quarantine.js'
import type { Run, Runs } from './run.js'
import { type History, readHistory } from './run-history.js'
import { isUnsettled } from './run-record.js'
import { scratchOf } from './work.js'

/** What was found out about runs that had been stopped. */
export interface Settled {
  /** Their names. */
  readonly runs: readonly string[]
  /** Steps of which it was not known: those that were done after all, and those that were not. */
  readonly done: number
  readonly notDone: number
}

/**
 * Finds out how far stopped runs came on a target whose lock is held, takes away what is half written, and writes it down.
 * Comes before anything else is done to the target, and before it is scanned for a plan.
 *
 * @param note - told what was found, and of journals that cannot be read
 * @throws MbauditError when it cannot be found out now
 */
export async function settleUnfinished(
  runs: Runs,
  target: WritableStore,
  note: (text: string) => void,
  now: () => number,
): Promise<Settled> {
  const total = { runs: [] as string[], done: 0, notDone: 0 }
  for (const run of runs.all()) {
    if (!isUnsettled(run)) continue
    const settled = await settleReadable(run, target, note, now)
    if (settled === null) continue
    total.runs.push(run.name)
    total.done += settled.done
    total.notDone += settled.notDone
  }
  return total
}

async function settleReadable(
  run: Run,
  target: WritableStore,
  note: (text: string) => void,
  now: () => number,
): Promise<Counted | null> {
  let history: History
  try {
    history = readHistory(run)
  } catch (error) {
    if (!(error instanceof MbauditError)) throw error
    note(`run ${run.name}: ${error.message}. ${error.hint}`)
    return null
  }
  return settleHistory(run, history, target, note, now)
}

interface Counted {
  done: number
  notDone: number
}

/** Settles one run on one target. */
export async function settleRun(
  run: Run,
  target: WritableStore,
  note: (text: string) => void,
  now: () => number,
): Promise<void> {
  await settleHistory(run, readHistory(run), target, note, now)
}

/** null: the run has nothing to do with the target. */
async function settleHistory(
  run: Run,
  history: History,
  target: WritableStore,
  note: (text: string) => void,
  now: () => number,
): Promise<Counted | null> {
  const stores = (history.header?.stores ?? []).filter(({ identity }) => identity === target.identity)
  const names = new Set(stores.map(({ name }) => name))
  if (names.size === 0) return null
  const mine = history.pending.filter(({ store }) => names.has(store))
  await using journal = Journal.goOn(run.journal, history.last)
  const count: Counted = { done: 0, notDone: 0 }
  for (const begin of mine) {
    const outcomes = await settleOne(run, target, begin)
    await journal.write({ done: begin.begin, outcomes, settled: true })
    rmSync(scratchOf(run.path, begin.begin), { recursive: true, force: true })
    for (const { outcome } of outcomes) count[outcome === 'done' || outcome === 'not-expunged' ? 'done' : 'notDone']++
  }
  if (mine.length > 0) tell(run, count, target, note)
  await clearMoves(run, target, names, journal, now)
  if (mine.length === history.pending.length) {
    rmSync(join(run.path, 'scratch'), { recursive: true, force: true })
    removeHalfWritten(run.quarantine)
    await journal.write({ settled: new Date(now()).toISOString() })
  }
  return count
}

function tell(run: Run, { done, notDone }: Counted, target: WritableStore, note: (text: string) => void): void {
  const found = `${done} steps were done, ${notDone} were not`
  note(`run ${run.name} had been stopped in the middle of its work on ${target.spec.name}: ${found}`)
}

async function settleOne(run: Run, target: WritableStore, begin: BeginEntry): Promise<readonly StepOutcome[]> {
  if (begin.purpose === 'folder') return settleFolder(run, target, begin)
  const numbers = new Map(begin.steps.map(([n, token]) => [token, n]))
  makePrivateDirectory(join(run.path, 'scratch'))
  makePrivateDirectory(scratchOf(run.path, begin.begin))
  const outcomes = await settleInFolder(target, begin)
  return outcomes.map((outcome) => ({
    n: numbers.get(outcome.token) ?? 0,
    outcome: outcome.outcome,
    ...placeIn(outcome),
  }))
}

/** A folder that is gone has taken along what the work was about. */
async function settleInFolder(target: WritableStore, begin: BeginEntry): Promise<readonly Outcome[]> {
  const { folders, troubles } = await target.list()
  if (!folders.some(({ name }) => name === begin.folder) && troubles.length === 0)
    return begin.steps.map(([, token]) => ({ token, outcome: 'not-done' }))
  await using folder = await target.openForWriting(begin.folder)
  return folder.settle(mark(begin.mark))
}

async function settleFolder(run: Run, target: WritableStore, begin: BeginEntry): Promise<readonly StepOutcome[]> {
  const seen = await lookAtFolders(target)
  const [first] = begin.steps
  for (const { n, step } of run.plan.numbered(0, 1)) {
    if (n !== first?.[0]) continue
    return [{ n, outcome: isFolderStep(step) && isDone(step, seen) ? 'done' : 'not-done' }]
  }
  return []
}
