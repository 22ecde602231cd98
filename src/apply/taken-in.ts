import type { KnownPair, PairChange, PairPlace, PairSide } from '../index/pair-row.js'
import { otherSide } from '../index/pair-row.js'
import type { SyncState } from '../index/sync-state.js'
import type { PlanStore } from '../plan/plan.js'
import type { CopyRef, CopyStep, Expected, FlagChange, MoveStep } from '../plan/step.js'
import type { DoneStep } from '../plan/undo.js'
import { JournalDamagedError } from './journal.js'
import type { Run, Runs } from './run.js'
import { readHistory } from './run-history.js'
import { undoFacts } from './undo-facts.js'

/**
 * Takes into a state what runs did since it was written: the run that it names, and runs that took others back. Comes after
 * `settleUnfinished` and before the plan; and once more when a run is over. What a damaged journal cannot tell is left out:
 * the next comparison finds it.
 *
 * @param stores - `Store.identity` of both sides
 * @param now - RFC 3339
 */
export function takeInRuns(
  state: SyncState,
  runs: Runs,
  stores: Readonly<Record<PairSide, string>>,
  now: string,
): void {
  const { written, underWay } = state
  if (written === null) return
  const open = runs.all().filter((run) => run.name === underWay || isUndoSince(run, written))
  if (open.length === 0 && underWay === null) return
  // Each run rests on what the one before it has left.
  for (const run of open) state.write(changesOf(run, state, stores), { now: written, underWay })
  state.write([], { now, underWay: null })
}

function isUndoSince({ name }: Run, written: string): boolean {
  const moment = `${written.slice(0, 19).replace(/[-:]/g, '')}Z`
  return name.includes('-undo-') && name.slice(0, moment.length) >= moment
}

function* changesOf(run: Run, state: SyncState, stores: Readonly<Record<PairSide, string>>): Iterable<PairChange> {
  try {
    const sideOf = sidesOf(readHistory(run).header?.stores ?? [], stores)
    for (const done of undoFacts(run)) yield* changesBy(done, state, sideOf)
  } catch (error) {
    if (!(error instanceof JournalDamagedError)) throw error
  }
}

type SideOf = (store: string) => PairSide | null

function sidesOf(named: readonly PlanStore[], { a, b }: Readonly<Record<PairSide, string>>): SideOf {
  const sides = new Map<string, PairSide>()
  for (const { name, identity } of named) {
    if (identity === a) sides.set(name, 'a')
    else if (identity === b) sides.set(name, 'b')
  }
  return (store) => sides.get(store) ?? null
}

function changesBy(done: DoneStep, state: SyncState, sideOf: SideOf): readonly PairChange[] {
  const { step } = done
  if (step.op === 'copy') return made(step, done, sideOf)
  if (step.op !== 'delete' && step.op !== 'flags' && step.op !== 'move') return []
  const side = sideOf(step.at.store)
  const known = side === null ? [] : pairsAt(state, side, step.at, step.expect)
  if (side === null) return []
  if (step.op === 'delete') return known.map(({ number }) => ({ forget: number, put: null }))
  if (step.op === 'flags') return known.map((pair) => ({ forget: pair.number, put: reflagged(pair, step) }))
  const { locator, generation } = done
  if (locator === null) return []
  return known.map((pair) => {
    const place = { ...pair[side], folder: step.to, locator, generation }
    const places = { ...placeFollowed(step, pair, otherSide(side), sideOf), [side]: place }
    return { forget: pair.number, put: { ...reflagged(pair, step.flags), ...places } }
  })
}

/** Where the copy lies that a move follows: the state was not told before the other had followed. */
function placeFollowed({ follows }: MoveStep, pair: KnownPair, side: PairSide, sideOf: SideOf) {
  if (follows === undefined || sideOf(follows.store) !== side) return {}
  const { folder, locator, generation } = follows
  return { [side]: { ...pair[side], folder, locator, generation } }
}

const pairsAt = (state: SyncState, side: PairSide, { folder, locator }: CopyRef, { generation, identity }: Expected) =>
  state
    .pairsAt(side, folder, locator)
    .filter((pair) => pair[side].generation === generation && (generation !== null || pair.identity === identity))

/** A copy that was made of another: the two are a pair. */
function made({ from, to, expect, flags }: CopyStep, done: DoneStep, sideOf: SideOf): PairChange[] {
  const { locator, generation, wire: stored = null } = done
  const [source, target] = [sideOf(from.store), sideOf(to.store)]
  if (source === null || target !== otherSide(source) || locator === null) return []
  const isAltered = stored !== null && expect.wire !== null && stored !== expect.wire
  const there: PairPlace = { folder: to.folder, locator, generation, ...(isAltered ? { wire: stored } : {}) }
  const here: PairPlace = { folder: from.folder, locator: from.locator, generation: expect.generation }
  const { identity, wire, size } = expect
  const places = source === 'a' ? { a: here, b: there } : { a: there, b: here }
  return [{ forget: null, put: { identity, wire, size, ...places, flags: agreed(flags) } }]
}

function reflagged(pair: KnownPair, change: Pick<FlagChange, 'add' | 'remove'> | undefined) {
  const gone = new Set(change?.remove.map((flag) => flag.toLowerCase()))
  const has = new Set(pair.flags.map((flag) => flag.toLowerCase()))
  const kept = pair.flags.filter((flag) => !gone.has(flag.toLowerCase()))
  const come = change?.add.filter((flag) => !has.has(flag.toLowerCase())) ?? []
  return { ...pair, flags: agreed([...kept, ...come]) }
}

const OF_ONE_SIDE = ['\\deleted', '\\recent']

const agreed = (flags: readonly string[]): readonly string[] =>
  flags.filter((flag) => !OF_ONE_SIDE.includes(flag.toLowerCase())).sort()
