import { type Digest, digest } from '../message/message.js'
import { wireDigest } from '../message/wire.js'
import type { MoveStep } from '../plan/step.js'
import { type Folder, type FolderName, type Locator, locator, NOTHING_KNOWN } from '../stores/store.js'
import type { NumberedStep } from './plan-copy.js'
import type { Run } from './run.js'
import { STEP } from './run-history.js'
import { movedKey, placedKey } from './stored.js'
import type { UnderWay } from './under-way.js'

export interface NumberedMove extends NumberedStep {
  readonly step: MoveStep
}

/** A move whose copy was made. */
export interface PlacedMove extends NumberedMove {
  /** Where the copy was put. */
  readonly placed: Locator
}

/** How many moves of a run have brought a mail into a folder, whether the original has gone or not. */
export class Arrivals {
  readonly #counts = new Map<string, number>()

  constructor(run: Run, states: Uint8Array) {
    for (const { n, step } of run.plan.numbered(0, 1)) {
      if (step.op !== 'move' || (states[n] !== STEP.placed && states[n] !== STEP.done)) continue
      this.#counts.set(keyOf(step), this.of(step) + 1)
    }
  }

  of(step: MoveStep): number {
    return this.#counts.get(keyOf(step)) ?? 0
  }
}

const keyOf = ({ at, to, expect }: MoveStep): string => JSON.stringify([at.store, to, expect.wire])

/**
 * Reads the copies that moves have made in a folder. Where locators change while a folder is written, and a copy is no more
 * where it was put, it counts as there when the folder holds the mail as often as it did before and as the moves brought it.
 *
 * @returns what is there of each, by the number of its step
 */
export async function readArrivals(
  folder: Folder,
  moves: readonly PlacedMove[],
  arrivals: () => Arrivals,
): Promise<ReadonlyMap<number, Digest>> {
  const wires = new Map<number, Digest>()
  let nth = 0
  for await (const { bytes } of folder.read(moves.map(({ placed }) => placed))) {
    const n = moves[nth++]?.n
    if (bytes !== null && n !== undefined) wires.set(n, wireDigest(bytes))
  }
  const shifted = moves.filter(({ n, step }) => step.expect.wire !== null && wires.get(n) !== step.expect.wire)
  if (folder.abilities.stableLocators || shifted.length === 0) return wires
  const held = await countMail(folder, new Set(shifted.map(({ step }) => step.expect.wire)))
  for (const { n, step } of shifted) {
    const { wire } = step.expect
    if (wire !== null && (held.get(wire) ?? 0) >= step.lacking.atMost + arrivals().of(step)) wires.set(n, wire)
  }
  return wires
}

async function countMail(folder: Folder, wanted: ReadonlySet<Digest | null>): Promise<ReadonlyMap<Digest, number>> {
  const counts = new Map<Digest, number>()
  for await (const { read } of folder.scan(NOTHING_KNOWN, undefined, 'bodies')) {
    for (const { facts, boundsInDoubt } of read) {
      const { wire } = facts
      if (wire !== null && wanted.has(wire) && !boundsInDoubt) counts.set(wire, (counts.get(wire) ?? 0) + 1)
    }
  }
  return counts
}

/**
 * Notes what moves have put into folders whose locators change while they are written: once other changes are made there it
 * can no longer be read by its place.
 */
export async function noteArrivals(way: UnderWay): Promise<void> {
  const { states, request, book } = way
  if (!states.includes(STEP.placed)) return
  const folders = new Map<string, PlacedMove[]>()
  for (const { n, step } of request.run.plan.numbered(0, 1)) {
    const at = book.get(placedKey(n))
    if (step.op !== 'move' || states[n] !== STEP.placed || at === null) continue
    const key = JSON.stringify([step.at.store, step.to])
    folders.set(key, [...(folders.get(key) ?? []), { n, step, placed: locator(at) }])
  }
  let arrivals: Arrivals | null = null
  const known = (): Arrivals => (arrivals ??= new Arrivals(request.run, states))
  for (const moves of folders.values()) {
    const [first] = moves
    if (first === undefined || way.isOver) return
    await using folder = await (await way.target(first.step.at.store)).open(first.step.to)
    if (folder.abilities.stableLocators) continue
    for (const [n, wire] of await readArrivals(folder, moves, known)) book.set(movedKey(n), wire)
  }
}

/** What moves have put where, by the number of the step: as was noted, or as it is now. */
export async function readPlaced(
  way: UnderWay,
  store: string,
  changes: readonly NumberedStep[],
): Promise<ReadonlyMap<number, Digest>> {
  const folders = new Map<FolderName, PlacedMove[]>()
  const wires = new Map<number, Digest>()
  for (const { n, step } of changes) {
    const at = way.book.get(placedKey(n))
    if (step.op !== 'move' || at === null) continue
    const noted = way.book.get(movedKey(n))
    if (noted === null) folders.set(step.to, [...(folders.get(step.to) ?? []), { n, step, placed: locator(at) }])
    else wires.set(n, digest(noted))
  }
  for (const [name, moves] of folders) {
    await using folder = await (await way.target(store)).open(name)
    const found = await readArrivals(folder, moves, () => new Arrivals(way.request.run, way.states))
    for (const [n, wire] of found) wires.set(n, wire)
  }
  return wires
}
