import type { Difference, FolderDifferences } from '../audit/compare/comparison.js'
import type { IndexedCopy } from '../index/copy-index.js'
import type { FolderName } from '../stores/store.js'
import type { Notes } from './notes.js'
import type { OneWayOptions, Sides } from './one-way.js'
import { OneWayFlags } from './one-way-flags.js'
import type { FolderSteps } from './one-way-folders.js'
import { OneWayPlaces } from './one-way-places.js'
import { RowSet } from './row-set.js'
import type { FlagChange, Lacking, Safe, Step } from './step.js'
import type { StepSpool } from './step-spool.js'
import { areSurelyOne, isView, placeOf, WASTE } from './store-facts.js'

/** Where the steps go, and what is made known beside them. */
export interface OneWayOutput {
  readonly into: StepSpool
  readonly notes: Notes
  readonly folders: FolderSteps
}

const IN_DOUBT = 'left as they are, since a folder was not read in full'

/** What a one-way plan does with mails, difference by difference. */
export class MailSteps {
  readonly #places: OneWayPlaces
  readonly #options: OneWayOptions
  readonly #output: OneWayOutput
  readonly #flags: OneWayFlags
  /** Copies of the slave that the plan moves or deletes. */
  readonly #taken = new RowSet()
  /** How many messages each folder of the slave loses. */
  readonly lost = new Map<FolderName, number>()

  constructor(differences: FolderDifferences, sides: Sides, options: OneWayOptions, output: OneWayOutput) {
    this.#places = new OneWayPlaces(differences, sides)
    this.#options = options
    this.#output = output
    this.#flags = new OneWayFlags(options, output.notes)
  }

  /** What takes copies of the slave away that other differences speak of as well. It comes before them. */
  addFirst(all: Difference): void {
    const difference = this.#narrow(all)
    if (difference === null) return
    if (difference.kind === 'moved') this.#addMoved(difference)
    else if (difference.kind === 'copies') this.#addCopies(difference)
  }

  addThen(all: Difference): void {
    const difference = this.#narrow(all)
    if (difference === null) return
    const { kind } = difference
    if (kind === 'missing') this.#copy(difference, this.#sources(difference, 0), 'missing')
    else if (kind === 'extra') this.#addExtra(difference)
    else if (kind === 'changed') this.#addChanged(difference)
    else if (kind === 'flags') this.#flag(difference)
  }

