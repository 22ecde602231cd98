import { rmSync } from 'node:fs'
import { wireDigest } from '../message/wire.js'
import type { MoveStep } from '../plan/step.js'
import type { Locator } from '../stores/store.js'
import type { Change, WritableFolder, WritableStore } from '../stores/writable.js'
import type { Journal } from './journal.js'
import { wireOfExpected } from './places.js'
import type { Run } from './run.js'
import { placeOf, readHistory, STEP } from './run-history.js'
import { makeScratch } from './work.js'

interface HalfMove {
  readonly n: number
  readonly step: MoveStep
  /** Where its copy lies. */
  readonly placed: Locator
}

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
  const folders = new Map<string, HalfMove[]>()
  for (const half of halfMoves(run, names)) {
    const key = JSON.stringify([half.step.at.store, half.step.at.folder])
    folders.set(key, [...(folders.get(key) ?? []), half])
  }
  for (const halves of folders.values()) await clearFolder(run, target, halves, journal, now)
}

function halfMoves(run: Run, names: ReadonlySet<string>): readonly HalfMove[] {
  const places = new Map<number, Locator>()
  const { states } = readHistory(run, (ended) => {
    const at = placeOf(ended)
    if (ended.begin.purpose === 'move' && at !== null) places.set(ended.outcome.n, at)
  })
  if (!states.includes(STEP.placed)) return []
  const halves: HalfMove[] = []
  for (const { n, step } of run.plan.numbered(0, 1)) {
    const placed = places.get(n)
    if (states[n] !== STEP.placed || step.op !== 'move' || placed === undefined) continue
    if (names.has(step.at.store)) halves.push({ n, step, placed })
  }
  return halves
}

async function clearFolder(
  run: Run,
  target: WritableStore,
  halves: readonly HalfMove[],
  journal: Journal,
  now: () => number,
): Promise<void> {
  const [first] = halves
  if (first === undefined) return
  await using folder = await target.openForWriting(first.step.at.folder)
  const ready: { readonly half: HalfMove; readonly change: Change }[] = []
  for (const half of halves) {
    const change = await changeFor(target, folder, half)
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

/** null: the original stays, since it is not what its copy is. */
async function changeFor(
  target: WritableStore,
  folder: WritableFolder,
  { step, placed }: HalfMove,
): Promise<Change | null> {
  const original = await readOne(folder, step.at.locator)
  await using other = await target.open(step.to)
  const copy = await readOne(other, placed)
  const wire = original === null ? null : wireOfExpected(original, step.expect)
  return copy !== null && wire !== null && wire === wireDigest(copy)
    ? { token: step.id, locator: step.at.locator, wire, flags: null }
    : null
}

async function readOne(folder: Pick<WritableFolder, 'read'>, locator: Locator): Promise<Buffer | null> {
  for await (const { bytes } of folder.read([locator])) return bytes
  return null
}
