import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import type { Locator } from '../stores/store.js'
import { readJournal } from './journal.js'
import {
  type BeginEntry,
  type EndEntry,
  type JournalEntry,
  type JournalHeader,
  parseEntry,
  type StepOutcome,
} from './journal-entry.js'
import { linesFrom } from './line-file.js'
import { ReadTally } from './read-tally.js'
import type { ApplyCounts, StepState } from './result.js'
import type { Run } from './run.js'

/** How far a step came, as a number in an array. `placed`: of a move, the copy is there and the original too. */
export const STEP = { open: 0, done: 1, failed: 2, skipped: 3, placed: 4 } as const
export type StepMark = (typeof STEP)[keyof typeof STEP]

/** What the journal of a run tells. */
export interface History {
  readonly header: JournalHeader | null
  /** By the number of the step. */
  readonly states: Uint8Array
  /** Begun, and it is not known how far it came. */
  readonly pending: readonly BeginEntry[]
  /** The highest number of a piece of work. */
  readonly last: number
  /** Of all outcomes. */
  readonly tally: ReadTally
  readonly end: EndEntry | null
  /** When its quarantine was emptied. */
  readonly pruned: string | null
}

/** An end that came of work on a step. */
export interface Ended {
  readonly begin: BeginEntry
  readonly outcome: StepOutcome
}

/**
 * Reads the journal of a run.
 *
 * @param onEnded - called for each outcome, in the order in which they came
 * @throws JournalDamagedError
 */
export function readHistory(run: Run, onEnded: (ended: Ended) => void = () => {}): History {
  const reading = new Reading(onEnded)
  if (existsSync(run.journal)) for (const entry of readJournal(run.journal)) reading.add(entry)
  return reading.history()
}

class Reading {
  readonly #onEnded: (ended: Ended) => void
  readonly #begun = new Map<number, BeginEntry>()
  #header: JournalHeader | null = null
  #states: Uint8Array = new Uint8Array(1)
  #last = 0
  #end: EndEntry | null = null
  #pruned: string | null = null
  readonly #tally = new ReadTally()

  constructor(onEnded: (ended: Ended) => void) {
    this.#onEnded = onEnded
  }

  add(entry: JournalEntry): void {
    if ('journal' in entry) {
      this.#header = entry
      this.#states = new Uint8Array(entry.steps + 1)
    } else if ('begin' in entry) {
      this.#begun.set(entry.begin, entry)
      this.#last = Math.max(this.#last, entry.begin)
      this.#end = null
    } else if ('done' in entry) this.#finish(entry.done, entry.outcomes)
    else if ('so' in entry) this.#states[entry.so] = STEP.done
    else if ('n' in entry) this.#states[entry.n] = STEP[entry.state]
    else if ('end' in entry) this.#end = entry
    else if ('pruned' in entry) this.#pruned = entry.pruned
  }

  #finish(number: number, outcomes: readonly StepOutcome[]): void {
    const begin = this.#begun.get(number)
    this.#begun.delete(number)
    if (begin === undefined) return
    for (const outcome of outcomes) {
      const state = stateAfter(begin, outcome)
      if (state !== null) this.#states[outcome.n] = state
      this.#tally.add(outcome)
      this.#onEnded({ begin, outcome })
    }
  }

  history(): History {
    return {
      header: this.#header,
      states: this.#states,
      pending: [...this.#begun.values()],
      last: this.#last,
      tally: this.#tally,
      end: this.#end,
      pruned: this.#pruned,
    }
  }
}

/** The state of a step after a piece of work on it; null: as it was. */
export function stateAfter({ purpose }: Pick<BeginEntry, 'purpose'>, { outcome }: StepOutcome): StepMark | null {
  if (purpose === 'restore') return outcome === 'done' ? STEP.failed : null
  if (outcome !== 'done' && outcome !== 'not-expunged') return null
  return purpose === 'move' ? STEP.placed : STEP.done
}

export const STATE_NAMES: readonly StepState[] = ['open', 'done', 'failed', 'skipped', 'open']

/** How many steps came how far. */
export function countStates(states: Uint8Array): Pick<ApplyCounts, 'done' | 'failed' | 'skipped' | 'open'> {
  const by = new Uint32Array(Object.keys(STEP).length)
  for (const state of states.subarray(1)) by[state] = (by[state] ?? 0) + 1
  const [open = 0, done = 0, failed = 0, skipped = 0, placed = 0] = by
  return { done, failed, skipped, open: open + placed }
}

/** Where a step's message was put: of copies and moves alone. */
export const placeOf = ({ begin, outcome }: Ended): Locator | null =>
  begin.purpose === 'copy' || begin.purpose === 'move' || begin.to !== undefined ? (outcome.at ?? null) : null

/** The first line of a journal; null: the run was killed before it was begun. */
export function readHeader(path: string): JournalHeader | null {
  for (const { text, isWhole } of linesFrom(path)) {
    const entry = isWhole ? parseEntry(text) : null
    return entry !== null && 'journal' in entry ? entry : null
  }
  return null
}

const TAIL = 1 << 16

/** The last line of a journal; null: it is torn, or longer than the end of a run would be. */
export function readLastEntry(path: string): JournalEntry | null {
  const handle = openSync(path, 'r')
  try {
    const { size } = fstatSync(handle)
    const tail = Buffer.alloc(Math.min(TAIL, size))
    readSync(handle, tail, 0, tail.length, size - tail.length)
    const lines = tail.toString('utf8').split('\n')
    return lines.at(-1) === '' ? parseEntry(lines.at(-2) ?? '') : null
  } finally {
    closeSync(handle)
  }
}
