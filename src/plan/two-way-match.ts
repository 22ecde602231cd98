import type { Mail, ReadFacts } from '../audit/compare/mails.js'
import { mailOfHeaders, mailsOf, restsOnBodies, type Sides, withDigests } from '../audit/compare/mails.js'
import type { IndexedCopy } from '../index/copy-index.js'
import { type KnownPair, otherSide, type PairSide, wireAt } from '../index/pair-row.js'
import type { FolderName } from '../stores/store.js'
import { type Both, SIDES, type TwoWaySide } from './two-way-side.js'
import type { TwoWayState } from './two-way-state.js'

/** All that is known under one identity. Copies are those of folders that take part. */
export interface Group {
  readonly identity: string
  readonly copies: Both<readonly IndexedCopy[]>
  readonly pairs: readonly KnownPair[]
  /** Copies in folders that are left out: what is gone may be there. */
  readonly leftOut: Both<number>
}

/** A copy that was found for a pair of the state. */
export interface Found {
  readonly copy: IndexedCopy
  /** Whether it is the very copy that was paired, and not one that is like it. */
  readonly isVery: boolean
}

/** A pair of the state, and what is left of it. */
export interface MetPair {
  readonly known: KnownPair
  readonly found: Record<PairSide, Found | null>
}

export interface Matched {
  readonly met: readonly MetPair[]
  readonly left: Both<readonly IndexedCopy[]>
  /** Copies that are one mail, as far as that was asked. */
  readonly mails: readonly Mail[]
}

/** Finds the copies that the state has paired: by their places, then by what they are. */
export class Matcher {
  readonly #sides: Both<TwoWaySide>
  readonly #state: TwoWayState
  readonly #facts: ReadFacts

  constructor(sides: Both<TwoWaySide>, state: TwoWayState) {
    this.#sides = sides
    this.#state = state
    const of = ({ store }: IndexedCopy) => (store === sides.a.store ? sides.a : sides.b).index
    this.#facts = { wire: (copy) => of(copy).wire(copy), content: (copy) => of(copy).content(copy) }
  }

  /** The copies whose bodies tell which of them are one mail; null: no body is needed. */
  restsOn(group: Group): Sides | null {
    const sides = this.#open(this.#byPlace(group), group)
    return sides !== null && restsOnBodies(sides, this.#places) ? sides : null
  }

  match(group: Group): Matched {
    const { met, left } = this.#byPlace(group)
    const open = this.#open({ met, left }, group)
    const mails = open === null ? [] : this.#mailsIn(open)
    if (mails.length > 0) for (const pair of met) this.#byMail(pair, left, mails)
    return { met, left: { a: [...left.a], b: [...left.b] }, mails }
  }

  get facts(): ReadFacts {
    return this.#facts
  }

  #byPlace({ copies, pairs, identity }: Group): { met: MetPair[]; left: Both<Set<IndexedCopy>> } {
    const left = { a: new Set(copies.a), b: new Set(copies.b) }
    const met = pairs.map((known) => ({
      known,
      found: { a: this.#at('a', known, left), b: this.#at('b', known, left) },
    }))
    for (const side of SIDES)
      for (const copy of left[side]) if (this.#isKnownAs(side, copy, identity)) left[side].delete(copy)
    return { met, left }
  }

  #at(side: PairSide, known: KnownPair, left: Both<Set<IndexedCopy>>): Found | null {
    const { folder, locator, generation } = known[side]
    const here = this.#sides[side]
    if (!here.readings.isInFull(folder)) {
      const copy = [...left[side]].find((each) => each.folder === folder && each.locator === locator)
      if (copy !== undefined) left[side].delete(copy)
      return copy === undefined ? null : { copy, isVery: false }
    }
    if (here.generation(folder) !== generation) return null
    for (const copy of left[side]) {
      if (copy.folder !== folder || copy.locator !== locator) continue
      if (generation === null && areUnlike(wireAt(known, side), copy.wire)) return null
      left[side].delete(copy)
      return { copy, isVery: true }
    }
    const altered = here.index.copyAt(folder, locator)
    if (altered === null || altered.identity === known.identity) return null
    return isSameUnder(generation, wireAt(known, side), altered.copy.wire) ? { copy: altered.copy, isVery: true } : null
  }

  /** Whether the state has this very copy in a pair of another identity. */
  #isKnownAs(side: PairSide, { folder, locator, wire }: IndexedCopy, identity: string): boolean {
    const generation = this.#sides[side].generation(folder) ?? null
    return this.#state
      .pairsAt(side, folder, locator)
      .some(
        (pair) =>
          pair.identity !== identity &&
          pair[side].generation === generation &&
          isSameUnder(generation, wireAt(pair, side), wire),
      )
  }

