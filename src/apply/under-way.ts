import type { ErrorCode, MbauditError } from '../errors.js'
import type { Notebook } from '../index/notebook.js'
import type { FolderRef } from '../plan/step.js'
import type { FolderName } from '../stores/store.js'
import type { WritableStore } from '../stores/writable.js'
import type { ApplyRequest } from './apply.js'
import { changedFolder, locatorOf } from './changed-folder.js'
import { Journal } from './journal.js'
import type { BeginEntry, StepOutcome } from './journal-entry.js'
import { OctetBudget } from './octet-budget.js'
import type { Outline } from './outline.js'
import { Places, wordsOf } from './places.js'
import type { NumberedStep } from './plan-copy.js'
import { measureQuarantine, type QuarantineError } from './quarantine.js'
import type { ReadTally } from './read-tally.js'
import type { ApplyCounts, ApplyResult, StepFailure } from './result.js'
import { countStates, type History, STEP, stateAfter } from './run-history.js'
import { SourceFolders } from './source-folders.js'

/** Octets of messages that are held at a time: read and not yet stored, or stored and not yet read back. */
const HELD = 24 << 20

/** A run that is being carried out: what all parts of that share. */
export class UnderWay implements AsyncDisposable {
  readonly request: ApplyRequest
  readonly journal: Journal
  readonly book: Notebook
  readonly outline: Outline
  readonly places: Places
  readonly sources: SourceFolders
  readonly budget = new OctetBudget(HELD)
  /** By the number of the step: `STEP`. */
  readonly states: Uint8Array
  /** Why nothing more is deleted: what would be cannot be kept. */
  quarantineError: QuarantineError | null = null
  readonly #targets = new Map<string, Promise<WritableStore>>()
  /** Why nothing more is copied to a store. */
  readonly #full = new Map<string, string>()
  readonly #shifted = new Set<string>()
  readonly #unmade = new Map<string, MbauditError>()
  readonly #tally: ReadTally
  #turn: Promise<void> = Promise.resolve()
  #unsettled = 0
  #why: string | null = null
  #isInterrupted = false

  constructor(request: ApplyRequest, history: History, outline: Outline, book: Notebook) {
    const { run, stores } = request
    this.request = request
    this.journal = Journal.goOn(run.journal, history.last)
    this.book = book
    this.outline = outline
    this.places = new Places(stores, book)
    this.sources = new SourceFolders(this.places)
    this.states = history.states.map((state) => (state === STEP.failed || state === STEP.skipped ? STEP.open : state))
    this.#tally = history.tally
  }

  /** Whether nothing more is begun. */
  get isOver(): boolean {
    return this.#why !== null || this.#isInterrupted || this.request.signal.aborted
  }

  isOpen({ n }: NumberedStep): boolean {
    return this.states[n] === STEP.open
  }

