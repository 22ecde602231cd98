import type { ErrorCode } from '../errors.js'
import type { MessageId } from '../message/message.js'
import type { Step, StepOp } from '../plan/step.js'
import type { FolderName, Locator } from '../stores/store.js'

/** How a step of a run ended. `open`: it was not come to. */
export type StepState = 'open' | 'done' | 'failed' | 'skipped'

/** Why a step was not done. */
export interface StepFailure {
  /** Its id. */
  readonly step: string
  readonly op: StepOp
  /** `skipped`: it no longer holds, or what it rests on was not done; nothing was tried. */
  readonly state: 'failed' | 'skipped'
  readonly store: string
  /** That changes, or could not be made. */
  readonly folder: FolderName
  readonly locator: Locator | null
  readonly id: MessageId | null
  /** PLAN_STALE, REFUSED, QUOTA_EXCEEDED … */
  readonly code: ErrorCode
  /** What happened; the server's own words where it refused. */
  readonly message: string
  /** Where the message lies that was refused. */
  readonly keptAs: string | null
  /** What happened concerns the folder, and so all of its steps. */
  readonly isOfFolder?: true
}

/** What was carried out, in steps. */
export interface ApplyCounts {
  readonly done: number
  readonly failed: number
  /** Left alone: stale, or resting on what was not done. */
  readonly skipped: number
  /** Not come to, since the run was stopped. */
  readonly open: number
  /** Copies that were read back with an equal `wire` digest. */
  readonly verified: number
  readonly alteredByServer: number
  /** Copies that have another received date in the target than they were given. */
  readonly redatedByServer: number
  /** Deleted messages that are marked and still there. */
  readonly notExpunged: number
}

export interface ApplyResult extends ApplyCounts {
  /** `interrupted`: the user asked. `stopped`: it was not safe to go on; `why` says what was seen. */
  readonly ended: 'finished' | 'interrupted' | 'stopped'
  readonly why: string | null
  /** In the order in which they were met; may be walked again as long as the run's folder is there. */
  readonly failures: Iterable<StepFailure>
}

/** A step of a run and what came of it, for `runs RUN`. */
export interface RunStep {
  readonly step: Step
  readonly state: StepState
  /** Why it was not done; what the server altered in a copy. */
  readonly message: string | null
}
