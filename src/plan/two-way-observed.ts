import type { IndexedCopy } from '../index/copy-index.js'
import { type KnownPair, otherSide, type PairPlace, type PairRow, type PairSide, wireAt } from '../index/pair-row.js'
import type { Lone } from './two-way-altered.js'
import { type Both, SIDES, type TwoWaySide } from './two-way-side.js'

/** What the state is to know of two copies that are one mail. */
export function rowOf(
  identity: string,
  known: KnownPair | null,
  { a, b }: Both<IndexedCopy>,
  sides: Both<TwoWaySide>,
  flags: readonly string[],
): PairRow {
  const ofA = a.wire ?? (known && wireAt(known, 'a'))
  const ofB = b.wire ?? (known && wireAt(known, 'b'))
  const wire = ofA ?? ofB
  const there = sides.b.placeOf(b)
  return {
    identity: known?.identity ?? identity,
    wire,
    size: known?.size ?? a.size,
    a: sides.a.placeOf(a),
    b: ofB === null || ofB === wire ? there : { ...there, wire: ofB },
    flags,
  }
}

/** Whether the state says it already. */
export const isKnownAs = (known: KnownPair, put: PairRow): boolean =>
  SIDES.every((side) => wireAt(known, side) === wireAt(put, side)) &&
  isSamePlace(known.a, put.a) &&
  isSamePlace(known.b, put.b) &&
  known.flags.join(' ') === put.flags.join(' ')

const isSamePlace = (one: PairPlace, other: PairPlace): boolean =>
  one.locator === other.locator && one.folder === other.folder && one.generation === other.generation

/**
 * The side whose identity stands for both copies of a mail that has another on either side. A copy is met again under another
 * identity than the state says by its UID alone, so that the other side has UIDs; null: neither has.
 */
export function ownerOf(pair: Both<Lone>, sides: Both<TwoWaySide>): PairSide | null {
  const hasUids = (side: PairSide): boolean => (sides[side].generation(pair[side].copy.folder) ?? null) !== null
  const known = SIDES.find((side) => pair[side].known !== null)
  const owner = known ?? (hasUids('b') ? 'a' : 'b')
  return hasUids(otherSide(owner)) ? owner : null
}
