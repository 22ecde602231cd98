import type { DkimSummary } from '../message/dkim-summary.js'
import type { Digest, EpochSeconds } from '../message/message.js'
import type { PlanCommand, PlanStore } from '../plan/plan.js'
import type { FolderName, Locator } from '../stores/store.js'
import type { Outcome } from '../stores/writable.js'
import type { ApplyCounts, ApplyResult, StepFailure } from './result.js'

export const JOURNAL_VERSION = 1

/** The first line: enough to settle the run where nothing else of it is left. */
export interface JournalHeader {
  readonly journal: 'mbaudit'
  readonly version: typeof JOURNAL_VERSION
  readonly run: string
  readonly begun: string
  readonly command: PlanCommand
  readonly stores: readonly PlanStore[]
  /** SHA-256 of the plan. */
  readonly digest: string
  readonly steps: number
}

/** The number of a step in the plan, from 1, and its token. */
export type NumberedToken = readonly [number: number, token: string]

/** What a message was like before it was changed, where that is not what its step says. */
export interface Before {
  readonly n: number
  readonly flags: readonly string[]
  readonly received: EpochSeconds | null
}

/**
 * What a piece of work is for. `move`: the copy that a move makes where the store cannot move; `clear`: the deletion that
 * follows it. `restore`: deleted mail is put back, since it was not safe to delete it. `folder`: a step that is no mail.
 */
export type WorkPurpose = 'copy' | 'move' | 'clear' | 'change' | 'restore' | 'folder'

/** Written before the effect, and durable by then. */
export interface BeginEntry {
  readonly begin: number
  readonly at: string
  readonly purpose: WorkPurpose
  readonly store: string
  readonly folder: FolderName
  /** Where messages go to that are moved by the store itself. */
  readonly to?: FolderName
  /** UIDVALIDITY of the folder that messages come to. */
  readonly generation: string | null
  readonly mark: string
  readonly steps: readonly NumberedToken[]
  readonly before?: readonly Before[]
}

/** How the work on one step ended. */
export interface StepOutcome {
  readonly n: number
  readonly outcome: Outcome['outcome']
  /** Where the message lies now. */
  readonly at?: Locator
  /** It was read back: the same mail. */
  readonly verified?: true
  /** It was read back: what is otherwise. */
  readonly altered?: string
  /** It was read back: its received date is another one than was given. */
  readonly received?: readonly [given: EpochSeconds, kept: EpochSeconds]
  /** What its DKIM signatures said of the body before and after, where it has any and the run is a migration. */
  readonly dkim?: readonly [before: DkimSummary, after: DkimSummary | null]
  /** It was read back: what lies there, where the step does not say it. */
  readonly wire?: Digest
}

/** Written after the effect, or after it was found out (`settled`). */
export interface DoneEntry {
  readonly done: number
  readonly outcomes: readonly StepOutcome[]
  readonly settled?: true
}

/** Why a step was not done. */
export interface FailureEntry extends StepFailure {
  readonly n: number
}

export interface EndEntry {
  readonly end: ApplyResult['ended']
  readonly at: string
  readonly why: string | null
  readonly counts: ApplyCounts
  /** Pieces of work of which it is not known how far they came. */
  readonly unsettled: number
  readonly quarantined: { readonly messages: number; readonly octets: number }
}

/** A step that was done by others before: nothing was changed. */
export interface SoEntry {
  readonly so: number
}

/** Everything of the run that another run has to settle was settled. */
export interface SettledEntry {
  readonly settled: string
}

export interface PrunedEntry {
  readonly pruned: string
}

export type JournalEntry =
  | JournalHeader
  | BeginEntry
  | DoneEntry
  | SoEntry
  | FailureEntry
  | EndEntry
  | SettledEntry
  | PrunedEntry

/** One line, as it is written. */
export const formatEntry = (entry: JournalEntry): string => `${JSON.stringify(entry)}\n`

/** What makes a line an entry, by the key that it begins with. */
const SHAPES: Readonly<Record<string, (entry: Readonly<Record<string, unknown>>) => boolean>> = {
  journal: (entry) => entry.journal === 'mbaudit' && typeof entry.run === 'string' && Array.isArray(entry.stores),
  begin: (entry) => typeof entry.begin === 'number' && typeof entry.mark === 'string' && Array.isArray(entry.steps),
  done: (entry) => typeof entry.done === 'number' && Array.isArray(entry.outcomes),
  so: (entry) => typeof entry.so === 'number',
  n: (entry) => typeof entry.n === 'number' && typeof entry.message === 'string',
  end: (entry) => typeof entry.end === 'string' && typeof entry.counts === 'object',
  settled: (entry) => typeof entry.settled === 'string',
  pruned: (entry) => typeof entry.pruned === 'string',
}

/** null: the line is none. */
export function parseEntry(line: string): JournalEntry | null {
  let entry: JournalEntry
  try {
    entry = JSON.parse(line)
  } catch {
    return null
  }
  if (typeof entry !== 'object' || entry === null) return null
  const [key = ''] = Object.keys(entry)
  return Object.hasOwn(SHAPES, key) && SHAPES[key]?.({ ...entry }) ? entry : null
}
