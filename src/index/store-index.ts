import type { FolderName, SpecialUse, StoreType } from '../stores/store.js'
import type { IndexedCopy } from './copy-index.js'

/** What the index knows of the chosen folders of one store. */
export interface StoreIndex {
  /** What results call the store. */
  readonly store: string
  readonly type: StoreType
  readonly identity: string
  /** Reads a message as it travelled; null when it cannot be read, which is then in the store's problems. */
  read(copy: IndexedCopy): Promise<Buffer | null>
}

export interface FolderFacts {
  readonly store: string
  readonly folder: FolderName
  readonly specialUse: SpecialUse | null
  readonly messages: number
  readonly bytes: number
  /** Neither `\Seen` nor `\Deleted`. */
  readonly unseen: number
  /** Marked `\Deleted` and still there. */
  readonly deleted: number
  readonly noId: number
  /** Of the Date fields; null when there is none. */
  readonly oldest: number | null
  readonly newest: number | null
}
