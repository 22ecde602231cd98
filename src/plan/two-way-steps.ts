import type { IndexedCopy } from '../index/copy-index.js'
import type { PairPlace, PairSide } from '../index/pair-row.js'
import type { FolderName } from '../stores/store.js'
import type { Notes } from './notes.js'
import { RowSet } from './row-set.js'
import type { Draft, FlagChange, Lacking } from './step.js'
import type { StepSpool } from './step-spool.js'
import { isView, placeOf } from './store-facts.js'
import { flagsThatTravel } from './two-way-flags.js'
import type { TwoWayFolders } from './two-way-folders.js'
import type { Group } from './two-way-match.js'
import type { Both, TwoWaySide } from './two-way-side.js'

/** Where the steps of a two-way plan go, and what is said of those that cannot be. */
export interface TwoWayOutput {
  readonly into: StepSpool
  readonly notes: Notes
  readonly folders: TwoWayFolders
  /** null: both sides are changed. */
  readonly toward: PairSide | null
}

/** Makes the steps that change mail. Each says whether it was made, or would be but for `toward`. */
export class TwoWaySteps {
  readonly #sides: Both<TwoWaySide>
  readonly #output: TwoWayOutput
  /** Copies that the plan moves or deletes. */
  readonly #taken: Both<RowSet> = { a: new RowSet(), b: new RowSet() }

  constructor(sides: Both<TwoWaySide>, output: TwoWayOutput) {
    this.#sides = sides
    this.#output = output
  }

  /** Brings a copy to the other side. */
  copy(group: Group, from: TwoWaySide, source: IndexedCopy, why: string): boolean {
    const to = this.#otherOf(from)
    const folder = from.partnerOf(source.folder)
    if (!this.#mayBring(to, folder)) return false
    this.#need(to, from, source.folder, folder)
    this.#output.folders.fill(to.side, folder)
    const expect = from.facts.expect(source, group.identity)
    const flags = flagsThatTravel(source, to, folder, this.#output.notes)
    const { received } = source
    const at = { from: placeOf(source), to: { store: to.store, folder } }
    const lacking = this.#comesTo(group, to, folder, expect.identity)
    this.#add(to, { op: 'copy', why, ...at, expect, flags, received, lacking }, from.rank(source))
    return true
  }

  /** Moves a copy to the folder that pairs with the one that its partner lies in. */
  move(group: Group, side: TwoWaySide, copy: IndexedCopy, partner: IndexedCopy, flags: FlagChange | null): boolean {
    const other = this.#otherOf(side)
    const to = other.partnerOf(partner.folder)
    if (!side.facts.mayLose(copy)) {
      this.#note(`left where they are, ${side.facts.whyLeft(copy, this.#output.notes)}`)
      return false
    }
    if (!this.#mayBring(side, to)) return false
    this.#need(side, other, partner.folder, to)
    this.#output.folders.fill(side.side, to)
    this.#take(side, copy)
    const expect = side.facts.expect(copy, group.identity)
    const lacking = this.#comesTo(group, side, to, expect.identity)
    const { generation } = other.facts.expect(partner, group.identity)
    const follows = { ...placeOf(partner), generation }
    const why = `moved on ${other.store}`
    const step = { op: 'move', why, at: placeOf(copy), to, expect, lacking, follows } as const
    this.#add(side, flags === null ? step : { ...step, flags }, copy.position)
    return true
  }

  flag(group: Group, side: TwoWaySide, copy: IndexedCopy, change: FlagChange): void {
    if (isView(copy.specialUse) || side.facts.isOnlyRead(copy.folder, this.#output.notes)) return
    const expect = side.facts.expect(copy, group.identity)
    const why = `flagged so on ${this.#otherOf(side).store}`
    this.#add(side, { op: 'flags', why, at: placeOf(copy), expect, ...change }, copy.position)
  }

  /** @param goneFrom - where the other side had it; null: nowhere that is known */
  delete(group: Group, side: TwoWaySide, copy: IndexedCopy, goneFrom: PairPlace | null): boolean {
    const other = this.#otherOf(side)
    if (!side.facts.mayLose(copy)) {
      const isRead = side.facts.isOnlyRead(copy.folder, this.#output.notes)
      const why = isRead ? `${copy.folder} is only read` : 'their bounds are in doubt or they lie in a view'
      this.#note(`deleted on ${other.store}, and left, since ${why}`)
      return false
    }
    const expect = side.facts.expect(copy, group.identity)
    const safe = { lacking: this.#lackingOn(group, other, goneFrom) }
    this.#take(side, copy)
    const staysElsewhere = this.#staysElsewhere(group, side, copy)
    const { flags, received } = copy
    const why = `deleted on ${other.store}`
    const step = { op: 'delete', why, at: placeOf(copy), expect, flags, received, safe, staysElsewhere } as const
    this.#add(side, step, copy.position)
    return true
  }

  #add(side: TwoWaySide, draft: Draft, place: number): void {
    const { into, toward } = this.#output
    if (toward === null || toward === side.side) into.add(draft, place)
  }

  #need(to: TwoWaySide, from: TwoWaySide, source: FolderName, folder: FolderName): void {
    this.#output.folders.need(to.side, folder, from.facts.folder(source)?.specialUse ?? null)
  }

  #mayBring(to: TwoWaySide, folder: FolderName): boolean {
    if (!to.readings.isInFull(folder)) {
      this.#note(`not brought to ${folder} of ${to.store}, which was not read in full`)
      return false
    }
    if (to.facts.isOnlyRead(folder, this.#output.notes)) {
      this.#note(`not brought to ${folder} of ${to.store}, which is only read`)
      return false
    }
    if (!isView(to.facts.folder(folder)?.specialUse ?? null)) return true
    this.#note(`not brought to ${folder} of ${to.store}, which shows messages of other folders alone`)
    return false
  }

  #comesTo({ copies }: Group, { side, store }: TwoWaySide, folder: FolderName, identity: string): Lacking {
    return { store, folder, identity, atMost: copies[side].filter((copy) => copy.folder === folder).length }
  }

  /** That the other side still lacks the mail: in the whole of it, where all of it was read. */
  #lackingOn({ identity, copies }: Group, { side, store, readings, facts }: TwoWaySide, at: PairPlace | null): Lacking {
    const isWhole = readings.notInFull.length === 0 || at === null || facts.folder(at.folder) === null
    const folder = isWhole ? null : at.folder
    const atMost = copies[side].filter((copy) => folder === null || copy.folder === folder).length
    return { store, folder, identity, atMost }
  }

  #staysElsewhere({ copies }: Group, { side }: TwoWaySide, { row, wire }: IndexedCopy): boolean {
    if (wire === null) return false
    return copies[side].some((other) => other.row !== row && other.wire === wire && !this.#taken[side].has(other))
  }

  #take({ side }: TwoWaySide, copy: IndexedCopy): void {
    this.#taken[side].add(copy)
    this.#output.folders.lose(side, copy.folder)
  }

  #otherOf({ side }: TwoWaySide): TwoWaySide {
    return this.#sides[side === 'a' ? 'b' : 'a']
  }

  #note(text: string): void {
    this.#output.notes.count(text)
  }
}
