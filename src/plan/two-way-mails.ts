import type { IndexedCopy } from '../index/copy-index.js'
import { type KnownPair, otherSide, type PairSide } from '../index/pair-row.js'
import type { Notes } from './notes.js'
import { isView } from './store-facts.js'
import type { TwoWayOptions } from './two-way.js'
import type { AlteredPairs, Lone } from './two-way-altered.js'
import type { TwoWayBook } from './two-way-book.js'
import { isMarked, isReflagged, type MergedFlags, mergeFlags } from './two-way-flags.js'
import type { LeftPairs } from './two-way-left.js'
import type { Found, Group, MetPair } from './two-way-match.js'
import { isKnownAs, rowOf } from './two-way-observed.js'
import type { Answer, QuestionKind } from './two-way-question.js'
import { type Both, SIDES, type TwoWaySide } from './two-way-side.js'
import type { TwoWayState } from './two-way-state.js'
import type { TwoWaySteps } from './two-way-steps.js'

/** What decisions are made with. */
export interface TwoWayDesk {
  readonly sides: Both<TwoWaySide>
  readonly standing: TwoWayState['standing']
  readonly options: TwoWayOptions
  readonly steps: TwoWaySteps
  readonly book: TwoWayBook
  readonly notes: Notes
}

/** Decides what becomes of the mails of one identity: this side, that side, and what the last sync saw. */
export class TwoWayMails {
  readonly #desk: TwoWayDesk
  readonly #group: Group
  readonly #altered: Pick<AlteredPairs, 'putOff'>

  /** @param altered - what may have a partner of another identity is put off for it */
  constructor(desk: TwoWayDesk, group: Group, altered: Pick<AlteredPairs, 'putOff'> = NOTHING_PUT_OFF) {
    this.#desk = desk
    this.#group = group
    this.#altered = altered
  }

  decide(met: readonly MetPair[], left: LeftPairs): void {
    for (const pair of met) this.#decidePair(pair)
    for (const pair of left.together) this.#keepTogether(null, pair)
    for (const pair of left.altered) {
      this.#desk.notes.count('on both sides, not alike as to what they say, and left so')
      this.#keepTogether(null, pair)
    }
    for (const pair of left.apart) this.#decideApart(null, pair)
    for (const side of SIDES) for (const copy of left.single[side]) this.#decideSingle(this.#desk.sides[side], copy)
  }

  /** One mail under two identities. @param mayBeKnown - whether the next sync meets both again by what the state can say */
  decideAltered({ a, b }: Both<Lone>, mayBeKnown: boolean): void {
    this.#desk.notes.count('on both sides, altered by a server or under another Message-ID there, and one mail')
    if (!mayBeKnown) this.#desk.book.asksAgain = true
    this.#keepTogether(a.known ?? b.known, { a: a.copy, b: b.copy }, mayBeKnown)
  }

  /** A copy that was put off, and has no partner. */
  decideLone({ side, copy, known, isVery }: Lone): void {
    const own = this.#desk.sides[side]
    if (known === null) this.#decideSingle(own, copy)
    else this.#decideHalf(known, own, { copy, isVery })
  }

