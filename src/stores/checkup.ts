import type { ErrorCode } from '../errors.js'

/** What a store is gone through for; the first that fails ends it. */
export type CheckupStep =
  | 'place'
  | 'open'
  | 'name'
  | 'tcp'
  | 'tls'
  | 'greeting'
  | 'mechanisms'
  | 'login'
  | 'capabilities'
  | 'namespaces'
  | 'folders'
  | 'special-use'
  | 'inbox'
  | 'quota'
  | 'provider'
  | 'sizes'
  | 'room'
  | 'append-limit'
  | 'folder-names'

/** One step of a checkup, and how it went. */
export interface CheckedStep {
  readonly step: CheckupStep
  readonly outcome: 'ok' | 'warning' | 'failed'
  readonly milliseconds: number
  /** What was found, or what is wrong, in one sentence without its point. */
  readonly found: string
  /** What to do about it; null: nothing. */
  readonly advice: string | null
  /** Further lines for people. */
  readonly notes: readonly string[]
  /** The same as data. */
  readonly facts: Readonly<Record<string, unknown>>
  /** Where it failed. */
  readonly code: ErrorCode | null
}

/** What a step tells; the rest is filled in. */
export type Told = Pick<CheckedStep, 'found'> & Partial<Omit<CheckedStep, 'step' | 'milliseconds' | 'found'>>

export function checkedStep(step: CheckupStep, milliseconds: number, told: Told): CheckedStep {
  return {
    step,
    outcome: told.code === undefined ? 'ok' : 'failed',
    milliseconds: Math.round(milliseconds),
    advice: null,
    notes: [],
    facts: {},
    code: null,
    ...told,
  }
}
