import type { FolderDifferences } from '../audit/compare/comparison.js'
import type { FolderName, SpecialUse } from '../stores/store.js'
import type { OneWayOptions, Sides } from './one-way.js'
import type { StepSpool } from './step-spool.js'
import { isView, StoreFacts } from './store-facts.js'

/** The folders that a one-way plan makes, subscribes to and deletes. */
export class FolderSteps {
  readonly #differences: FolderDifferences
  readonly #master: StoreFacts
  readonly #slave: StoreFacts
  readonly #options: OneWayOptions
  readonly #into: StepSpool
  readonly #made = new Set<FolderName>()
  readonly #uses: Set<SpecialUse | null>

  constructor(differences: FolderDifferences, sides: Sides, options: OneWayOptions, into: StepSpool) {
    this.#differences = differences
    this.#master = new StoreFacts(sides.master)
    this.#slave = new StoreFacts(sides.slave)
    this.#options = options
    this.#into = into
    this.#uses = new Set(sides.slave.folders().map(({ specialUse }) => specialUse))
  }

  /** Has the folder made, where the slave has none. One use is given to one folder. */
  need(folder: FolderName): void {
    if (this.#made.has(folder) || this.#slave.folder(folder) !== null) return
    this.#made.add(folder)
    const [master] = this.#differences.pairing.mastersOf(folder)
    const use = master === undefined ? null : (this.#master.folder(master)?.specialUse ?? null)
    const specialUse = isView(use) || this.#uses.has(use) ? null : use
    this.#uses.add(specialUse)
    const at = { store: this.#slave.index.store, folder }
    this.#into.add({ op: 'createFolder', at, specialUse, why: 'is on the master' })
  }

  /** @param lost - how many messages each folder of the slave loses by the plan */
  addOthers(lost: ReadonlyMap<FolderName, number>): void {
    const { missing, pairing, notReadInFull } = this.#differences
    for (const folder of missing) {
      const target = pairing.slaveOf(folder)
      if (isView(this.#master.folder(folder)?.specialUse ?? null)) continue
      if (!notReadInFull.slave.includes(target)) this.need(target)
    }
    this.#addSubscriptions()
    if (this.#options.mode === 'mirror' && this.#options.deleteFolders) this.#addDeletions(lost)
  }

  #addSubscriptions(): void {
    const { subscribed, pairing } = this.#differences
    if (subscribed === null) return
    const { masterOnly, slaveOnly } = subscribed
    for (const folder of masterOnly)
      if (pairing.pairs.some(({ master }) => master === folder)) this.#subscribe(pairing.slaveOf(folder), true)
    if (this.#options.mode !== 'mirror') return
    for (const folder of slaveOnly) if (pairing.mastersOf(folder).length > 0) this.#subscribe(folder, false)
  }

  #subscribe(folder: FolderName, subscribed: boolean): void {
    const there = this.#slave.folder(folder)
    const mayTouch = this.#options.mode !== 'fill' || there?.messages === 0
    const exists = this.#made.has(folder) || (there !== null && mayTouch)
    const at = { store: this.#slave.index.store, folder }
    const why = subscribed ? 'subscribed to on the master' : 'not subscribed to on the master'
    if (exists) this.#into.add({ op: 'subscribe', at, subscribed, why })
  }

  /** Folders that the master has not: those that are empty by then, of no special use, and with no folder in them that stays. */
  #addDeletions(lost: ReadonlyMap<FolderName, number>): void {
    const { extra, notReadInFull } = this.#differences
    if (notReadInFull.master.length > 0) return
    const going = new Set(extra.filter((folder) => this.#isEmptied(folder, lost)))
    const all = [...this.#slave.index.folders().map(({ folder }) => folder), ...this.#made]
    const staying = all.filter((folder) => !going.has(folder))
    for (const folder of going) {
      if (staying.some((other) => other.startsWith(`${folder}/`))) continue
      const at = { store: this.#slave.index.store, folder }
      this.#into.add({ op: 'deleteFolder', at, why: 'is not on the master' })
    }
  }

  #isEmptied(folder: FolderName, lost: ReadonlyMap<FolderName, number>): boolean {
    const facts = this.#slave.folder(folder)
    if (facts === null || !facts.isComplete || facts.whyNotWritten !== null) return false
    if (facts.specialUse !== null || folder === 'INBOX') return false
    return facts.messages === (lost.get(folder) ?? 0)
  }
}