  #decidePair({ known, found }: MetPair): void {
    const { sides, book, notes } = this.#desk
    if (SIDES.some((side) => !sides[side].readings.isInFull(known[side].folder))) {
      notes.count('left as they are, since a folder was not read in full')
      return
    }
    const { a, b } = found
    if (a !== null && b !== null) this.#decideBoth(known, { a: a.copy, b: b.copy })
    else if (a !== null) this.#decideHalf(known, sides.a, a)
    else if (b !== null) this.#decideHalf(known, sides.b, b)
    else if (SIDES.every((side) => this.#group.leftOut[side] === 0)) book.change({ forget: known.number, put: null })
  }

  #decideBoth(known: KnownPair, pair: Both<IndexedCopy>): void {
    const moved = SIDES.filter((side) => pair[side].folder !== known[side].folder)
    const [side] = moved
    if (this.#areTogether(pair)) this.#keepTogether(known, pair)
    else if (side === undefined || moved.length > 1) this.#decideApart(known, pair)
    else this.#follow(known, pair, side)
  }

  /** One side has moved it. Until the other has followed, the state says of that side what it said. */
  #follow(known: KnownPair, pair: Both<IndexedCopy>, side: PairSide): void {
    const { sides, steps } = this.#desk
    const follower = sides[otherSide(side)]
    const { changes } = this.#mergeFlags(known, pair)
    const lies = { ...known[follower.side], ...follower.placeOf(pair[follower.side]) }
    const put = { ...known, [follower.side]: lies }
    if (!isKnownAs(known, put)) this.#desk.book.change({ forget: known.number, put })
    steps.move(this.#group, follower, pair[follower.side], pair[side], changes[follower.side])
    this.#flag(sides[side], pair[side], changes)
    this.#desk.book.counts.inBoth++
  }

  #areTogether({ a, b }: Both<IndexedCopy>): boolean {
    const { sides } = this.#desk
    return sides.a.partnerOf(a.folder) === b.folder || sides.b.partnerOf(b.folder) === a.folder
  }

