import { AlteredMails, type Candidates, candidatesIn, headersKey, headersOf } from '../audit/compare/altered-mails.js'
import type { IndexedCopy } from '../index/copy-index.js'
import { collectGarbage } from '../index/garbage.js'
import { type KnownPair, otherSide, type PairSide } from '../index/pair-row.js'
import { walkSideBySide } from '../index/side-by-side.js'
import { Spool } from '../index/spool.js'
import type { IdentifiedCopy } from '../index/store-index.js'
import type { Group } from './two-way-match.js'
import { type Both, SIDES, type TwoWaySide } from './two-way-side.js'
import type { TwoWayState } from './two-way-state.js'

/** A copy on one side alone, by its identity; its partner may have another. */
export interface Lone {
  readonly group: Group
  readonly side: PairSide
  readonly copy: IndexedCopy
  /** The pair of the state that it is of; null: of none. */
  readonly known: KnownPair | null
  readonly isVery: boolean
}

/** What becomes of copies that were put off. */
export interface LoneEnds {
  together(pair: Both<Lone>): void
  alone(lone: Lone): void
}

const AT_ONCE = 500
const IDENTITIES_AT_ONCE = 2000
const IDENTITIES_TO_COLLECT = 20_000

/**
 * Pairs copies that a server gave another identity, where no state tells of both: else each would be taken for new, and come to
 * the other side.
 */
export class AlteredPairs implements Disposable {
  readonly #sides: Both<TwoWaySide>
  readonly #standing: TwoWayState['standing']
  readonly #seen: Both<KeyMarks> | null
  readonly #putOff = new Spool<Lone>()
  readonly #altered: AlteredMails<Lone>

  private constructor(sides: Both<TwoWaySide>, standing: TwoWayState['standing'], seen: Both<KeyMarks> | null) {
    this.#sides = sides
    this.#standing = standing
    this.#seen = seen
    this.#altered = new AlteredMails([sides.a.index, sides.b.index], ({ copy }) => copy)
  }

  /** Looks for copies that may have a partner of another identity; not at all where a whole state tells of every copy. */
  static async lookFor(sides: Both<TwoWaySide>, state: TwoWayState, pause: () => Promise<void>): Promise<AlteredPairs> {
    const isKnown = state.standing === 'whole' && SIDES.every((side) => holds(sides[side], state))
    const isEmpty = SIDES.some((side) => sides[side].shows.messages === 0)
    const seen = isKnown || isEmpty ? null : await markLone(sides, pause)
    return new AlteredPairs(sides, state.standing, seen)
  }

  /** Whether a copy has been put off until all are known: something on the other side may be the same mail. */
  putOff(lone: Lone): boolean {
    const { side, copy } = lone
    if (this.#seen === null) return false
    const key = headersKey(placeOf(this.#sides, side, copy), copy)
    if (!this.#seen[otherSide(side)].has(key)) return false
    this.#putOff.add(lone, [0, 0, key])
    return true
  }

  /** Tells of everything that was put off what became of it. */
  async settle(ends: LoneEnds): Promise<void> {
    const taken = new Set<string>()
    const take = (a: Lone, b: Lone): void => {
      taken.add(nameOf(a)).add(nameOf(b))
      ends.together({ a, b })
    }
    const headers = ({ side, copy }: Lone): string => headersOf(placeOf(this.#sides, side, copy), copy)
    let batch: Candidates<Lone>[] = []
    let held = 0
    for (const group of candidatesIn(this.#putOff.inOrder(), headers, ({ side }) => side === 'a')) {
      batch.push(group)
      held += group.master.length + group.slave.length
      if (held < AT_ONCE) continue
      await this.#judge(batch, taken, take)
      batch = []
      held = 0
    }
    await this.#judge(batch, taken, take)
    for (const lone of this.#putOff.inOrder()) if (!taken.has(nameOf(lone))) ends.alone(lone)
  }

  /** What the state knows finds its partner first; what no state knows of has one only where the state is not whole. */
  async #judge(groups: readonly Candidates<Lone>[], taken: ReadonlySet<string>, take: (a: Lone, b: Lone) => void) {
    const rounds = [[true, false], [false, true], ...(this.#standing === 'whole' ? [] : [[false, false]])]
    for (const [isKnownOnA, isKnownOnB] of rounds) {
      const left = (lones: readonly Lone[], isKnown: boolean | undefined) =>
        lones.filter((lone) => (lone.known !== null) === isKnown && !taken.has(nameOf(lone)))
      const chosen = groups.map(({ master, slave }) => ({
        master: left(master, isKnownOnA),
        slave: left(slave, isKnownOnB),
      }))
      const both = chosen.filter(({ master, slave }) => master.length > 0 && slave.length > 0)
      if (both.length > 0) await this.#altered.judge(both, take)
    }
  }

  [Symbol.dispose](): void {
    this.#putOff[Symbol.dispose]()
  }
}

const nameOf = ({ side, copy: { row } }: Lone): string => `${side}${row}`

/** The same for folders that pair. */
const placeOf = (sides: Both<TwoWaySide>, side: PairSide, { folder }: IndexedCopy): string =>
  side === 'a' ? sides.a.partnerOf(folder) : folder

/** Whether all that the state names of a side lies in folders that were read, and is named so now. */
const holds = (side: TwoWaySide, state: TwoWayState): boolean =>
  state.foldersOf(side.side).every((place) => !side.wants(place.folder) || side.wouldShow(place))

/** Marks the headers of copies whose identity is not met once on both sides, in folders that pair. */
async function markLone({ a, b }: Both<TwoWaySide>, pause: () => Promise<void>): Promise<Both<KeyMarks>> {
  const seen = { a: new KeyMarks(), b: new KeyMarks() }
  const sides = { a, b }
  const walks = [a.index.copiesByIdentity(), b.index.copiesByIdentity()]
  let walked = 0
  for (const { met } of walkSideBySide<IdentifiedCopy>(walks, ({ identity }) => identity)) {
    if (++walked % IDENTITIES_AT_ONCE === 0) await pause()
    if (walked % IDENTITIES_TO_COLLECT === 0) collectGarbage()
    const [one, other] = met
    if (met.length === 2 && one && other && one.walk !== other.walk) {
      const headers = [one, other].map(({ walk, item: { copy } }) =>
        headersOf(placeOf(sides, walk === 0 ? 'a' : 'b', copy), copy),
      )
      if (headers[0] === headers[1]) continue
    }
    for (const { walk, item } of met) {
      const side = walk === 0 ? 'a' : 'b'
      if (sides[side].wants(item.copy.folder)) seen[side].add(headersKey(placeOf(sides, side, item.copy), item.copy))
    }
  }
  return seen
}

/** Keys that were met, and few others: a bit for each of their lowest 26 bits. */
class KeyMarks {
  readonly #bits = new Uint8Array(1 << 23)

  add(key: number): void {
    const at = key % (1 << 26)
    this.#bits[at >>> 3] = (this.#bits[at >>> 3] ?? 0) | (1 << (at & 7))
  }

  has(key: number): boolean {
    const at = key % (1 << 26)
    return ((this.#bits[at >>> 3] ?? 0) & (1 << (at & 7))) !== 0
  }
}
