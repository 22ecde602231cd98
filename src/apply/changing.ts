import { Spool } from '../index/spool.js'
import type { Digest } from '../message/message.js'
import type { FolderRef } from '../plan/step.js'
import type { ReadCopy } from '../stores/store.js'
import type { WritableFolder } from '../stores/writable.js'
import { mayDelete } from './deleting.js'
import { readPlaced } from './placed-moves.js'
import { Stale, wireOfExpected } from './places.js'
import type { NumberedStep, StepGroup } from './plan-copy.js'
import { beforeOf, changeOf, isDeletion, isRested, isSoAlready, type PlannedChange, placeIn } from './planned-change.js'
import { putBack } from './putting-back.js'
import { Quarantine, QuarantineError } from './quarantine.js'
import { STEP } from './run-history.js'
import { findUnsafe, type NumberedDelete } from './second-look.js'
import type { UnderWay } from './under-way.js'
import { leaveUndone, perform } from './work.js'

/** Changes at a time where each batch costs a new writing of the file. */
const REWRITTEN_AT_ONCE = 50_000
const LOOKED_AT_ONCE = 500

/** Changes flags and deletes in one folder. What is deleted lies in the quarantine before. */
export class FolderChanging {
  readonly #way: UnderWay
  readonly #at: FolderRef
  readonly #groups: readonly StepGroup[]
  readonly #folder: WritableFolder
  readonly #quarantine: Quarantine
  #hasLooked = false

  constructor(way: UnderWay, at: FolderRef, groups: readonly StepGroup[], folder: WritableFolder) {
    this.#way = way
    this.#at = at
    this.#groups = groups
    this.#folder = folder
    this.#quarantine = new Quarantine(way.request.run.quarantine)
  }