  #keepTogether(known: KnownPair | null, pair: Both<IndexedCopy>, isKept = true): void {
    this.#desk.book.counts.inBoth++
    const merged = this.#mergeFlags(known, pair)
    for (const side of SIDES) this.#flag(this.#desk.sides[side], pair[side], merged.changes)
    if (isKept) this.#observe(known, pair, merged.agreed)
  }

  /** Both sides moved it, or nobody knows who did. */
  #decideApart(known: KnownPair | null, pair: Both<IndexedCopy>): void {
    const { sides, options, steps, book } = this.#desk
    book.counts.apart++
    const otherwise = options.prefer === null ? 'leave' : asSide(options.prefer)
    const allowed = ['leave', 'as-a', 'as-b'] as const
    const taken = this.#ask('moved-where', sides.a, pair.a, allowed, otherwise, pair.b.folder)
    const merged = this.#mergeFlags(known, pair)
    const right = taken === 'as-a' ? 'a' : taken === 'as-b' ? 'b' : null
    const follower = right === null ? null : sides[otherSide(right)]
    for (const side of SIDES) if (side !== follower?.side) this.#flag(sides[side], pair[side], merged.changes)
    this.#observe(known, pair, merged.agreed)
    if (right === null || follower === null) {
      this.#desk.notes.count(
        'in other folders on the two sides, and left there: which side has moved them is a question',
      )
    } else steps.move(this.#group, follower, pair[follower.side], pair[right], merged.changes[follower.side])
  }

  /** Its partner is gone. */
  #decideHalf(known: KnownPair, side: TwoWaySide, { copy, isVery }: Found): void {
    const { sides, notes, steps, options } = this.#desk
    const gone = sides[otherSide(side.side)]
    const lone = { group: this.#group, side: side.side, copy, known, isVery }
    if (!gone.wouldShow(known[gone.side]) && this.#altered.putOff(lone)) return
    if (this.#group.leftOut[gone.side] > 0) {
      notes.count('left as they are, since they may lie in a folder that takes no part')
    } else if (isMarked(copy)) {
      notes.count(`deleted on ${gone.store}, and marked as deleted on ${side.store}: left to it`)
    } else if (copy.folder !== known[side.side].folder || isReflagged(copy, known.flags, side)) {
      notes.count(`deleted on ${gone.store} and changed on ${side.store}: kept`)
      steps.copy(this.#group, side, copy, `deleted on ${gone.store}, and changed since on ${side.store}`)
    } else if (isVery && gone.wouldShow(known[gone.side])) {
      steps.delete(this.#group, side, copy, known[gone.side])
    } else {
      const otherwise = options.prefer === gone.side ? 'delete' : 'copy'
      this.#carryOut('which-deleted', side, copy, otherwise)
    }
  }

  /** It is on one side alone, and no pair of the state is of it. */
  #decideSingle(side: TwoWaySide, copy: IndexedCopy): void {
    const { sides, book, notes, standing, steps, options } = this.#desk
    const other = sides[otherSide(side.side)]
    const place = side.partnerOf(copy.folder)
    if (this.#isShownAt(other, place) || this.#isSeenElsewhere(side, copy)) return
    const lone = { group: this.#group, side: side.side, copy, known: null, isVery: false }
    if (this.#altered.putOff(lone)) return
    book.countAlone(side.side)
    if (isMarked(copy)) {
      notes.count(`marked as deleted on ${side.store}, and not brought to ${other.store}`)
    } else if (this.#group.leftOut[other.side] > 0) {
      notes.count('left as they are, since they may lie in a folder that takes no part')
    } else if (standing === 'whole') steps.copy(this.#group, side, copy, `new on ${side.store}`)
    else if (other.readings.isInFull(place))
      this.#carryOut('new-or-deleted', side, copy, options.prefer === other.side ? 'delete' : 'copy')
    else notes.count(`not brought to ${place} of ${other.store}, which was not read in full`)
  }

  #carryOut(kind: QuestionKind, side: TwoWaySide, copy: IndexedCopy, otherwise: Answer): void {
    const { steps, sides } = this.#desk
    const taken = this.#ask(kind, side, copy, ['copy', 'delete', 'leave'], otherwise, null)
    const why = `not on ${sides[otherSide(side.side)].store}, and nothing tells whether it was deleted there`
    if (taken === 'copy') steps.copy(this.#group, side, copy, why)
    else if (taken === 'delete') steps.delete(this.#group, side, copy, null)
  }

  #ask(
    kind: QuestionKind,
    side: TwoWaySide,
    copy: IndexedCopy,
    allowed: readonly [Answer, ...Answer[]],
    otherwise: Answer,
    otherFolder: IndexedCopy['folder'] | null,
  ): Answer {
    const { identity } = this.#group
    return this.#desk.book.ask({ kind, side, copy, identity, otherFolder, allowed, otherwise })
  }

  /** Whether a copy of the other side is seen in that folder too (hard links, labels). */
  #isShownAt({ side, index, shows }: TwoWaySide, folder: IndexedCopy['folder']): boolean {
    if (!shows.objectsTwice) return false
    return this.#group.copies[side].some((copy) => index.otherFolders(copy).includes(folder))
  }

  /** A view shows mail of other folders, which it is taken from. */
  #isSeenElsewhere({ side }: TwoWaySide, { specialUse, folder }: IndexedCopy): boolean {
    if (!isView(specialUse)) return false
    return this.#group.copies[side].some(
      (other) => other.folder !== folder && (!isView(other.specialUse) || specialUse !== '\\All'),
    )
  }

  #mergeFlags(known: KnownPair | null, pair: Both<IndexedCopy>): MergedFlags {
    const { sides, options } = this.#desk
    return mergeFlags(pair, known?.flags ?? null, sides, options.prefer)
  }

  #flag(side: TwoWaySide, copy: IndexedCopy, changes: MergedFlags['changes']): void {
    const change = changes[side.side]
    if (change !== null) this.#desk.steps.flag(this.#group, side, copy, change)
  }

  #observe(known: KnownPair | null, { a, b }: Both<IndexedCopy>, flags: readonly string[]): void {
    const { sides, book } = this.#desk
    const isSeen = (side: PairSide, { folder }: IndexedCopy) => sides[side].facts.folder(folder)?.isComplete === true
    if (!isSeen('a', a) || !isSeen('b', b)) return
    const put = rowOf(this.#group.identity, known, { a, b }, sides, flags)
    if (known === null || !isKnownAs(known, put)) book.change({ forget: known?.number ?? null, put })
  }
}

const NOTHING_PUT_OFF = { putOff: () => false }

const asSide = (side: PairSide): Answer => (side === 'a' ? 'as-a' : 'as-b')
