import type { FolderRef, MoveStep } from '../plan/step.js'
import type { FolderName } from '../stores/store.js'
import type { WritableFolder, WritableStore } from '../stores/writable.js'
import { FolderCopying, type Incoming } from './copying.js'
import type { NumberedMove } from './placed-moves.js'
import { Stale } from './places.js'
import type { StepGroup } from './plan-copy.js'
import { placeIn } from './planned-change.js'
import type { UnderWay } from './under-way.js'
import { leaveUndone, perform } from './work.js'

type Which = (step: MoveStep) => boolean

/**
 * Moves messages away from one folder: at once where the store can; else they are copied now, and deleted with the other
 * changes. So are those that get other flags: it is one piece of work that they come with them.
 */
export async function moveFrom(way: UnderWay, at: FolderRef, groups: readonly StepGroup[]): Promise<void> {
  const store = await way.target(at.store)
  await using folder = await store.openForWriting(at.folder)
  const native: Which = ({ flags }) => folder.writing.movesNatively && flags === undefined
  const copied: Which = (step) => !native(step)
  if (folder.writing.movesNatively) await moveNatively(way, at, folder, openMoves(way, groups, native))
  for (const to of targetsOf(way, groups, copied))
    await copyTo(way, store, { store: at.store, folder: to }, groups, copied)
}

function* openMoves(way: UnderWay, groups: readonly StepGroup[], which: Which): Generator<NumberedMove> {
  for (const group of groups) {
    for (const { n, step } of way.request.run.plan.ofGroup(group)) {
      if (way.isOver) return
      if (step.op !== 'move' || !which(step) || !way.isOpen({ n, step })) continue
      const to = { store: step.at.store, folder: step.to }
      if (way.isUnmade(to)) way.leaveUnmade({ n, step }, to)
      else yield { n, step }
    }
  }
}

function targetsOf(way: UnderWay, groups: readonly StepGroup[], which: Which): ReadonlySet<FolderName> {
  const targets = new Set<FolderName>()
  for (const { step } of openMoves(way, groups, which)) targets.add(step.to)
  return targets
}

/** The flags that a message has when it has come. */
function flagsOf({ flags: change }: MoveStep, flags: readonly string[]): readonly string[] {
  if (change === undefined) return flags
  return [
    ...flags.filter((flag) => !change.remove.includes(flag)),
    ...change.add.filter((flag) => !flags.includes(flag)),
  ]
}

/** The message, if it may be moved. */
function findMovable(way: UnderWay, numbered: NumberedMove) {
  const { at, expect, lacking } = numbered.step
  const found = way.places.find(at, expect)
  const doubt = found instanceof Stale ? found : way.places.lacks(lacking)
  const isUnsure = !(found instanceof Stale) && found.boundsInDoubt
  const stale = isUnsure ? new Stale('where the message begins and ends is in doubt') : doubt
  if (stale !== null) way.leave(numbered, 'skipped', 'PLAN_STALE', stale.why)
  return stale === null && !(found instanceof Stale) ? found : null
}

async function moveNatively(
  way: UnderWay,
  at: FolderRef,
  folder: WritableFolder,
  moves: Iterable<NumberedMove>,
): Promise<void> {
  let batch: NumberedMove[] = []
  const flush = async (): Promise<void> => {
    const steps = batch
    const to = steps[0]?.step.to
    batch = []
    if (to !== undefined && !way.isOver) await performMoves(way, at, folder, to, steps)
  }
  for (const each of moves) {
    if (batch.length >= folder.writing.atOnce.messages || batch[0]?.step.to !== each.step.to) await flush()
    if (findMovable(way, each) !== null) batch.push(each)
  }
  await flush()
}

async function performMoves(
  way: UnderWay,
  at: FolderRef,
  folder: WritableFolder,
  to: FolderName,
  steps: readonly NumberedMove[],
): Promise<void> {
  const moves = steps.map(({ step }) => ({ token: step.id, locator: step.at.locator }))
  const about = { purpose: 'change', store: at.store, steps } as const
  const { number, outcomes, error } = await perform(way, folder, { kind: 'move', to, moves }, about)
  way.finish(
    about,
    number,
    outcomes.map((outcome, nth) => ({ n: steps[nth]?.n ?? 0, outcome: outcome.outcome, ...placeIn(outcome) })),
  )
  for (const [nth, outcome] of outcomes.entries()) {
    const each = steps[nth]
    if (each !== undefined && outcome.outcome !== 'done') leaveUndone(way, each, outcome, error)
  }
}

async function copyTo(
  way: UnderWay,
  store: WritableStore,
  to: FolderRef,
  groups: readonly StepGroup[],
  which: Which,
): Promise<void> {
  await using folder = await store.openForWriting(to.folder)
  const incoming = function* (): Generator<Incoming> {
    for (const { n, step } of openMoves(way, groups, which)) {
      const found = step.to === to.folder ? findMovable(way, { n, step }) : null
      if (found === null) continue
      const { expect, lacking } = step
      yield { n, step, from: step.at, expect, lacking, flags: flagsOf(step, found.flags), received: found.received }
    }
  }
  await new FolderCopying(way, to, folder, 'move').run(incoming())
}