  /** Without the copies of the master that stay out of the plan; null: none is left. */
  #narrow(difference: Difference): Difference | null {
    const { wants } = this.#options
    if (wants === undefined || difference.master.length === 0) return difference
    const master = difference.master.filter(wants)
    return master.length === 0 ? null : { ...difference, master }
  }

  #addMoved(difference: Difference): void {
    const { master, slave, slaveFolder, inDoubt } = difference
    if (this.#options.mode === 'fill' || !this.#mayBring(difference)) return
    if (this.#options.mode === 'archive' && WASTE.includes(this.#places.useOfTarget(difference))) {
      this.#note(`moved to ${slaveFolder} on the master, and left by the archive where they are`, slave.length)
      return
    }
    const wanted = this.#options.copies === 'all' ? master.length : 1
    const able = inDoubt ? [] : slave.filter((copy) => this.#mayTake(copy))
    const moving = this.#options.mode === 'archive' ? able : able.slice(0, wanted)
    const changes = this.#flags.changes(difference, moving)
    for (const [at, copy] of moving.entries()) this.#move(difference, copy, changes[at] ?? null)
    this.#copy(difference, this.#sources(difference, moving.length), 'moved on the master; cannot be moved here')
    if (moving.length > 0) this.#delete(difference, slave, 'moved on the master', this.#places.lackingOn(difference))
  }

  #addCopies(difference: Difference): void {
    const { master, slave, inDoubt } = difference
    const surplus = slave.length - master.length
    if (surplus > 0 ? this.#options.mode !== 'mirror' : this.#options.copies === 'one') return
    if (inDoubt) this.#note(`not as often as on the master, and ${IN_DOUBT}`)
    else if (surplus > 0) this.#deleteSurplus(difference)
    else this.#copy(difference, master.slice(slave.length), 'more copies are on the master')
  }

  #deleteSurplus(difference: Difference): void {
    const [kept, ...others] = liveFirst(difference.slave)
    if (kept === undefined) return
    const surplus = others.slice(difference.master.length - 1)
    const sure = surplus.filter((copy) => areSurelyOne(kept, copy))
    if (sure.length < surplus.length)
      this.#note('more copies than on the master, and left, since they were not read', surplus.length - sure.length)
    const safe: Safe = { keptAs: placeOf(kept), expect: this.#places.slave.expect(kept, difference.identity) }
    this.#delete(difference, sure, 'a copy more than on the master', safe)
    if (this.#flags.areAlike(difference)) this.#flag(difference)
  }

  #addExtra(difference: Difference): void {
    if (this.#options.mode !== 'mirror') return
    if (difference.inDoubt) this.#note(`not on the master, and ${IN_DOUBT}`, difference.slave.length)
    else this.#delete(difference, difference.slave, 'not on the master', this.#places.lackingOn(difference))
  }

  #addChanged(difference: Difference): void {
    const { reason } = difference
    if (reason === 'server' || reason === 'unverified') this.#flag(difference)
    else if (this.#options.mode === 'mirror') this.#replace(difference)
    else if (reason !== 'different' && difference.lacking !== 'slave') this.#flag(difference)
    else if (this.#places.isAltered(difference))
      this.#note('there under the same ID, Date, From and Subject more than once, and not copied again')
    else {
      const why = reason === 'different' ? 'another mail under the same ID' : `whole on the master (${reason})`
      this.#copy(difference, this.#sources(difference, 0), why)
    }
  }

  #replace(difference: Difference): void {
    const { reason, slave, inDoubt } = difference
    if (inDoubt || !this.#mayBring(difference) || !slave.every((copy) => this.#mayTake(copy))) {
      this.#note('changed, and left as they are, since what is there cannot be taken away safely')
      return
    }
    const [first] = this.#copyEach(difference, this.#sources(difference, 0), `changed (${reason})`)
    if (first !== undefined) this.#delete(difference, slave, `replaced (${reason})`, { after: first.id })
  }

  /** The copies of the master that are to be stored. @param have - how many of them the slave has, or gets by other steps */
  #sources({ master }: Difference, have: number): readonly IndexedCopy[] {
    return this.#options.copies === 'all' ? master.slice(have) : liveFirst(master).slice(0, have > 0 ? 0 : 1)
  }

  #copy(difference: Difference, sources: readonly IndexedCopy[], why: string): void {
    if (sources.length > 0 && this.#mayBring(difference)) this.#copyEach(difference, sources, why)
  }

  #copyEach(difference: Difference, sources: readonly IndexedCopy[], why: string): readonly Step[] {
    const { into, folders } = this.#output
    folders.need(difference.slaveFolder)
    const to = { store: this.#places.slave.index.store, folder: difference.slaveFolder }
    const lacking = this.#comesTo(difference)
    return sources.map((source) => {
      const expect = this.#places.master.expect(source, difference.identity)
      const flags = this.#flags.ofCopy(difference, source)
      const { received } = source
      const from = placeOf(source)
      const rank = this.#places.rank(source)
      return into.add({ op: 'copy', why, from, to, expect, flags, received, lacking }, rank, source.locator)
    })
  }

  #move(difference: Difference, copy: IndexedCopy, flags: FlagChange | null): void {
    const { into, folders } = this.#output
    this.#take(copy)
    folders.need(difference.slaveFolder)
    const lacking = this.#comesTo(difference)
    const expect = this.#places.slave.expect(copy, difference.identity)
    const [at, to] = [placeOf(copy), difference.slaveFolder]
    const move = { op: 'move', why: 'moved on the master', at, to, expect, lacking } as const
    into.add(flags === null ? move : { ...move, flags }, copy.position)
  }

  #flag(difference: Difference): void {
    if (this.#options.mode === 'fill') return
    const staying = difference.slave.filter((copy) => !this.#taken.has(copy) && !isView(copy.specialUse))
    const changes = this.#flags.changes(difference, staying)
    for (const [nth, copy] of staying.entries()) {
      const change = changes[nth] ?? null
      if (change === null || this.#isOnlyRead(copy.folder)) continue
      const expect = this.#places.slave.expect(copy, difference.identity)
      const at = placeOf(copy)
      this.#output.into.add({ op: 'flags', why: 'flagged so on the master', at, expect, ...change }, copy.position)
    }
  }

  #delete(difference: Difference, copies: readonly IndexedCopy[], why: string, safe: Safe): void {
    if (this.#options.mode !== 'mirror') return
    for (const copy of copies) {
      if (this.#taken.has(copy) || isView(copy.specialUse)) continue
      if (!this.#mayTake(copy)) {
        this.#note(`${why}, and left, ${this.#places.slave.whyLeft(copy, this.#output.notes)}`)
        continue
      }
      this.#take(copy)
      const staysElsewhere = 'keptAs' in safe || this.#places.staysElsewhere(copy, difference)
      const expect = this.#places.slave.expect(copy, difference.identity)
      const { flags, received } = copy
      const step = { op: 'delete', why, at: placeOf(copy), expect, flags, received, safe, staysElsewhere } as const
      this.#output.into.add(step, copy.position)
    }
  }

  #comesTo({ slaveFolder: folder, identity }: Difference): Lacking {
    const { slave } = this.#places
    return { store: slave.index.store, folder, identity, atMost: slave.countIn(folder, identity) }
  }

  /** Whether mail may be brought to the folder that it belongs to on the slave. */
  #mayBring(difference: Difference): boolean {
    if (this.#places.isSeenElsewhere(difference)) return false
    if (this.#isOnlyRead(difference.slaveFolder)) {
      this.#note(`not brought to ${difference.slaveFolder}, which is only read`)
      return false
    }
    if (!this.#places.isShownOnly(difference.slaveFolder)) return !this.#places.isUnknown(difference.slaveFolder)
    this.#note(`not brought to ${difference.slaveFolder}, which shows messages of other folders alone`)
    return false
  }

  #mayTake(copy: IndexedCopy): boolean {
    return !this.#taken.has(copy) && !this.#isOnlyRead(copy.folder) && this.#places.slave.mayLose(copy)
  }

  #isOnlyRead(folder: FolderName): boolean {
    return this.#places.slave.isOnlyRead(folder, this.#output.notes)
  }

  #take(copy: IndexedCopy): void {
    this.#taken.add(copy)
    this.lost.set(copy.folder, (this.lost.get(copy.folder) ?? 0) + 1)
  }

  #note(text: string, count = 1): void {
    this.#output.notes.count(text, count)
  }
}

/** A copy that is marked deleted stands for its mail only where no other does. */
function liveFirst(copies: readonly IndexedCopy[]): readonly IndexedCopy[] {
  const isDeleted = ({ flags }: IndexedCopy): boolean => flags.includes('\\Deleted')
  return [...copies.filter((copy) => !isDeleted(copy)), ...copies.filter(isDeleted)]
}
