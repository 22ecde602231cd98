import { differentCopies, unreadCopies, withDigests } from '../audit/compare/mails.js'
import type { IndexedCopy } from '../index/copy-index.js'
import { collectGarbage } from '../index/garbage.js'
import type { KnownPair } from '../index/pair-row.js'
import { walkSideBySide } from '../index/side-by-side.js'
import type { IdentifiedCopy } from '../index/store-index.js'
import { needVerdicts, type Pair } from '../index/verdicts.js'
import { type LeftPairs, pairLeft } from './two-way-left.js'
import { type TwoWayDesk, TwoWayMails } from './two-way-mails.js'
import { type Group, type Matched, Matcher } from './two-way-match.js'
import { SIDES } from './two-way-side.js'
import type { TwoWayState } from './two-way-state.js'

/** Copies of identities that are judged together, so that their messages are read in the order they lie in. */
const COPIES_AT_ONCE = 1000

/** Identities that are judged without a pause: some tens of milliseconds. */
const IDENTITIES_AT_ONCE = 2000
/** Identities after which the memory that the walk used is given back. */
const IDENTITIES_TO_COLLECT = 20_000

type Walked = (IdentifiedCopy & { readonly known?: never }) | { readonly identity: string; readonly known: KnownPair }

/** Walks both indexes and the state side by side, and has every identity decided; one is in memory at a time. */
export class TwoWayWalk {
  readonly #desk: TwoWayDesk
  readonly #state: TwoWayState
  readonly #matcher: Matcher
  #open: Group[] = []
  #held = 0

  constructor(desk: TwoWayDesk, state: TwoWayState) {
    this.#desk = desk
    this.#state = state
    this.#matcher = new Matcher(desk.sides, state)
  }

  async run(): Promise<void> {
    let walked = 0
    for (const group of this.#groups()) {
      if (++walked % IDENTITIES_AT_ONCE === 0) await this.#desk.options.pause()
      if (walked % IDENTITIES_TO_COLLECT === 0) collectGarbage()
      if (this.#matcher.restsOn(group) === null && this.#leftOf(this.#matcher.match(group)).needs.length === 0) {
        this.#decide(group)
        continue
      }
      this.#open.push(group)
      this.#held += group.copies.a.length + group.copies.b.length
      if (this.#held >= COPIES_AT_ONCE) await this.#decideOpen()
    }
    await this.#decideOpen()
  }

  *#groups(): Iterable<Group> {
    const { a, b } = this.#desk.sides
    const walks: readonly Iterable<Walked>[] = [a.index.copiesByIdentity(), b.index.copiesByIdentity(), this.#pairs()]
    for (const { key, met } of walkSideBySide(walks, ({ identity }) => identity)) {
      const copiesOf = (walk: number): IndexedCopy[] =>
        met.flatMap((each) => (each.walk !== walk || each.item.known !== undefined ? [] : [each.item.copy]))
      const all = { a: copiesOf(0), b: copiesOf(1) }
      const copies = {
        a: all.a.filter(({ folder }) => a.wants(folder)),
        b: all.b.filter(({ folder }) => b.wants(folder)),
      }
      yield {
        identity: key,
        copies,
        pairs: met.flatMap(({ item }) => (item.known === undefined ? [] : [item.known])),
        leftOut: { a: all.a.length - copies.a.length, b: all.b.length - copies.b.length },
      }
    }
  }

  /** Pairs whose places take part. */
  *#pairs(): Iterable<Walked> {
    const { sides } = this.#desk
    for (const known of this.#state.pairs())
      if (SIDES.every((side) => sides[side].wants(known[side].folder))) yield { identity: known.identity, known }
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
    new TwoWayMails(this.#desk, group).decide(matched.met, this.#leftOf(matched))
  }

  #leftOf(matched: Matched): LeftPairs {
    const { a, b } = this.#desk.sides
    const verdict = ({ kept, other }: Pair) => (kept.store === a.store ? a : b).index.verdict(kept, other)
    return pairLeft(matched, this.#desk.sides, this.#state.standing !== 'whole', verdict)
  }
}
