import { type FileFolderKind, type FileListing, findKey } from './file-folder-kind.js'
import { statFile } from './file-stamp.js'
import type { Locator } from './store.js'

/** A message file as it is called now. */
export interface FoundFile {
  readonly key: string
  /** Octets. */
  readonly path: string
  readonly listing: FileListing
  /** Another file of the folder has the same name but for its flags. */
  readonly isAmbiguous: boolean
}

const ROUNDS = 5

/** Finds messages by their locators while other programs rename and delete them. A folder is listed anew only where it must be. */
export class FileFinder {
  readonly #kind: FileFolderKind
  #listing: FileListing | null = null
  #isFresh = false

  constructor(kind: FileFolderKind) {
    this.#kind = kind
  }

  /** From now on a listing from before proves no more that a message is gone. */
  begin(): void {
    this.#isFresh = false
  }

  /** A listing from after `begin`. @throws FolderChangedError or a system error */
  async list(): Promise<FileListing> {
    if (this.#listing === null || !this.#isFresh) this.#listing = await this.#kind.list()
    this.#isFresh = true
    return this.#listing
  }

  /** A listing from after the folder was opened. */
  async anyListing(): Promise<FileListing> {
    return this.#listing ?? this.list()
  }

  /** null: there is no such message. */
  async find(locator: Locator): Promise<FoundFile | null> {
    for (let round = 0; round < ROUNDS; round++) {
      const listing = await this.anyListing()
      const key = findKey(this.#kind, listing, locator)
      const path = key === null ? null : this.#kind.pathOf(key)
      if (key !== null && path !== null && statFile(path) !== undefined)
        return { key, path, listing, isAmbiguous: this.#kind.isAmbiguous(listing, key) }
      if (key === null && this.#isFresh) return null
      // Renamed since it was listed, or listed before the work began.
      this.#isFresh = false
      await this.list()
    }
    return null
  }
}
