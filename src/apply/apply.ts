import { EXIT, MbauditError } from '../errors.js'
import { Notebook } from '../index/notebook.js'
import type { ScannedStore } from '../index/scan.js'
import type { CopyStep, FolderRef } from '../plan/step.js'
import type { Store } from '../stores/store.js'
import type { WritableStore } from '../stores/writable.js'
import { FolderChanging } from './changing.js'
import { FolderCopying, type Incoming } from './copying.js'
import { changeFolders } from './folder-steps.js'
import { JournalLostError } from './journal.js'
import { moveFrom } from './moving.js'
import { byFolder, outlinePlan } from './outline.js'
import { noteArrivals } from './placed-moves.js'
import type { NumberedStep, StepGroup } from './plan-copy.js'
import { recallRun } from './recall.js'
import type { ApplyResult } from './result.js'
import type { Run } from './run.js'
import { readHistory } from './run-history.js'
import { walkFailures } from './run-steps.js'
import { settleRun } from './settle.js'
import { UnderWay } from './under-way.js'
import { inFolder, inParallel } from './work.js'

/** A store that a plan is carried out on. */
export interface ApplyStore {
  /** As the plan's header calls it. */
  readonly name: string
  /** Read from. A target that does not exist yet is an empty one. */
  readonly store: Store
  /** Its index; looked at again before anything is changed. */
  readonly scanned: ScannedStore
  /** Opens it for writing (`openTarget`); null: it is a source alone. */
  readonly open: (() => Promise<WritableStore>) | null
}

export interface ApplyRequest {
  /** A new one, or one that stopped before its end: steps that are done are not done again. */
  readonly run: Run
  readonly stores: readonly ApplyStore[]
  /** Folders that are written to at a time. */
  readonly jobs: number
  /** Ends it once what was begun is settled. */
  readonly signal: AbortSignal
  /** Called with what was done since the last call. */
  readonly onProgress: (done: ApplyProgress) => void
  /** Told what a person may want to know, one sentence at a time. */
  readonly note: (text: string) => void
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export interface ApplyProgress {
  /** Steps that were brought to an end, in whatever way. */
  readonly steps: number
  /** Octets that were copied. */
  readonly octets: number
}

/**
 * Carries out the plan of a run. The targets' locks are held (`lockTarget`) and their unfinished runs settled
 * (`settleUnfinished`) by then. Steps that do not hold any more are left alone and told; the others go on.
 *
 * @throws MbauditError when a target cannot be opened, a store cannot be looked at, or the journal cannot be written
 */
export async function applyPlan(request: ApplyRequest): Promise<ApplyResult> {
  await settleOwn(request)
  const { run } = request
  const book = new Notebook()
  const outline = outlinePlan(run.plan, book)
  await using way = new UnderWay(request, readHistory(run), outline, book)
  try {
    await carryOut(way)
  } catch (error) {
    if (!(error instanceof MbauditError) || error instanceof JournalLostError) throw error
    if (error.exitStatus !== EXIT.interrupted) {
      await way.end(error.message)
      throw error
    }
    way.interrupt()
  }
  return { ...(await way.end()), failures: { [Symbol.iterator]: () => walkFailures(run)[Symbol.iterator]() } }
}

/** What an earlier carrying-out of the same run left open. */
async function settleOwn({ run, stores, note, now }: ApplyRequest): Promise<void> {
  if (readHistory(run).pending.length === 0) return
  for (const { open } of stores) {
    if (open === null) continue
    await using target = await open()
    await settleRun(run, target, note, now)
  }
}

/** Folders first, then mail that comes, then changes and deletions, then folders that are empty by then. */
async function carryOut(way: UnderWay): Promise<void> {
  await changeFolders(way, ['renameFolder', 'createFolder', 'subscribe'])
  await recallRun(way)
  await way.places.lookAgain()
  for (const groups of byFolder(way.outline, ['move'])) await inEach(way, groups, (at) => moveFrom(way, at, groups))
  await way.sources.closeIdle()
  await inParallel(byFolder(way.outline, ['copy']), way.request.jobs, (groups) =>
    inEach(way, groups, (to) => copyInto(way, to, groups)),
  )
  await way.sources.closeIdle()
  await noteArrivals(way)
  await inParallel(byFolder(way.outline, ['move', 'flags', 'delete']), way.request.jobs, (groups) =>
    inEach(way, groups, (at) => changeIn(way, at, groups)),
  )
  await changeFolders(way, ['deleteFolder'])
}

async function inEach(
  way: UnderWay,
  groups: readonly StepGroup[],
  act: (folder: FolderRef) => Promise<void>,
): Promise<void> {
  const [first] = groups
  if (first === undefined || way.isOver) return
  const { store, folder } = first
  await inFolder(
    way,
    () => stepsOf(way, groups),
    () => act({ store, folder }),
  )
}

function* stepsOf(way: UnderWay, groups: readonly StepGroup[]): Generator<NumberedStep> {
  for (const group of groups) yield* way.request.run.plan.ofGroup(group)
}

async function copyInto(way: UnderWay, to: FolderRef, groups: readonly StepGroup[]): Promise<void> {
  if (way.isUnmade(to)) {
    for (const numbered of stepsOf(way, groups)) if (way.isOpen(numbered)) way.leaveUnmade(numbered, to)
    return
  }
  await using folder = await (await way.target(to.store)).openForWriting(to.folder)
  const incoming = function* (): Generator<Incoming> {
    for (const { n, step } of stepsOf(way, groups))
      if (step.op === 'copy' && way.isOpen({ n, step })) yield { n, ...incomingOf(step) }
  }
  await new FolderCopying(way, to, folder, 'copy').run(incoming())
}

const incomingOf = (step: CopyStep): Omit<Incoming, 'n'> => {
  const { from, expect, lacking, flags, received } = step
  return { step, from, expect, lacking, flags, received }
}

async function changeIn(way: UnderWay, at: FolderRef, groups: readonly StepGroup[]): Promise<void> {
  await using folder = await (await way.target(at.store)).openForWriting(at.folder)
  const change = () => new FolderChanging(way, at, groups, folder).run()
  // Where locators change, the store is looked at after deletions, and no other folder of it may be half changed then.
  await (folder.abilities.stableLocators ? change() : way.inTurn(change))
}
