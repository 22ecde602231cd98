import type { EpochSeconds } from '../message/message.js'
import type { CopyRef, Expected, FolderRef, Lacking } from '../plan/step.js'
import { giveWay } from '../stores/file-reader.js'
import type { ReadCopy } from '../stores/store.js'
import type { WritableFolder } from '../stores/writable.js'
import { isHarmless } from './alteration.js'
import { Given } from './given.js'
import type { StepOutcome, WorkPurpose } from './journal-entry.js'
import { awaitedKey } from './outline.js'
import { Stale, wireOfExpected } from './places.js'
import type { NumberedStep } from './plan-copy.js'
import { keepRefused, readBack } from './read-back.js'
import { noteOwn, placedKey, storedKey } from './stored.js'
import type { UnderWay } from './under-way.js'
import { type About, leaveUndone, type Performed, perform } from './work.js'

/** A message that is to be stored in a folder. */
export interface Incoming extends NumberedStep {
  readonly from: CopyRef
  readonly expect: Expected
  readonly lacking: Lacking
  readonly flags: readonly string[]
  readonly received: EpochSeconds | null
}

/** A message that was read. */
interface Loaded extends Incoming {
  readonly given: Given
}

interface Batch {
  readonly loaded: readonly Loaded[]
  /** Octets of it that the budget counts. */
  readonly octets: number
  /** How often stores had been looked at when it was put together. */
  readonly looks: number
}

/** Stores messages in one folder, in the order in which they come; while some are written the next are read. */
export class FolderCopying {
  readonly #way: UnderWay
  readonly #to: FolderRef
  readonly #folder: WritableFolder
  readonly #purpose: WorkPurpose & ('copy' | 'move')
  readonly #isMigration: boolean
  #isUnknown = false

  constructor(way: UnderWay, to: FolderRef, folder: WritableFolder, purpose: 'copy' | 'move') {
    this.#way = way
    this.#to = to
    this.#folder = folder
    this.#purpose = purpose
    this.#isMigration = way.request.run.plan.header.command === 'migrate'
  }

  async run(incoming: Iterable<Incoming>): Promise<void> {
    // A folder that was not there when the stores were looked at, or is none of those that were asked for.
    this.#isUnknown = this.#way.places.facts(this.#to) === null && (await this.#folder.measure()).messages > 0
    const batches = this.#batches(incoming)
    let coming = batches.next()
    try {
      for (;;) {
        const { done, value } = await coming
        if (done) return
        coming = batches.next()
        // Told when its turn comes.
        coming.catch(() => undefined)
        await this.#write(value)
      }
    } finally {
      const last = await coming.catch(() => null)
      if (last?.value !== undefined) this.#way.budget.give(last.value.octets)
      await batches.return(undefined)
    }
  }

  async *#batches(incoming: Iterable<Incoming>): AsyncGenerator<Batch, undefined> {
    const { atOnce } = this.#folder.writing
    let chosen: Incoming[] = []
    let octets = 0
    let looks = 0
    for (const each of incoming) {
      if (this.#way.isOver) return
      await this.#way.places.settled()
      if (chosen.length === 0) looks = this.#way.places.looks
      if (!this.#holds(each)) continue
      const { size } = each.expect
      if (chosen.length >= atOnce.messages || (chosen.length > 0 && octets + size > atOnce.octets)) {
        yield await this.#load(chosen, octets, looks)
        chosen = []
        octets = 0
        looks = this.#way.places.looks
      }
      chosen.push(each)
      octets += size
    }
    if (chosen.length > 0 && !this.#way.isOver) yield await this.#load(chosen, octets, looks)
  }

  #holds(incoming: Incoming): boolean {
    const { places } = this.#way
    const { largest } = this.#folder.writing
    if (this.#leaveForRoom([incoming])) return false
    if (largest !== null && incoming.expect.size > largest) {
      const words = `it has ${incoming.expect.size} octets, and the store takes no more than ${largest}`
      this.#way.leave(incoming, 'failed', 'REFUSED', words)
      return false
    }
    const found = places.find(incoming.from, incoming.expect)
    const doubt = this.#isUnknown ? new Stale('the folder was not looked at') : places.lacks(incoming.lacking)
    const stale = found instanceof Stale ? found : doubt
    if (stale !== null) this.#way.leave(incoming, 'skipped', 'PLAN_STALE', stale.why)
    return stale === null
  }

  async #load(chosen: readonly Incoming[], octets: number, looks: number): Promise<Batch> {
    await this.#way.budget.take(octets)
    try {
      const loaded: Loaded[] = []
      for (let at = 0; at < chosen.length; ) {
        const run = sameFolder(chosen, at)
        at += run.length
        const [first] = run
        if (first === undefined) break
        const copies = await this.#way.sources.read(
          first.from,
          run.map(({ from }) => from.locator),
        )
        for (const [nth, each] of run.entries()) loaded.push(...this.#check(each, copies[nth]))
      }
      return { loaded, octets, looks }
    } catch (error) {
      this.#way.budget.give(octets)
      throw error
    }
  }

  #check(incoming: Incoming, copy: ReadCopy | undefined): readonly Loaded[] {
    if (copy === undefined || copy.bytes === null) {
      this.#way.leave(incoming, 'failed', 'UNREADABLE', copy?.problem ?? 'it could not be read')
      return []
    }
    const wire = wireOfExpected(copy.bytes, incoming.expect)
    if (wire === null) {
      this.#way.leave(incoming, 'skipped', 'PLAN_STALE', 'another message lies there now')
      return []
    }
    const readAgain = async (): Promise<Buffer | null> => {
      const [again] = await this.#way.sources.read(incoming.from, [incoming.from.locator])
      return again?.bytes ?? null
    }
    return [{ ...incoming, given: new Given(copy.bytes, wire, readAgain) }]
  }

