import type { EpochSeconds } from '../message/message.js'
import type { Observation } from './observation.js'
import type { FolderName, LocalStoreSpec, StoreType } from './store.js'

export interface ExamineOptions {
  readonly wanted: (folder: FolderName) => boolean
  readonly now: EpochSeconds
  readonly signal: AbortSignal
}

/**
 * Looks at how a store keeps its mail and hands over what is odd, in batches. Reads only. What cannot be read is an
 * observation too, never an exception.
 */
export type Examine = (
  store: { readonly spec: LocalStoreSpec },
  options: ExamineOptions,
) => AsyncIterable<readonly Observation[]>

/** What examines a kind of store; its code is loaded when first asked for. */
export const EXAMINERS: Partial<Record<StoreType, () => Promise<Examine>>> = {
  maildir: async () => (await import('./maildir/examine.js')).examineMaildir,
  mbox: async () => (await import('./mbox/examine.js')).examineMbox,
  mh: async () => (await import('./mh/examine.js')).examineMh,
  eml: async () => (await import('./eml/examine.js')).examineEml,
}
