import type { ErrorCode } from '../errors.js'
import { Notebook } from '../index/notebook.js'
import type { DkimSummary } from '../message/dkim-summary.js'
import type { CopyStep } from '../plan/step.js'
import type { Locator } from '../stores/store.js'
import { describeDates } from './alteration.js'
import { readJournal } from './journal.js'
import type { StepState } from './result.js'
import type { Run } from './run.js'
import { readHistory, STATE_NAMES, STEP } from './run-history.js'

/** A copy that a run was to make, and what came of it. */
export interface CopyFact {
  /** The number of the step. */
  readonly n: number
  readonly step: CopyStep
  readonly state: StepState
  /** Where it lies in the target; null: the store does not say, or it does not lie there. */
  readonly at: Locator | null
  /** It was read back: the same mail. */
  readonly isVerified: boolean
  /** What was otherwise when it was read back. */
  readonly altered: string | null
  /** That its received date is another one there; null: it is not, or the store does not say. */
  readonly redated: string | null
  /** What DKIM signatures said of the body before and after; null: there are none, or nobody looked. */
  readonly dkim: readonly [before: DkimSummary, after: DkimSummary | null] | null
  /** Why it was not made. */
  readonly code: ErrorCode | null
  readonly message: string | null
  /** Where a message lies that was refused. */
  readonly keptAs: string | null
}

type Noted = Omit<CopyFact, 'n' | 'step' | 'state'>

const NOTHING: Noted = {
  at: null,
  isVerified: false,
  altered: null,
  redated: null,
  dkim: null,
  code: null,
  message: null,
  keptAs: null,
}

/** The copies of a run with what came of them, in the order of its plan. */
export function* walkCopyFacts(run: Run): Generator<CopyFact> {
  using notes = new Notebook()
  const { states } = readHistory(run, ({ outcome }) => {
    const { n, at = null, verified = false, altered = null, received, dkim = null } = outcome
    const redated = received === undefined ? null : describeDates(...received)
    notes.set(String(n), JSON.stringify({ ...NOTHING, at, isVerified: verified, altered, redated, dkim }))
  })
  for (const entry of readJournal(run.journal)) {
    if (!('n' in entry) || states[entry.n] === STEP.done) continue
    const { code, message, keptAs } = entry
    notes.set(String(entry.n), JSON.stringify({ ...NOTHING, code, message, keptAs }))
  }
  for (const { n, step } of run.plan.numbered(0, 1)) {
    if (step.op !== 'copy') continue
    const noted: Noted = JSON.parse(notes.get(String(n)) ?? JSON.stringify(NOTHING))
    yield { n, step, state: STATE_NAMES[states[n] ?? STEP.open] ?? 'open', ...noted }
  }
}
