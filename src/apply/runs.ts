import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../errors.js'
import type { Plan } from '../plan/plan.js'
import { Journal, JournalLostError } from './journal.js'
import { JOURNAL_VERSION } from './journal-entry.js'
import { PlanCopy, savePlan } from './plan-copy.js'
import { makePrivateDirectory } from './private-files.js'
import { quarantineIn } from './quarantine.js'
import type { Run, RunDirectories, Runs } from './run.js'
import { readHeader } from './run-history.js'
import { hasStepsLeft, recordsOf } from './run-record.js'

export { walkFailures, walkRunSteps } from './run-steps.js'

/** The runs of this user, wherever they were begun from. */
export function openRuns(directories: RunDirectories): Runs {
  const place = join(directories.state, 'runs')
  const open = (name: string): Run => openRun(directories, name)
  const names = (): readonly string[] => namesIn(place).filter(isRunName).sort()
  const all = (): readonly Run[] =>
    names().flatMap((name) => (existsSync(join(place, name, JOURNAL)) ? [open(name)] : []))
  return {
    directories,
    create: (plan, now) => createRun(directories, plan, now),
    open: (name) => open(chooseName(names(), name)),
    unfinished: (digest) => unfinishedOf(all(), digest),
    all,
    list: () => recordsOf(all()).reverse(),
  }
}

function namesIn(place: string): readonly string[] {
  try {
    return existsSync(place) ? readdirSync(place) : []
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    const hint = 'It belongs to who ran mbaudit first (by sudo?): give it back, or run it as that user.'
    throw new UsageError(`what was run before cannot be read: ${error.message}`, hint)
  }
}

export const JOURNAL = 'journal.jsonl'
const isRunName = (name: string): boolean => /^\d{8}T\d{6}Z-[a-z]+-[0-9a-f]{4,}$/.test(name)

function unfinishedOf(runs: readonly Run[], digest: string): Run | null {
  const same = runs.filter((run) => run.digest === digest)
  const open = recordsOf(same.length === 0 ? [] : runs).filter(
    ({ state, damage }) => state !== 'undone' && damage === null,
  )
  const names = new Set(open.map(({ name }) => name))
  return same.findLast((run) => names.has(run.name) && hasStepsLeft(run)) ?? null
}

async function createRun(directories: RunDirectories, plan: Plan, now: number): Promise<Run> {
  const begun = new Date(now).toISOString()
  const above = join(directories.state, 'runs')
  try {
    makePrivateDirectory(directories.state)
    makePrivateDirectory(above)
    const name = makeRunDirectory(above, `${begun.slice(0, 19).replace(/[-:]/g, '')}Z-${plan.header.command}`)
    const path = join(above, name)
    const saved = savePlan(join(path, 'plan.jsonl'), plan)
    const { command, stores } = plan.header
    const header = {
      journal: 'mbaudit',
      version: JOURNAL_VERSION,
      run: name,
      begun,
      command,
      stores,
      ...saved,
    } as const
    await Journal.create(join(path, JOURNAL), header)[Symbol.asyncDispose]()
    return openRun(directories, name)
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? new JournalLostError(error) : error
  }
}

/** Runs that begin in the same second have folders of their own. @returns its name */
function makeRunDirectory(above: string, beginning: string): string {
  const name = `${beginning}-${randomBytes(2).toString('hex')}`
  const isNew = !existsSync(join(above, name)) && mkdirSync(join(above, name), { recursive: true }) !== undefined
  if (!isNew) return makeRunDirectory(above, beginning)
  makePrivateDirectory(join(above, name))
  return name
}

function openRun(directories: RunDirectories, name: string): Run {
  const path = join(directories.state, 'runs', name)
  return {
    name,
    path,
    journal: join(path, JOURNAL),
    quarantine: join(quarantineIn(directories.data), name),
    get digest() {
      return readHeader(join(path, JOURNAL))?.digest ?? ''
    },
    plan: new PlanCopy(join(path, 'plan.jsonl')),
  }
}

function chooseName(names: readonly string[], beginning: string): string {
  if (names.includes(beginning)) return beginning
  const fitting = beginning === '' ? [] : names.filter((name) => name.startsWith(beginning))
  const [only] = fitting
  if (only !== undefined && fitting.length === 1) return only
  if (only === undefined) throw new UsageError(`there is no run ${beginning}`, 'See which there are: mbaudit runs')
  throw new UsageError(`${beginning} may be any of ${fitting.join(', ')}`, 'Say more of its name.')
}
