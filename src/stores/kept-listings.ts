import type { FileListing } from './file-folder-kind.js'
import type { FolderName } from './store.js'

/** Messages in all listings that are kept: some 60 octets each, which listing them anew takes as well. */
const MOST = 500_000

/**
 * Listings of folders that were closed, so that who opens one again to read some of its messages does not list it anew. They
 * may be old: a message that one lacks, or that is not where it says, is looked for in a new one.
 */
export class KeptListings {
  readonly #listings = new Map<FolderName, FileListing>()
  #count = 0

  keep(folder: FolderName, listing: FileListing): void {
    this.take(folder)
    const count = countOf(listing)
    if (count > MOST) return
    for (const [oldest] of this.#listings) if (this.#count + count > MOST) this.take(oldest)
    this.#listings.set(folder, listing)
    this.#count += count
  }

  /** null: there is none. */
  take(folder: FolderName): FileListing | null {
    const listing = this.#listings.get(folder) ?? null
    this.#listings.delete(folder)
    this.#count -= listing === null ? 0 : countOf(listing)
    return listing
  }
}

/** Without bringing it into order. */
const countOf = (listing: FileListing): number => (listing.unsorted ?? listing.keys).length