  async run(): Promise<void> {
    const { abilities, writing } = this.#folder
    if (abilities.stableLocators) await this.#runInOrder(this.#planned(), writing.atOnce.messages)
    else await this.#runFromTheEnd(Math.max(writing.atOnce.messages, REWRITTEN_AT_ONCE))
    if (!this.#way.isOver) await this.#lookAtAll()
  }

  /** Locators of what lies before a change stay what they are: the last message is changed first. */
  async #runFromTheEnd(atOnce: number): Promise<void> {
    using spool = new Spool<PlannedChange>()
    for await (const planned of this.#planned()) spool.add(planned, [-planned.position, 0, 0])
    await this.#runInOrder(spool.inOrder(), atOnce)
  }

  async #runInOrder(planned: Iterable<PlannedChange> | AsyncIterable<PlannedChange>, atOnce: number): Promise<void> {
    let batch: PlannedChange[] = []
    const locators = new Set<string>()
    const flush = async (): Promise<void> => {
      await this.#write(batch)
      batch = []
      locators.clear()
    }
    for await (const each of planned) {
      if (this.#way.isOver) return
      const { locator } = each.step.at
      if (batch.length >= atOnce || locators.has(locator)) await flush()
      batch.push(each)
      locators.add(locator)
      if (!this.#hasLooked && isDeletion(each) && isRested(each.step)) await flush()
    }
    if (batch.length > 0 && !this.#way.isOver) await flush()
  }

  async *#planned(): AsyncGenerator<PlannedChange> {
    for (const group of this.#groups) {
      for (const numbered of this.#way.request.run.plan.ofGroup(group)) {
        if (this.#way.isOver) return
        await this.#way.places.settled()
        const planned = this.#plan(numbered)
        if (planned instanceof Stale) this.#way.leave(numbered, 'skipped', 'PLAN_STALE', planned.why)
        else if (planned !== null && isSoAlready(planned)) this.#way.wasSo(planned)
        else if (planned !== null) yield planned
      }
    }
  }

  /** null: there is nothing to do. */
  #plan(numbered: NumberedStep): PlannedChange | Stale | null {
    const { step, n } = numbered
    const { places, states } = this.#way
    if (step.op !== 'flags' && step.op !== 'delete' && step.op !== 'move') return null
    if (states[n] !== (step.op === 'move' ? STEP.placed : STEP.open)) return null
    const copy = step.op === 'delete' ? mayDelete(this.#way, step) : places.find(step.at, step.expect)
    if (copy instanceof Stale) return copy
    const { position, flags, received } = copy
    return { n, step, position, flags, received, wire: places.index(step.at.store).wire(copy) }
  }

  async #write(batch: readonly PlannedChange[]): Promise<void> {
    const inPlace = batch.toSorted((a, b) => a.position - b.position)
    const wires = await this.#secure(inPlace)
    const ready = inPlace.filter(({ n }) => wires.has(n))
    // A rewrite moves what comes after it: the deletions of moves go along in one piece of work.
    const purpose = ready.some(({ step }) => step.op === 'move') ? 'clear' : 'change'
    if (ready.length > 0) await this.#perform(ready, wires, purpose)
    const rested = batch.filter(isDeletion).filter(({ step }) => isRested(step))
    if (this.#hasLooked || rested.length === 0) return
    this.#hasLooked = true
    await this.#look(rested)
  }

  async #perform(
    ready: readonly PlannedChange[],
    wires: ReadonlyMap<number, Digest | null>,
    purpose: 'change' | 'clear',
  ): Promise<void> {
    const about = { purpose, store: this.#at.store, steps: ready, before: ready.flatMap(beforeOf) }
    const changes = ready.map((each) => changeOf(each, wires.get(each.n) ?? null))
    const { number, outcomes, error } = await perform(this.#way, this.#folder, { kind: 'change', changes }, about)
    const numbered = outcomes.map((outcome, nth) => ({
      n: ready[nth]?.n ?? 0,
      outcome: outcome.outcome,
      ...placeIn(outcome),
    }))
    this.#way.finish(about, number, numbered)
    if (!this.#folder.abilities.stableLocators) this.#way.noteShifted(this.#at)
    for (const [nth, outcome] of outcomes.entries()) {
      const each = ready[nth]
      if (each !== undefined && outcome.outcome !== 'done' && outcome.outcome !== 'not-expunged')
        leaveUndone(this.#way, each, outcome, error)
    }
  }

  /** Brings what is to be deleted into the quarantine. @returns the changes that may be made, by number, with what lies there */
  async #secure(planned: readonly PlannedChange[]): Promise<ReadonlyMap<number, Digest | null>> {
    const wires = new Map<number, Digest | null>()
    const doomed = planned.filter(({ step }) => step.op !== 'flags')
    try {
      const placed = await readPlaced(this.#way, this.#at.store, doomed)
      let nth = 0
      for await (const copy of this.#folder.read(doomed.map(({ step }) => step.at.locator))) {
        const each = doomed[nth++]
        const wire = each === undefined ? null : await this.#secureOne(each, copy, placed)
        if (each !== undefined && wire !== null) wires.set(each.n, wire)
      }
      await this.#quarantine.secure()
    } catch (error) {
      if (!(error instanceof QuarantineError)) throw error
      this.#way.quarantineError = error
      wires.clear()
      for (const each of doomed)
        if (this.#way.isOpen(each)) this.#way.leave(each, 'failed', 'REFUSED', `${error.message}. ${error.hint}`)
    }
    for (const { n, step, wire } of planned) if (step.op === 'flags') wires.set(n, wire)
    return wires
  }

  /** null: it stays. */
  async #secureOne(
    planned: PlannedChange,
    { bytes, problem }: ReadCopy,
    placed: ReadonlyMap<number, Digest>,
  ): Promise<Digest | null> {
    const { n, step, received } = planned
    if (bytes === null) {
      this.#way.leave(planned, 'failed', 'UNREADABLE', problem)
      return null
    }
    const wire = wireOfExpected(bytes, step.expect)
    if (wire === null) {
      this.#way.leave(planned, 'skipped', 'PLAN_STALE', 'another message lies there now')
      return null
    }
    if (step.op === 'delete') await this.#quarantine.add(step.id, bytes, received)
    else if (placed.get(n) !== wire) {
      const why = 'its copy was not read back as the same mail: the message stays where it was as well'
      this.#way.leave(planned, 'failed', 'UNREADABLE', why)
      return null
    }
    return wire
  }

  async #lookAtAll(): Promise<void> {
    let deleted: NumberedDelete[] = []
    for (const group of this.#groups) {
      for (const { n, step } of this.#way.request.run.plan.ofGroup(group)) {
        if (step.op !== 'delete' || !isRested(step) || this.#way.states[n] !== STEP.done) continue
        deleted.push({ n, step })
        if (deleted.length < LOOKED_AT_ONCE) continue
        await this.#look(deleted)
        deleted = []
      }
    }
    await this.#look(deleted)
  }

  async #look(deleted: readonly NumberedDelete[]): Promise<void> {
    const made = deleted.filter(({ n }) => this.#way.states[n] === STEP.done)
    const unsafe = await findUnsafe(this.#way, made)
    if (unsafe.length > 0) await putBack(this.#way, this.#folder, this.#at, unsafe)
  }
}
