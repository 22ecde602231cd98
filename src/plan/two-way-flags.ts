import type { IndexedCopy } from '../index/copy-index.js'
import type { PairSide } from '../index/pair-row.js'
import type { Notes } from './notes.js'
import type { FlagChange } from './step.js'
import type { Both, TwoWaySide } from './two-way-side.js'

/** Marks of one side alone: a message that is marked deleted is not deleted yet, and its side's own affair. */
const OF_ONE_SIDE = ['\\deleted', '\\recent']

export const isMarked = ({ flags }: IndexedCopy): boolean => flags.some((flag) => flag.toLowerCase() === '\\deleted')

/** What becomes of the flags of two copies of one mail. */
export interface MergedFlags {
  /** What each side's copy is to get; null: nothing. */
  readonly changes: Both<FlagChange | null>
  /** What both sides have as it is: what the next sync may hold them against. */
  readonly agreed: readonly string[]
}

/** By what flags are the same in: case counts in none of them (RFC 9051 §2.3.2). */
function flagsOf(flags: readonly string[]): ReadonlyMap<string, string> {
  const spelled = flags.map((flag) => [flag.toLowerCase(), flag] as const)
  return new Map(spelled.filter(([key]) => !OF_ONE_SIDE.includes(key)))
}

/** Flags of a copy that travel with it; what cannot be kept where it goes is noted. */
export function flagsThatTravel(copy: IndexedCopy, to: TwoWaySide, folder: IndexedCopy['folder'], notes: Notes) {
  return [...flagsOf(copy.flags).values()].filter((flag) => {
    const why = to.whyNoFlag(folder, flag)
    if (why !== '') notes.count(`will be without ${flag} on ${to.store}: ${why}`)
    return why === ''
  })
}

/** Whether a copy is flagged otherwise than was agreed; that it was read is no change. */
export function isReflagged(copy: IndexedCopy, agreed: readonly string[], side: TwoWaySide): boolean {
  const [now, before] = [flagsOf(copy.flags), flagsOf(agreed)]
  const keys = new Set([...now.keys(), ...before.keys()])
  keys.delete('\\seen')
  return [...keys].some((key) => {
    const flag = now.get(key) ?? before.get(key) ?? key
    return now.has(key) !== before.has(key) && side.keepsFlag(copy.folder, flag)
  })
}

/**
 * Merges flags, each by itself: who differs from what was agreed has changed it.
 *
 * @param agreed - null: nothing was; then a flag that one side has comes to the other, but where a side is preferred
 */
export function mergeFlags(
  copies: Both<IndexedCopy>,
  agreed: readonly string[] | null,
  sides: Both<TwoWaySide>,
  prefer: PairSide | null,
): MergedFlags {
  const [a, b, before] = [flagsOf(copies.a.flags), flagsOf(copies.b.flags), flagsOf(agreed ?? [])]
  const wanted = {
    a: { add: [] as string[], remove: [] as string[] },
    b: { add: [] as string[], remove: [] as string[] },
  }
  const kept: string[] = []
  for (const key of new Set([...a.keys(), ...b.keys(), ...before.keys()])) {
    const flag = a.get(key) ?? b.get(key) ?? before.get(key) ?? key
    const [inA, inB, inState] = [a.has(key), b.has(key), before.has(key)]
    if (inA === inB) {
      if (inA) kept.push(flag)
      continue
    }
    const lacks = inA ? 'b' : 'a'
    if (sides[lacks].whyNoFlag(copies[lacks].folder, flag) !== '') {
      kept.push(flag)
      continue
    }
    if (inState) kept.push(flag)
    const changed = agreed === null ? (prefer ?? (inA ? 'a' : 'b')) : inA === inState ? 'b' : 'a'
    const isWanted = changed === 'a' ? inA : inB
    const to = changed === 'a' ? 'b' : 'a'
    wanted[to][isWanted ? 'add' : 'remove'].push((isWanted ? flag : (to === 'a' ? a : b).get(key)) ?? flag)
  }
  return { changes: { a: changeOf(copies.a, wanted.a), b: changeOf(copies.b, wanted.b) }, agreed: kept.sort() }
}

function changeOf({ flags }: IndexedCopy, { add, remove }: Pick<FlagChange, 'add' | 'remove'>): FlagChange | null {
  return add.length + remove.length === 0 ? null : { had: flags, add: add.toSorted(), remove: remove.toSorted() }
}
