import type { StoreType } from '../stores/store.js'
import type { Step, StepOp } from './step.js'

/** Version of a plan as a file. A plan of another one is refused. */
export const PLAN_VERSION = 1

export type PlanCommand = 'sync' | 'dedupe' | 'migrate' | 'undo'

/** A store of a plan, by the name that its steps use. */
export interface PlanStore {
  readonly name: string
  readonly type: StoreType
  /** `source`: opened for reading alone. */
  readonly role: 'source' | 'target'
  /** How to name it wherever the plan is carried out: a name of the configuration, or a URL with an absolute path. No password. */
  readonly open: string
  /** What the place itself is (`Store.identity`): the plan is refused for any other. */
  readonly identity: string
}

/** The first line of a plan. */
export interface PlanHeader {
  readonly mbaudit: 'plan'
  readonly version: typeof PLAN_VERSION
  /** RFC 3339, UTC. */
  readonly made: string
  readonly command: PlanCommand
  /** What was asked for, such as `{"mode":"mirror","since":"2024-01-01"}`; `channel` and what says which folders pair are read by `apply`. */
  readonly options: Readonly<Record<string, string | number | boolean | readonly string[]>>
  readonly stores: readonly PlanStore[]
  /** What the comparison counted (`inBoth`, `missing` …). */
  readonly compared: Readonly<Record<string, number>>
  /** What the targets cannot hold and other things to know, one sentence each. */
  readonly notes: readonly string[]
}

/** A plan. Its steps may be walked more than once, and are never all in memory. */
export interface Plan {
  readonly header: PlanHeader
  steps(): Iterable<Step>
  /** The same steps as JSON, where that is at hand: a plan is saved without being read for it. */
  texts?(): Iterable<string>
}

export interface PlanCounts extends Readonly<Record<StepOp, number>> {
  /** Octets of what is copied. */
  readonly bytes: number
}
