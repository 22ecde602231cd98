import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, MbauditError } from '../errors.js'
import type { Outcome, Work, WritableFolder } from '../stores/writable.js'
import { JournalLostError } from './journal.js'
import type { Before, WorkPurpose } from './journal-entry.js'
import { wordsOf } from './places.js'
import type { NumberedStep } from './plan-copy.js'
import { makePrivateDirectory } from './private-files.js'
import type { UnderWay } from './under-way.js'

/** What a piece of work is for. Its steps stand in the order of its tokens. */
export interface About {
  readonly purpose: WorkPurpose
  readonly store: string
  readonly steps: readonly NumberedStep[]
  readonly before?: readonly Before[]
}

/** A piece of work that was done, or settled after it could not be done. */
export interface Performed {
  /** Its number in the journal. */
  readonly number: number
  /** One for each step, in their order. */
  readonly outcomes: readonly Outcome[]
  /** What kept it from being done. */
  readonly error: MbauditError | null
}

/** Where a folder keeps what it needs until a piece of work was done or settled. */
export const scratchOf = (run: string, number: number): string => join(run, 'scratch', String(number))

/** Makes that directory; one of the same number was left by work that was never begun. */
export function makeScratch(run: string, number: number): string {
  const path = scratchOf(run, number)
  try {
    rmSync(path, { recursive: true, force: true })
    makePrivateDirectory(join(run, 'scratch'))
    makePrivateDirectory(path)
  } catch (error) {
    throw new JournalLostError(error)
  }
  return path
}

/**
 * Has a folder do a piece of work: what is about to be done is durable before it is begun.
 *
 * @throws UnsettledError when it was begun and cannot be found out how far it came
 */
export async function perform(way: UnderWay, folder: WritableFolder, work: Work, about: About): Promise<Performed> {
  const { run, now } = way.request
  const number = way.journal.next()
  const scratch = makeScratch(run.path, number)
  const target = work.kind === 'move' ? work.to : folder.name
  const mark = await folder.prepare(work, scratch)
  await way.journal.write({
    begin: number,
    at: new Date(now()).toISOString(),
    purpose: about.purpose,
    store: about.store,
    folder: folder.name,
    ...(work.kind === 'move' ? { to: work.to } : {}),
    generation: way.places.facts({ store: about.store, folder: target })?.generation ?? null,
    mark,
    steps: about.steps.map(({ n, step }) => [n, step.id]),
    ...(about.before === undefined || about.before.length === 0 ? {} : { before: about.before }),
  })
  let error: MbauditError | null = null
  let outcomes: readonly Outcome[]
  try {
    outcomes = await folder.carryOut(work, mark)
  } catch (thrown) {
    if (!(thrown instanceof MbauditError)) throw thrown
    error = thrown
    outcomes = await settleNow(way, () => folder.settle(mark), thrown)
  }
  rmSync(scratch, { recursive: true, force: true })
  return { number, outcomes, error }
}

async function settleNow(
  way: UnderWay,
  settle: () => Promise<readonly Outcome[]>,
  before: MbauditError,
): Promise<readonly Outcome[]> {
  try {
    return await settle()
  } catch (error) {
    if (!(error instanceof MbauditError)) throw error
    way.leaveUnsettled()
    throw new UnsettledError(before)
  }
}

/** A piece of work was begun, and what became of it cannot be found out now. */
export class UnsettledError extends MbauditError {
  constructor(cause: MbauditError) {
    const hint = 'It is not known whether that was done; the next run finds out before it does anything else.'
    super(cause.code, cause.exitStatus, cause.message, hint, cause.place, cause)
  }
}

/** Leaves a step for what became of the work on it. */
export function leaveUndone(
  way: UnderWay,
  numbered: NumberedStep,
  outcome: Outcome,
  error: MbauditError | null,
  keptAs: string | null = null,
): void {
  if (outcome.outcome === 'refused') way.leave(numbered, 'failed', 'REFUSED', outcome.words, keptAs)
  else if (outcome.outcome === 'gone') way.leave(numbered, 'skipped', 'PLAN_STALE', 'the message is gone')
  else if (outcome.outcome === 'changed') way.leave(numbered, 'skipped', 'PLAN_STALE', 'another message lies there now')
  else if (error === null)
    way.leave(numbered, 'failed', 'UNREADABLE', 'it was not done, and the store does not say why')
  else if (error.exitStatus === EXIT.interrupted) way.interrupt()
  else way.leaveOfFolder(numbered, 'failed', error.code, wordsOf(error))
}

/**
 * Does what concerns one folder. Where that is ended by what a user can act on (the folder is gone, the connection is lost),
 * its steps are left, and the others go on.
 */
export async function inFolder(
  way: UnderWay,
  left: () => Iterable<NumberedStep>,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (!(error instanceof MbauditError) || error instanceof JournalLostError) throw error
    if (error.exitStatus === EXIT.interrupted) way.interrupt()
    if (way.isOver) return
    for (const numbered of left())
      if (way.isOpen(numbered)) way.leaveOfFolder(numbered, 'failed', error.code, wordsOf(error))
  }
}

/** Does something with each item, some of them at a time. The first failure ends it, once what was begun is at its end. */
export async function inParallel<T>(items: readonly T[], jobs: number, act: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  let hasFailed = false
  const worker = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined && !hasFailed; item = items[next++]) {
      try {
        await act(item)
      } catch (error) {
        hasFailed = true
        throw error
      }
    }
  }
  const workers = Array.from({ length: Math.max(1, Math.min(jobs, items.length)) }, worker)
  for (const result of await Promise.allSettled(workers)) if (result.status === 'rejected') throw result.reason
}