  /** Does one thing after the other of those that are given to it. */
  inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(act)
    this.#turn = done.catch(() => undefined)
    return done
  }

  /** Ends the run: it is not safe to go on. */
  stop(why: string): void {
    this.#why ??= why
  }

  interrupt(): void {
    this.#isInterrupted = true
  }

  /** Nothing more is copied to a store: it is full. */
  fill(store: string, words: string): void {
    this.#full.set(store, words)
  }

  whyFull(store: string): string | null {
    return this.#full.get(store) ?? null
  }

  /** A target, opened when it is first needed. @throws MbauditError when it cannot be opened */
  target(name: string): Promise<WritableStore> {
    const { open } = this.places.store(name)
    if (open === null) throw new TypeError(`the plan changes ${name}, which is a source`)
    const opened = this.#targets.get(name) ?? open()
    this.#targets.set(name, opened)
    return opened
  }

  /** What was done, and what was read back of it. */
  finish(about: Pick<BeginEntry, 'purpose'>, number: number, outcomes: readonly StepOutcome[]): void {
    void this.journal.write({ done: number, outcomes })
    for (const outcome of outcomes) {
      const state = stateAfter(about, outcome)
      if (state === null) continue
      this.states[outcome.n] = state
      this.#tally.add(outcome)
      if (state === STEP.done) this.request.onProgress({ steps: 1, octets: 0 })
    }
  }

  /** A step that others have done before. */
  wasSo({ n }: NumberedStep): void {
    void this.journal.write({ so: n })
    this.states[n] = STEP.done
    this.request.onProgress({ steps: 1, octets: 0 })
  }

  /** A step that is not done. `skipped`: nothing was tried. */
  leave(
    { n, step }: NumberedStep,
    state: 'failed' | 'skipped',
    code: ErrorCode,
    message: string,
    keptAs: string | null = null,
  ): void {
    this.#leave({ n, step }, { state, code, message, keptAs })
  }

  /**
   * A step that is not done since something is wrong with a folder. `skipped`: nothing was tried.
   *
   * @param at - the one that is changed, unless said
   */
  leaveOfFolder(
    numbered: NumberedStep,
    state: 'failed' | 'skipped',
    code: ErrorCode,
    message: string,
    { folder }: FolderRef = changedFolder(numbered.step),
  ): void {
    this.#leave(numbered, { state, code, message, keptAs: null, folder, isOfFolder: true })
  }

  #leave(
    { n, step }: NumberedStep,
    why: Pick<StepFailure, 'state' | 'code' | 'message' | 'keptAs' | 'isOfFolder'> & { readonly folder?: FolderName },
  ): void {
    const { store, folder } = changedFolder(step)
    const id = 'expect' in step ? step.expect.id : null
    void this.journal.write({ n, step: step.id, op: step.op, store, folder, locator: locatorOf(step), id, ...why })
    this.states[n] = STEP[why.state]
    this.request.onProgress({ steps: 1, octets: 0 })
  }

  /** A folder was written whose locators change with that: what the plan says of places in it no longer holds. */
  noteShifted(at: FolderRef): void {
    this.#shifted.add(keyOf(at))
  }

  hasShifted(at: FolderRef): boolean {
    return this.#shifted.has(keyOf(at))
  }

  /** A folder that could not be made: what was to come into it is left. */
  noteUnmade(at: FolderRef, error: MbauditError): void {
    this.#unmade.set(keyOf(at), error)
  }

  isUnmade(at: FolderRef): boolean {
    return this.#unmade.has(keyOf(at))
  }

  /** Leaves a step that needs a folder that could not be made. */
  leaveUnmade(numbered: NumberedStep, at: FolderRef): void {
    const error = this.#unmade.get(keyOf(at))
    if (error === undefined) return
    this.leaveOfFolder(numbered, 'skipped', error.code, `the folder could not be made: ${wordsOf(error)}`, at)
  }

  /** It is not known how far a piece of work came; the next run finds out. */
  leaveUnsettled(): void {
    this.#unsettled++
  }

  get ended(): ApplyResult['ended'] {
    if (this.#why !== null) return 'stopped'
    return this.isOver ? 'interrupted' : 'finished'
  }

  /** Writes down that the run is at its end, for now. */
  async end(why: string | null = null): Promise<Omit<ApplyResult, 'failures'>> {
    if (why !== null) this.stop(why)
    const result = { ended: this.ended, why: this.#why, ...this.#count() }
    const { ended, why: words, ...counts } = result
    await this.journal.write({
      end: ended,
      at: new Date(this.request.now()).toISOString(),
      why: words,
      counts,
      unsettled: this.#unsettled,
      quarantined: measureQuarantine(this.request.run.quarantine),
    })
    return result
  }

  #count(): ApplyCounts {
    return { ...countStates(this.states), ...this.#tally.counts }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sources.closeIdle()
    for (const target of this.#targets.values()) await (await target.catch(() => null))?.[Symbol.asyncDispose]()
    await this.journal[Symbol.asyncDispose]()
    this.book[Symbol.dispose]()
  }
}

const keyOf = ({ store, folder }: FolderRef): string => JSON.stringify([store, folder])
