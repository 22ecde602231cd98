import type { CopyOutline } from '../index/copy-outline.js'
import { isWithoutId } from '../index/identity.js'
import { type KnownPair, wireAt } from '../index/pair-row.js'
import { type Both, SIDES, type TwoWaySide } from './two-way-side.js'

/**
 * Whether a mail is on both sides just as the state has it, and nothing else is under its identity: nothing is to be done, and
 * nothing to be remembered. Says so of what deciding would leave alone, not of all that it would.
 */
export function isSettled(copies: Both<CopyOutline>, known: KnownPair, sides: Both<TwoWaySide>): boolean {
  const { a, b } = copies
  if (a.flags !== b.flags || a.flags !== known.flags.join(' ') || isWithoutId(a.identity)) return false
  if (known.wire === null && (a.wire !== null || b.wire !== null)) return false
  return sides.a.partnerOf(a.folder) === b.folder && SIDES.every((side) => isAsKnown(sides[side], copies[side], known))
}

/** Whether the copy is the one that was paired, where it was, in a folder that can be trusted to show all that is in it. */
function isAsKnown(side: TwoWaySide, { folder, locator, wire }: CopyOutline, known: KnownPair): boolean {
  const place = known[side.side]
  if (place.folder !== folder || place.locator !== locator) return false
  if (place.generation !== (side.generation(folder) ?? null) || !side.readings.isInFull(folder)) return false
  return wire === null || wireAt(known, side.side)?.startsWith(wire) === true
}
