import { differentCopies, unreadCopies, withDigests } from '../audit/compare/mails.js'
import { collectGarbage } from '../index/garbage.js'
import { needVerdicts, type Pair } from '../index/verdicts.js'
import type { AlteredPairs } from './two-way-altered.js'
import { groupsOf } from './two-way-groups.js'
import { type LeftPairs, pairLeft } from './two-way-left.js'
import { type TwoWayDesk, TwoWayMails } from './two-way-mails.js'
import { type Group, type Matched, Matcher } from './two-way-match.js'
import { ownerOf } from './two-way-observed.js'
import type { TwoWayState } from './two-way-state.js'

/** Copies of identities that are judged together, so that their messages are read in the order they lie in. */
const COPIES_AT_ONCE = 1000

/** Identities that are judged without a pause: some tens of milliseconds. */
const IDENTITIES_AT_ONCE = 2000
/** Identities after which the memory that the walk used is given back. */
const IDENTITIES_TO_COLLECT = 20_000

/** Walks both indexes and the state side by side, and has every identity decided; one is in memory at a time. */
export class TwoWayWalk {
  readonly #desk: TwoWayDesk
  readonly #state: TwoWayState
  readonly #matcher: Matcher
  readonly #altered: AlteredPairs
  #open: Group[] = []
  #held = 0

  constructor(desk: TwoWayDesk, state: TwoWayState, altered: AlteredPairs) {
    this.#desk = desk
    this.#state = state
    this.#altered = altered
    this.#matcher = new Matcher(desk.sides, state)
  }

  async run(): Promise<void> {
    let walked = 0
    for (const group of groupsOf(this.#desk.sides, this.#state)) {
      if (++walked % IDENTITIES_AT_ONCE === 0) await this.#desk.options.pause()
      if (walked % IDENTITIES_TO_COLLECT === 0) collectGarbage()
      if (group === null) {
        this.#desk.book.counts.inBoth++
        continue
      }
      if (this.#matcher.restsOn(group) === null && this.#leftOf(this.#matcher.match(group)).needs.length === 0) {
        this.#decide(group)
        continue
      }
      this.#open.push(group)
      this.#held += group.copies.a.length + group.copies.b.length
      if (this.#held >= COPIES_AT_ONCE) await this.#decideOpen()
    }
    await this.#decideOpen()
    await this.#altered.settle({
      together: (pair) => {
        const owner = ownerOf(pair, this.#desk.sides)
        new TwoWayMails(this.#desk, pair[owner ?? 'a'].group).decideAltered(pair, owner !== null)
      },
      alone: (lone) => new TwoWayMails(this.#desk, lone.group).decideLone(lone),
    })
  }

  async #decideOpen(): Promise<void> {
    const open = this.#open
    this.#open = []
    this.#held = 0
    if (open.length === 0) return
    const indexes = [this.#desk.sides.a.index, this.#desk.sides.b.index]
    const { facts } = this.#matcher
    const sides = open.flatMap((group) => this.#matcher.restsOn(group) ?? [])
    const unread = sides.flatMap(unreadCopies)
    for (const index of indexes) await index.needWires(unread.filter(({ store }) => store === index.store))
    const unlike = sides.flatMap((each) => differentCopies(withDigests(each, facts)))
    for (const index of indexes) await index.needContents(unlike.filter(({ store }) => store === index.store))
    await needVerdicts(
      indexes,
      open.flatMap((group) => this.#leftOf(this.#matcher.match(group)).needs),
    )
    for (const group of open) this.#decide(group)
  }

  #decide(group: Group): void {
    const matched = this.#matcher.match(group)
    new TwoWayMails(this.#desk, group, this.#altered).decide(matched.met, this.#leftOf(matched))
  }

  #leftOf(matched: Matched): LeftPairs {
    const { a, b } = this.#desk.sides
    const verdict = ({ kept, other }: Pair) => (kept.store === a.store ? a : b).index.verdict(kept, other)
    return pairLeft(matched, this.#desk.sides, this.#state.standing !== 'whole', verdict)
  }
}
