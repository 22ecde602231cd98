import { Notebook } from '../index/notebook.js'
import { describeChange } from './alteration.js'
import { readJournal } from './journal.js'
import type { RunStep, StepFailure } from './result.js'
import type { Run } from './run.js'
import { readHistory, STATE_NAMES, STEP } from './run-history.js'

/** Why steps of a run were not done: of each the last time that it was tried, in the order in which that was met. */
export function* walkFailures(run: Run): Generator<StepFailure> {
  const { states } = readHistory(run)
  const last = new Uint32Array(states.length)
  let line = 0
  for (const entry of readJournal(run.journal)) {
    line++
    if ('n' in entry) last[entry.n] = line
  }
  line = 0
  for (const entry of readJournal(run.journal)) {
    line++
    if (!('n' in entry) || last[entry.n] !== line) continue
    const { n, ...failure } = entry
    if (states[n] === STEP.failed || states[n] === STEP.skipped) yield failure
  }
}

/** Steps of a run with what came of them, in the order of the plan. */
export function* walkRunSteps(run: Run): Generator<RunStep> {
  using messages = new Notebook()
  const { states } = readHistory(run, ({ outcome }) => {
    const change = describeChange(outcome)
    if (change !== null) messages.set(String(outcome.n), change)
    if (outcome.outcome === 'not-expunged') messages.set(String(outcome.n), 'marked as deleted, and not expunged')
  })
  for (const entry of readJournal(run.journal)) if ('n' in entry) noteFailure(messages, states, entry.n, entry.message)
  for (const { n, step } of run.plan.numbered(0, 1))
    yield { step, state: STATE_NAMES[states[n] ?? STEP.open] ?? 'open', message: messages.get(String(n)) }
}

function noteFailure(messages: Notebook, states: Uint8Array, n: number, message: string): void {
  if (states[n] === STEP.failed || states[n] === STEP.skipped) messages.set(String(n), message)
}
