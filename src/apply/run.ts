import type { Plan, PlanHeader } from '../plan/plan.js'
import type { PlanCopy } from './plan-copy.js'
import type { ApplyCounts } from './result.js'

/** Where runs and quarantined mail lie: `stateDirectory` and `dataDirectory` of the program. */
export interface RunDirectories {
  readonly state: string
  readonly data: string
}

/** What `runs` lists of a run. */
export interface RunRecord {
  /** `20240301T080000Z-sync-4f2a` */
  readonly name: string
  /** null: its plan or its journal cannot be read; `damage` says why. */
  readonly header: PlanHeader | null
  readonly damage: string | null
  /** When it was begun; RFC 3339, UTC. */
  readonly begun: string
  readonly ended: string | null
  readonly state: 'done' | 'unfinished' | 'undone'
  /** The run that took it back. */
  readonly undoneBy: string | null
  readonly steps: number
  /** null: they cannot be told. */
  readonly counts: ApplyCounts | null
  readonly quarantined: { readonly messages: number; readonly octets: number }
  /** Whether its quarantine was emptied. */
  readonly isPruned: boolean
}

/** A run on the disk. */
export interface Run {
  readonly name: string
  /** Its folder. */
  readonly path: string
  readonly journal: string
  /** A Maildir; there as soon as something was quarantined. */
  readonly quarantine: string
  /** SHA-256 of the plan as it was saved. */
  readonly digest: string
  /** Its own copy of the plan. */
  readonly plan: PlanCopy
}

/** All runs of this user. */
export interface Runs {
  readonly directories: RunDirectories
  /** Makes the folder of a run and saves the plan in it. Nothing is changed by that. @param now - milliseconds */
  create(plan: Plan, now: number): Promise<Run>
  /** A run by its name or by as much of its beginning as is needed. @throws UsageError - there is none, or several */
  open(name: string): Run
  /** The run of this very plan (`digestOfPlan`) that has steps left, was not taken back, and may be gone on with; null: there is none. */
  unfinished(digest: string): Run | null
  /** The oldest first. */
  all(): readonly Run[]
  /** The newest first. */
  list(): readonly RunRecord[]
}
