import { Notebook } from '../index/notebook.js'
import { type Digest, epochSeconds } from '../message/message.js'
import type { CopyStep, Step } from '../plan/step.js'
import type { DoneStep } from '../plan/undo.js'
import { type Locator, locator } from '../stores/store.js'
import type { Before, BeginEntry } from './journal-entry.js'
import { QUARANTINE_FOLDER, QUARANTINE_STORE, quarantineLocator } from './quarantine.js'
import type { Run } from './run.js'
import { type Ended, placeOf, readHistory, STEP } from './run-history.js'

interface Placed {
  readonly at: string | null
  readonly generation: string | null
  readonly before: Before | null
  readonly wire: Digest | null
  readonly verified: boolean
}

/**
 * What a run did, for taking it back: the steps that it changed something with, in the order of its plan.
 *
 * @param all - where there may be runs that took some of it back before
 */
export function* undoFacts(run: Run, all: readonly Run[] = []): Generator<DoneStep> {
  using notes = new Notebook()
  for (const undo of all) if (isUndoOf(undo, run)) noteBroughtBack(notes, undo)
  let last: BeginEntry | null = null
  let befores: ReadonlyMap<number, Before> = new Map()
  const { states, pruned } = readHistory(run, (ended) => {
    if (ended.begin !== last) befores = new Map(ended.begin.before?.map((each) => [each.n, each]))
    last = ended.begin
    noteEnd(notes, ended, befores.get(ended.outcome.n) ?? null)
  })
  for (const { n, step } of run.plan.numbered(0, 1)) {
    const text = notes.get(String(n))
    if (text === null || (states[n] !== STEP.done && states[n] !== STEP.placed)) continue
    const placed: Placed = JSON.parse(text)
    const { at, generation, before } = placed
    const wire = step.op === 'copy' ? wireOf(step, placed) : null
    const isKept = step.op === 'delete' && pruned === null
    yield {
      step: before === null ? step : asItWas(step, before),
      locator: at === null ? null : locator(at),
      generation,
      ...(wire === null ? {} : { wire }),
      quarantined: isKept
        ? { store: QUARANTINE_STORE, folder: QUARANTINE_FOLDER, locator: quarantineLocator(step.id) }
        : null,
      ...(isKept ? broughtBackIn(notes, quarantineLocator(step.id)) : {}),
    }
  }
}

const backKey = (quarantined: Locator): string => `back ${quarantined}`

function isUndoOf({ plan }: Run, { name }: Run): boolean {
  const { command, options } = plan.header
  return command === 'undo' && options.run === name
}

/** Notes where a run has put what it took out of a quarantine. */
function noteBroughtBack(notes: Notebook, undo: Run): void {
  for (const { step, locator, generation } of undoFacts(undo))
    if (step.op === 'copy') notes.set(backKey(step.from.locator), JSON.stringify({ locator, generation }))
}

function broughtBackIn(notes: Notebook, quarantined: Locator): Pick<DoneStep, 'broughtBack'> {
  const text = notes.get(backKey(quarantined))
  return text === null ? {} : { broughtBack: JSON.parse(text) }
}

function noteEnd(notes: Notebook, ended: Ended, before: Before | null): void {
  const { begin, outcome } = ended
  if ((outcome.outcome !== 'done' && outcome.outcome !== 'not-expunged') || begin.purpose === 'restore') return
  const key = String(outcome.n)
  // The deletion that ends a move says nothing of where the copy lies.
  if (begin.purpose === 'clear' && notes.has(key)) return
  const { generation } = begin
  const { wire = null, verified = false } = outcome
  notes.set(key, JSON.stringify({ at: placeOf(ended), generation, before, wire, verified }))
}

/** What a copy was when it was read back; null: it was not. */
const wireOf = ({ expect }: CopyStep, { wire, verified }: Placed): Digest | null =>
  wire ?? (verified ? expect.wire : null)

/** The step as it would have been planned for what lay there when it was carried out. */
function asItWas(step: Step, { flags, received }: Before): Step {
  if (step.op === 'delete') return { ...step, flags, received: received === null ? null : epochSeconds(received) }
  if (step.op !== 'flags') return step
  const add = step.add.filter((flag) => !flags.includes(flag))
  const remove = step.remove.filter((flag) => flags.includes(flag))
  return { ...step, had: flags, add, remove }
}
