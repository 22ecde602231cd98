import type { Digest, EpochSeconds, MessageId, Octets } from '../message/message.js'
import type { FolderName, Locator, SpecialUse } from '../stores/store.js'

/** One copy as the index knows it. */
export interface IndexedCopy {
  /** The index's own number; tells copies of one store apart and says nothing else. */
  readonly row: number
  readonly store: string
  readonly folder: FolderName
  readonly specialUse: SpecialUse | null
  readonly locator: Locator
  readonly position: number
  readonly id: MessageId | null
  /** The `wire` digest; null where the scan read the header alone and the question did not ask for more. */
  readonly wire: Digest | null
  /** null where no question asked for it yet. */
  readonly content: Digest | null
  readonly size: Octets
  readonly date: EpochSeconds | null
  readonly received: EpochSeconds | null
  readonly from: string
  readonly subject: string
  readonly flags: readonly string[]
  readonly traceFields: number
  readonly boundsInDoubt: boolean
  /** The file system object: two copies with one object are one. */
  readonly object: string
  /** Copies of one store that have the same are the same octets (RFC 8474); null: the store gives none. */
  readonly emailId: string | null
  /** The store that it lies in, where the index is of several (`joinIndexes`); without it, `store`. */
  readonly home?: string
}
