import type { DuplicateGroup, JudgedCopy } from '../audit/findings.js'
import { whyLeftAlone } from '../audit/standing.js'
import type { IndexedCopy } from '../index/copy-index.js'
import { Notebook } from '../index/notebook.js'
import type { StoreIndex } from '../index/store-index.js'
import { canStandIn, likenessOf, SURE_CLASSES, standInFor } from './dedupe.js'
import type { CopyRef } from './step.js'
import { areSurelyOne, placeOf } from './store-facts.js'

/** Why a copy is not brought over although its mail is: another copy stands for it. */
export interface LeftOut {
  /** `identical`, `same-content`; `there`: the target has the mail. */
  readonly likeness: string
  readonly standIn: CopyRef
}

/** These say something of one copy, not of the mail. */
const OF_COPY = ['\\deleted', '\\draft', '\\recent']

/** The copies that a migration leaves out, since others stand for them; what they were flagged with goes to those. */
export class Leftovers implements Disposable {
  readonly #notes = new Notebook()

  add(copy: IndexedCopy, left: LeftOut): void {
    this.#notes.set(keyOf('left', placeOf(copy)), JSON.stringify(left))
  }

  bequeath(heir: IndexedCopy, flags: readonly string[]): void {
    const own = new Set(heir.flags.map((flag) => flag.toLowerCase()))
    const more = flags.filter((flag) => !own.has(flag.toLowerCase()) && !OF_COPY.includes(flag.toLowerCase()))
    if (more.length === 0) return
    const all = new Set([...this.inherited(heir), ...more])
    this.#notes.set(keyOf('flags', placeOf(heir)), JSON.stringify([...all].sort()))
  }

  /** null: the copy is brought over. */
  of(copy: IndexedCopy): LeftOut | null {
    return JSON.parse(this.#notes.get(keyOf('left', placeOf(copy))) ?? 'null')
  }

  inherited(copy: IndexedCopy): readonly string[] {
    return JSON.parse(this.#notes.get(keyOf('flags', placeOf(copy))) ?? '[]')
  }

  [Symbol.dispose](): void {
    this.#notes[Symbol.dispose]()
  }
}

const keyOf = (what: string, { store, folder, locator }: CopyRef): string =>
  `${what} ${JSON.stringify([store, folder, locator])}`

/**
 * Says which copies are left out: those that `dedupe` would take away, for one that is brought over; and all of a mail that
 * lies twice in the sources and is in the target already.
 *
 * @param groups - of duplicates across all sources
 * @param wants - what is brought over at all: a copy that is not stands for none
 */
export async function findLeftovers(
  groups: Iterable<DuplicateGroup>,
  target: StoreIndex,
  wants: (copy: IndexedCopy) => boolean,
): Promise<Leftovers> {
  const left = new Leftovers()
  for (const group of groups) {
    const copies = group.copies.filter(({ copy }) => wants(copy))
    const removals = removalsOf(copies)
    for (const { copy, standIn } of removals) {
      left.add(copy, { likeness: likenessOf(copy, standIn), standIn: placeOf(standIn) })
      left.bequeath(standIn, copy.flags)
    }
    if (removals.length > 0) await leaveWhatIsThere(removals, target, left)
  }
  return left
}

interface Removal {
  readonly copy: IndexedCopy
  readonly standIn: IndexedCopy
}

function removalsOf(copies: readonly JudgedCopy[]): readonly Removal[] {
  const kept = copies.filter(({ keep }) => keep).map(({ copy }) => copy)
  // The copy that was to stay is not brought over: the first that is stays in its stead.
  const staying = kept.length > 0 ? kept : copies.slice(0, 1).map(({ copy }) => copy)
  const heirs = [...staying.filter((copy) => whyLeftAlone(copy) === null), ...staying].filter(canStandIn)
  return copies.flatMap(({ copy, keep }): readonly Removal[] => {
    const standIn = keep || copy.boundsInDoubt || staying.includes(copy) ? null : standInFor(copy, heirs)
    if (standIn === null || !SURE_CLASSES.includes(likenessOf(copy, standIn))) return []
    return [{ copy, standIn }]
  })
}

/** A mail that is to be there once is not brought to a second folder of the target. */
async function leaveWhatIsThere(removals: readonly Removal[], target: StoreIndex, left: Leftovers): Promise<void> {
  for (const standIn of new Set(removals.map((removal) => removal.standIn))) {
    const identity = standIn.id
    const there = identity === null ? [] : target.copiesOf(identity, 'id')
    await target.needWires(there.filter(({ wire }) => wire === null))
    const same = there.find((copy) => areSurelyOne({ ...copy, wire: copy.wire ?? target.wire(copy) }, standIn))
    if (same !== undefined) left.add(standIn, { likeness: 'there', standIn: placeOf(same) })
  }
}
