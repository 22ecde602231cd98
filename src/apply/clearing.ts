import { rmSync } from 'node:fs'
import type { Digest } from '../message/message.js'
import type { Locator } from '../stores/store.js'
import type { Change, WritableFolder, WritableStore } from '../stores/writable.js'
import type { Journal } from './journal.js'
import { Arrivals, type PlacedMove, readArrivals } from './placed-moves.js'
import { wireOfExpected } from './places.js'
import type { Run } from './run.js'
import { placeOf, readHistory, STEP } from './run-history.js'
import { makeScratch } from './work.js'

/**
 * Brings moves to their end that were stopped between the copy and the deletion of the original, since later plans would see
 * two messages. An original that is not the same mail as its copy stays.
 *
 * @param names - what the plan calls the target
 */
export async function clearMoves(
  run: Run,
  target: WritableStore,
  names: ReadonlySet<string>,
  journal: Journal,
  now: () => number,
): Promise<void> {
  const { halves: all, arrivals } = halfMoves(run, names)
  const halves = all.length === 0 ? [] : await whereFoldersAre(target, all)
  const there = new Map<number, Digest>()
  for (const moves of grouped(halves, ({ step }) => step.to).values())
    for (const [n, wire] of await lookAt(target, moves, arrivals)) there.set(n, wire)
  for (const moves of grouped(halves, ({ step }) => step.at.folder).values())
    await clearFolder(run, target, moves, there, journal, now)
}

/** A folder that is gone has taken along the original, or the copy. */
async function whereFoldersAre(target: WritableStore, halves: readonly PlacedMove[]): Promise<readonly PlacedMove[]> {
  const names = new Set((await target.list()).folders.map(({ name }) => name))
  return halves.filter(({ step }) => names.has(step.at.folder) && names.has(step.to))
}

function grouped(halves: readonly PlacedMove[], key: (half: PlacedMove) => string): ReadonlyMap<string, PlacedMove[]> {
  const folders = new Map<string, PlacedMove[]>()
  for (const half of halves) folders.set(key(half), [...(folders.get(key(half)) ?? []), half])
  return folders
}

async function lookAt(
  target: WritableStore,
  moves: readonly PlacedMove[],
  arrivals: () => Arrivals,
): Promise<ReadonlyMap<number, Digest>> {
  const [first] = moves
  if (first === undefined) return new Map()
  await using folder = await target.open(first.step.to)
  return readArrivals(folder, moves, arrivals)
}

interface HalfMoves {
  readonly halves: readonly PlacedMove[]
  readonly arrivals: () => Arrivals
}

function halfMoves(run: Run, names: ReadonlySet<string>): HalfMoves {
  const places = new Map<number, Locator>()
  const { states } = readHistory(run, (ended) => {
    const at = placeOf(ended)
    if (ended.begin.purpose === 'move' && at !== null) places.set(ended.outcome.n, at)
  })
  const arrivals = () => new Arrivals(run, states)
  if (!states.includes(STEP.placed)) return { halves: [], arrivals }
  const halves: PlacedMove[] = []
  for (const { n, step } of run.plan.numbered(0, 1)) {
    const placed = places.get(n)
    if (states[n] !== STEP.placed || step.op !== 'move' || placed === undefined) continue
    if (names.has(step.at.store)) halves.push({ n, step, placed })
  }
  return { halves, arrivals }
}

async function clearFolder(
  run: Run,
  target: WritableStore,
  halves: readonly PlacedMove[],
  there: ReadonlyMap<number, Digest>,
  journal: Journal,
  now: () => number,
): Promise<void> {
  const [first] = halves
  if (first === undefined) return
  await using folder = await target.openForWriting(first.step.at.folder)
  const ready: { readonly half: PlacedMove; readonly change: Change }[] = []
  for (const half of halves) {
    const change = await changeFor(folder, half, there.get(half.n))
    if (change !== null) ready.push({ half, change })
  }
  if (ready.length === 0) return
  const number = journal.next()
  const scratch = makeScratch(run.path, number)
  const work = { kind: 'change', changes: ready.map(({ change }) => change) } as const
  const made = await folder.prepare(work, scratch)
  await journal.write({
    begin: number,
    at: new Date(now()).toISOString(),
    purpose: 'clear',
    store: first.step.at.store,
    folder: folder.name,
    generation: null,
    mark: made,
    steps: ready.map(({ half }) => [half.n, half.step.id]),
  })
  const outcomes = await folder.carryOut(work, made)
  const numbered = outcomes.map(({ outcome }, nth) => ({ n: ready[nth]?.half.n ?? 0, outcome }))
  await journal.write({ done: number, outcomes: numbered, settled: true })
  rmSync(scratch, { recursive: true, force: true })
}

/** null: the original stays, since it is not what its copy is. @param copy - what lies where the move put it */
async function changeFor(
  folder: WritableFolder,
  { step }: PlacedMove,
  copy: Digest | undefined,
): Promise<Change | null> {
  const original = await readOne(folder, step.at.locator)
  const wire = original === null ? null : wireOfExpected(original, step.expect)
  return wire !== null && wire === copy ? { token: step.id, locator: step.at.locator, wire, flags: null } : null
}

async function readOne(folder: Pick<WritableFolder, 'read'>, locator: Locator): Promise<Buffer | null> {
  for await (const { bytes } of folder.read([locator])) return bytes
  return null
}
