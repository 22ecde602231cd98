import type { Digest, EpochSeconds } from '../message/message.js'
import type { DeleteStep, FlagsStep, MoveStep } from '../plan/step.js'
import type { Locator } from '../stores/store.js'
import type { Change, Outcome } from '../stores/writable.js'
import type { Before } from './journal-entry.js'
import type { NumberedStep } from './plan-copy.js'

/** A change that is to be made in a folder; JSON values alone. Of a move the deletion that follows the copy. */
export interface PlannedChange extends NumberedStep {
  readonly step: FlagsStep | DeleteStep | MoveStep
  readonly position: number
  /** As far as the index knows. */
  readonly wire: Digest | null
  /** As they are now. */
  readonly flags: readonly string[]
  readonly received: EpochSeconds | null
}

export interface PlannedDeletion extends PlannedChange {
  readonly step: DeleteStep
}

export const isDeletion = (change: PlannedChange): change is PlannedDeletion => change.step.op === 'delete'

/** Whether a deletion rests on a copy that can be looked at again. */
export const isRested = ({ safe }: DeleteStep): boolean => !('lacking' in safe)

/** Whether nothing would be other than it is. */
export function isSoAlready({ step, flags }: PlannedChange): boolean {
  if (step.op !== 'flags') return false
  return step.add.every((flag) => flags.includes(flag)) && !step.remove.some((flag) => flags.includes(flag))
}

/** The change, as a folder is told of it. @param wire - what is known to lie there */
export function changeOf({ step }: PlannedChange, wire: Digest | null): Change {
  const flags = step.op === 'flags' ? { add: step.add, remove: step.remove } : null
  return { token: step.id, locator: step.at.locator, wire, flags }
}

/** What the message is like, where it is not what its step says. */
export function beforeOf({ n, step, flags, received }: PlannedChange): readonly Before[] {
  if (step.op === 'move') return []
  const said = step.op === 'flags' ? step.had : step.flags
  const isAsSaid = [...said].sort().join(' ') === [...flags].sort().join(' ')
  return isAsSaid && (step.op === 'flags' || step.received === received) ? [] : [{ n, flags, received }]
}

/** Where the message lies after it. */
export const placeIn = (outcome: Outcome): { readonly at?: Locator } =>
  outcome.outcome === 'done' && outcome.locator !== null ? { at: outcome.locator } : {}