  async #write({ loaded: read, octets, looks }: Batch): Promise<void> {
    try {
      const loaded = await this.#lookForOthers(read, looks)
      if (loaded.length === 0 || this.#way.isOver || this.#leaveForRoom(loaded)) return
      const about = { purpose: this.#purpose, store: this.#to.store, steps: loaded }
      const { number, outcomes, error } = await this.#store(loaded, about)
      if (error?.code === 'QUOTA_EXCEEDED') this.#way.fill(this.#to.store, error.message)
      const { note } = this.#way.request
      const checked = await readBack(this.#folder, loaded, outcomes, note, this.#isMigration)
      this.#way.finish(about, number, checked)
      this.#way.request.onProgress({ steps: 0, octets: sum(loaded) })
      for (const [nth, outcome] of outcomes.entries()) {
        const each = loaded[nth]
        if (each === undefined) continue
        if (outcome.outcome !== 'done')
          leaveUndone(this.#way, each, outcome, error, keepRefused(this.#way.request.run, each.given, outcome))
        else this.#note(each, checked[nth])
      }
    } finally {
      this.#way.budget.give(octets)
    }
  }

  async #store(loaded: readonly Loaded[], about: About): Promise<Performed> {
    const messages = loaded.map(({ step, flags, received, given }) => {
      return { token: step.id, bytes: given.held, wire: given.wire, flags, received }
    })
    const performed = await perform(this.#way, this.#folder, { kind: 'append', messages }, about)
    for (const [nth, { outcome }] of performed.outcomes.entries())
      if (outcome === 'done') loaded[nth]?.given.letGo(this.#isMigration)
    // What was let go can be collected before more is read.
    await giveWay()
    return performed
  }

  /** Whether the store is full, and gets nothing more. */
  #leaveForRoom(incoming: readonly Incoming[]): boolean {
    const full = this.#way.whyFull(this.#to.store)
    if (full !== null) for (const each of incoming) this.#way.leaveOfFolder(each, 'skipped', 'QUOTA_EXCEEDED', full)
    return full !== null
  }

  /** Where others stored messages in the folder meanwhile, what is still lacking is looked at again. */
  async #lookForOthers(loaded: readonly Loaded[], looks: number): Promise<readonly Loaded[]> {
    const { places } = this.#way
    if (this.#folder.othersCame?.()) await places.lookAgain([this.#to.store])
    await places.settled()
    if (places.looks === looks) return loaded
    return loaded.filter((each) => {
      const stale = places.lacks(each.lacking)
      if (stale !== null) this.#way.leave(each, 'skipped', 'PLAN_STALE', stale.why)
      return stale === null
    })
  }

  /** Notes what later steps need to know. */
  #note({ n, step, expect }: Loaded, { at, verified, altered }: Partial<StepOutcome> = {}): void {
    const { book } = this.#way
    if (this.#folder.othersCame !== undefined) noteOwn(book, this.#to, expect.identity)
    if (at === undefined) return
    if (this.#purpose === 'move') book.set(placedKey(n), at)
    else if (this.#way.outline.restsOnSteps && book.has(awaitedKey(step.id))) {
      const isSound = verified === true || (altered !== undefined && isHarmless(altered))
      const stored = { ...this.#to, locator: at, id: expect.id, isSound }
      book.set(storedKey(step.id), JSON.stringify(stored))
    }
  }
}

const sum = (loaded: readonly Loaded[]): number => loaded.reduce((octets, { given }) => octets + given.size, 0)

/** The messages from one on that come from the same folder. */
function sameFolder(chosen: readonly Incoming[], from: number): readonly Incoming[] {
  const first = chosen[from]?.from
  const isOther = ({ from: { store, folder } }: Incoming): boolean => store !== first?.store || folder !== first?.folder
  const end = chosen.findIndex((each, at) => at > from && isOther(each))
  return chosen.slice(from, end < 0 ? chosen.length : end)
}
