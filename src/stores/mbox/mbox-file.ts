import type { FolderName } from '../store.js'
import type { Compression } from './compression.js'
import type { Variant } from './quoting.js'

/** One mbox file, and how it is to be read. */
export interface MboxFile {
  readonly folder: FolderName
  /** Octets of the path as a Latin-1 string. */
  readonly path: string
  readonly compression: Compression | null
  /** What the user insists on; null: as the file shows. */
  readonly variant: Variant | null
}