  /** The copies that are yet to be told apart; null: nothing rests on it. */
  #open({ met, left }: { met: readonly MetPair[]; left: Both<Set<IndexedCopy>> }, { identity }: Group): Sides | null {
    const isSought = SIDES.some((side) => left[side].size > 0 && met.some(({ found }) => found[side] === null))
    if (!isSought && (left.a.size === 0 || left.b.size === 0)) return null
    const halves = met.filter(({ found }) => found.a === null || found.b === null)
    const of = (side: PairSide): IndexedCopy[] => [
      ...left[side],
      ...halves.flatMap(({ found }) => (found[side] === null ? [] : [found[side].copy])),
    ]
    return { identity, master: of('a'), slave: of('b') }
  }

  readonly #places = {
    master: ({ folder }: IndexedCopy): FolderName => this.#sides.a.partnerOf(folder),
    slave: ({ folder }: IndexedCopy): FolderName => folder,
  }

  #mailsIn(sides: Sides): readonly Mail[] {
    if (!restsOnBodies(sides, this.#places)) return mailOfHeaders(sides)
    return mailsOf(withDigests(sides, this.#facts), this.#facts)
  }

  /** Of a pair that is not where it was: the same mail elsewhere; in the same folder before all others. */
  #byMail({ known, found }: MetPair, left: Both<Set<IndexedCopy>>, mails: readonly Mail[]): void {
    for (const side of SIDES) {
      const here = this.#sides[side]
      if (found[side] !== null || !here.readings.isInFull(known[side].folder)) continue
      const partner = found[otherSide(side)]?.copy ?? null
      const mail = mails.find((each) => isOf(each, known, side, partner))
      const candidates = [...left[side]].filter((copy) => mail !== undefined && rowsOf(mail, side).has(copy.row))
      const same = candidates.find(({ folder }) => folder === known[side].folder)
      const copy = same ?? candidates[0]
      if (copy === undefined) continue
      left[side].delete(copy)
      found[side] = { copy, isVery: same !== undefined && !here.isStable }
    }
  }
}

/**
 * Whether what lies at a place under another identity is the message that was there: under a UIDVALIDITY a UID names one message
 * for ever, and its server has given it another identity; elsewhere its octets tell.
 */
const isSameUnder = (generation: string | null, before: string | null, now: string | null): boolean =>
  generation !== null || (before !== null && before === now)

const areUnlike = (a: string | null, b: string | null): boolean => a !== null && b !== null && a !== b

export const rowsOf = (mail: Mail, side: PairSide): ReadonlySet<number> =>
  new Set((side === 'a' ? mail.master : mail.slave).map(({ row }) => row))

/** Whether a mail is the one that a pair was of. */
function isOf(mail: Mail, known: KnownPair, side: PairSide, partner: IndexedCopy | null): boolean {
  const copies = [...mail.master, ...mail.slave]
  const wire = wireAt(known, side)
  const isAltered = wire !== wireAt(known, otherSide(side))
  if (!isAltered && partner !== null && copies.some(({ row, store }) => row === partner.row && store === partner.store))
    return true
  if (wire !== null) return copies.some((copy) => copy.wire === wire)
  return partner === null && mail.evidence === 'headers'
}
