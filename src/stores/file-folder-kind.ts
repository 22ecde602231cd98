import { codeOf, whyOf } from './file-reader.js'
import type { PackedKeys } from './packed-keys.js'
import type { FileFacts, FileForm } from './readers.js'
import { FolderChangedError } from './safe-listing.js'
import type { FolderAbilities, Foreign, Locator, ScanVerdict } from './store.js'

/**
 * The message files of a folder as one listing found them. A key stands for each: the kind's own short text, which says
 * what the file is called; the keys are in the folder's order (`position`, then the locators' octets).
 */
export interface FileListing {
  readonly keys: PackedKeys
  /** The same files before they are brought into order, where that is put off until someone asks for it. */
  readonly unsorted?: PackedKeys
  /** All that flags depend on beside the keys; absent: that is not known. */
  readonly beside?: string
  readonly foreign: readonly Foreign[]
  /** A part of the folder that should be there and is not: what lies in the others is read, and not taken for all. */
  readonly lacking?: string | null
  /** Flags that the listing tells (a name, a sequence). */
  flagsOf(key: string): readonly string[]
}

/** What kinds of folder that keep each message in a file differ in. */
export interface FileFolderKind {
  readonly abilities: FolderAbilities
  /** Goes into a scan's `state` and every stamp: changed when what stamps or flags mean is changed. */
  readonly version: string
  /** @throws FolderChangedError, or a system error when the folder is gone or closed to us */
  list(): Promise<FileListing>
  /** The path's octets. */
  pathOf(key: string): string
  locatorOf(key: string): Locator
  positionOf(key: string): number
  /** Negative where the key comes before the locator, 0 where it is the locator's. */
  compare(key: string, locator: string): number
  /** Whether two files of the listing share the name that a locator is made of. */
  isAmbiguous(listing: FileListing, key: string): boolean
  /** @param readAt - milliseconds since 1970, from before the file was read */
  stampOf(stats: FileFacts, readAt: number): string
  formOf(key: string): FileForm
}

/** The key that a locator stands for in a listing, by halving. */
export function findKey(kind: FileFolderKind, listing: FileListing, locator: Locator): string | null {
  let low = 0
  let high = listing.keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (kind.compare(listing.keys.at(middle), locator) < 0) low = middle + 1
    else high = middle
  }
  if (low === listing.keys.length) return null
  const key = listing.keys.at(low)
  return kind.compare(key, locator) === 0 ? key : null
}

/** Why a folder could not be listed. */
export function listingFailure(error: unknown): ScanVerdict & { readonly outcome: 'failed' } {
  if (error instanceof FolderChangedError) return { outcome: 'failed', code: error.code, message: error.message }
  const code = codeOf(error)
  const message = code === 'ENOENT' || code === 'ENOTDIR' ? 'the folder is gone' : `the folder: ${whyOf(error)}`
  return { outcome: 'failed', code: 'UNREADABLE', message }
}
