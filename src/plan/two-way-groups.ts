import type { IndexedCopy } from '../index/copy-index.js'
import type { CopyOutline } from '../index/copy-outline.js'
import type { KnownPair } from '../index/pair-row.js'
import { type Met, walkSideBySide } from '../index/side-by-side.js'
import type { Group } from './two-way-match.js'
import { isSettled } from './two-way-settled.js'
import { type Both, SIDES, type TwoWaySide } from './two-way-side.js'
import type { TwoWayState } from './two-way-state.js'

/** Something under an identity: a copy of either side, in full or as an outline, or a pair of the state. */
interface Walked {
  readonly identity: string
  readonly copy?: IndexedCopy
  readonly outline?: CopyOutline
  readonly known?: KnownPair
}

/** Walks both indexes and the state side by side. @returns identities; null for each mail that is as the state has it */
export function* groupsOf(sides: Both<TwoWaySide>, state: TwoWayState): Iterable<Group | null> {
  const [a, b] = [sides.a.index.outlines(), sides.b.index.outlines()]
  const pairs = pairsOf(sides, state)
  const walks: readonly Iterable<Walked>[] =
    a === null || b === null
      ? [sides.a.index.copiesByIdentity(), sides.b.index.copiesByIdentity(), pairs]
      : [inOutline(a), inOutline(b), pairs]
  for (const { key, met } of walkSideBySide(walks, ({ identity }) => identity))
    yield isOneSettled(met, sides) ? null : groupOf(key, met, sides)
}

function* inOutline(outlines: Iterable<CopyOutline>): Iterable<Walked> {
  for (const outline of outlines) yield { identity: outline.identity, outline }
}

/** Pairs whose places take part. */
function* pairsOf(sides: Both<TwoWaySide>, state: TwoWayState): Iterable<Walked> {
  for (const known of state.pairs())
    if (SIDES.every((side) => sides[side].wants(known[side].folder))) yield { identity: known.identity, known }
}

function isOneSettled([first, second, third, ...others]: readonly Met<Walked>[], sides: Both<TwoWaySide>): boolean {
  if (others.length > 0 || first?.walk !== 0 || second?.walk !== 1) return false
  const [a, b, known] = [first.item.outline, second.item.outline, third?.item.known]
  return a !== undefined && b !== undefined && known !== undefined && isSettled({ a, b }, known, sides)
}

function groupOf(identity: string, met: readonly Met<Walked>[], sides: Both<TwoWaySide>): Group {
  const copiesOf = (walk: 0 | 1): readonly IndexedCopy[] => {
    const items = met.filter((each) => each.walk === walk).map(({ item }) => item)
    if (items.some(({ outline }) => outline !== undefined)) return sides[SIDES[walk]].index.copiesOf(identity, 'id')
    return items.flatMap(({ copy }) => copy ?? [])
  }
  const all = { a: copiesOf(0), b: copiesOf(1) }
  const copies = {
    a: all.a.filter(({ folder }) => sides.a.wants(folder)),
    b: all.b.filter(({ folder }) => sides.b.wants(folder)),
  }
  return {
    identity,
    copies,
    pairs: met.flatMap(({ item }) => item.known ?? []),
    leftOut: { a: all.a.length - copies.a.length, b: all.b.length - copies.b.length },
  }
}
