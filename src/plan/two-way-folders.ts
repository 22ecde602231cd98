import { otherSide, type PairedFolders, type PairSide } from '../index/pair-row.js'
import type { FolderName, SpecialUse } from '../stores/store.js'
import type { StepSpool } from './step-spool.js'
import { isView } from './store-facts.js'
import { type Both, SIDES, type TwoWaySide } from './two-way-side.js'

/** The folders that a two-way plan makes and deletes. */
export class TwoWayFolders {
  readonly #sides: Both<TwoWaySide>
  readonly #known: readonly PairedFolders[]
  readonly #toward: PairSide | null
  readonly #into: StepSpool
  readonly #made: Both<Set<FolderName>> = { a: new Set(), b: new Set() }
  readonly #uses: Both<Set<SpecialUse | null>>
  readonly #lost: Both<Map<FolderName, number>> = { a: new Map(), b: new Map() }
  /** Folders that mail comes into. */
  readonly #filled: Both<Set<FolderName>> = { a: new Set(), b: new Set() }

  constructor(sides: Both<TwoWaySide>, known: readonly PairedFolders[], toward: PairSide | null, into: StepSpool) {
    this.#sides = sides
    this.#known = known
    this.#toward = toward
    this.#into = into
    const usesOf = ({ folders }: TwoWaySide) => new Set(folders.map(({ specialUse }) => specialUse))
    this.#uses = { a: usesOf(sides.a), b: usesOf(sides.b) }
  }

  /** Has a folder made where a side has none. One use is given to one folder. */
  need(side: PairSide, folder: FolderName, use: SpecialUse | null): void {
    const { facts, store } = this.#sides[side]
    if (facts.folder(folder) !== null || this.#made[side].has(folder)) return
    this.#made[side].add(folder)
    const specialUse = isView(use) || this.#uses[side].has(use) ? null : use
    this.#uses[side].add(specialUse)
    const why = `is on ${this.#sides[otherSide(side)].store}`
    this.#add(side, { op: 'createFolder', at: { store, folder }, specialUse, why })
  }

  fill(side: PairSide, folder: FolderName): void {
    this.#filled[side].add(folder)
  }

  lose(side: PairSide, folder: FolderName): void {
    this.#lost[side].set(folder, (this.#lost[side].get(folder) ?? 0) + 1)
  }

  /** Folders of one side alone: new ones are made on the other, and those that it has deleted go once they are empty. */
  addOthers(): void {
    for (const side of SIDES) {
      const deleted: FolderName[] = []
      for (const { folder, specialUse } of this.#sides[side].folders) {
        const partner = this.#sides[side].partnerOf(folder)
        if (!this.#sides[side].wants(folder) || this.#has(otherSide(side), partner)) continue
        if (this.#wasPaired(side, folder)) deleted.push(folder)
        else if (!isView(specialUse) && this.#sides[otherSide(side)].readings.isInFull(partner))
          this.need(otherSide(side), partner, specialUse)
      }
      this.#addDeletions(side, deleted)
    }
  }

  /** The folders that are on both sides, and those that were and are yet to go from one. */
  observed(): readonly PairedFolders[] {
    const { a, b } = this.#sides
    const both = a.folders
      .map(({ folder }) => ({ a: folder, b: a.partnerOf(folder) }))
      .filter((pair) => b.facts.folder(pair.b) !== null)
    const seen = new Set(both.map((pair) => JSON.stringify([pair.a, pair.b])))
    const pending = this.#known.filter((pair) => {
      if (seen.has(JSON.stringify([pair.a, pair.b]))) return false
      const isLeft = a.facts.folder(pair.a) !== null || b.facts.folder(pair.b) !== null
      return isLeft || !a.readings.isInFull(pair.a) || !b.readings.isInFull(pair.b)
    })
    return [...both, ...pending]
  }

  #has(side: PairSide, folder: FolderName): boolean {
    return this.#sides[side].facts.folder(folder) !== null || this.#made[side].has(folder)
  }

  #wasPaired(side: PairSide, folder: FolderName): boolean {
    return this.#known.some((pair) => pair[side] === folder)
  }

  /** Those that are empty by then, of no special use, and with no folder in them that stays. */
  #addDeletions(side: PairSide, deleted: readonly FolderName[]): void {
    const { store, folders } = this.#sides[side]
    if (this.#sides[otherSide(side)].readings.notInFull.length > 0) return
    const going = new Set(deleted.filter((folder) => this.#isEmptied(side, folder)))
    const all = [...folders.map(({ folder }) => folder), ...this.#made[side]]
    for (const folder of going) {
      if (all.some((other) => other.startsWith(`${folder}/`) && !going.has(other))) continue
      const why = `deleted on ${this.#sides[otherSide(side)].store}`
      this.#add(side, { op: 'deleteFolder', at: { store, folder }, why })
    }
  }

  #isEmptied(side: PairSide, folder: FolderName): boolean {
    const facts = this.#sides[side].facts.folder(folder)
    if (facts === null || !facts.isComplete || facts.whyNotWritten !== null) return false
    if (facts.specialUse !== null || folder === 'INBOX') return false
    return facts.messages === (this.#lost[side].get(folder) ?? 0) && !this.#filled[side].has(folder)
  }

  #add(side: PairSide, draft: Parameters<StepSpool['add']>[0]): void {
    if (this.#toward === null || this.#toward === side) this.#into.add(draft)
  }
}
