import { MbauditError } from '../errors.js'
import type { FolderRef } from '../plan/step.js'
import type { Folder, Locator, ReadCopy } from '../stores/store.js'
import type { Places } from './places.js'

interface OpenFolder {
  readonly folder: Promise<Folder>
  /** Ends when the last reading that was asked for does. */
  turn: Promise<unknown>
  users: number
}

const NOTHING = (): void => undefined

/** Reads messages for those who store them elsewhere: each folder is opened once, and by one reader at a time. */
export class SourceFolders {
  readonly #places: Places
  readonly #open = new Map<string, OpenFolder>()

  constructor(places: Places) {
    this.#places = places
  }

  /** The messages, in the order asked. What cannot be read says why. */
  async read(at: FolderRef, locators: readonly Locator[]): Promise<readonly ReadCopy[]> {
    const open = this.#opened(at)
    open.users++
    const reading = open.turn.then(() => readAll(open.folder, locators))
    // What was read is not held here.
    open.turn = reading.then(NOTHING, NOTHING)
    try {
      return await reading
    } finally {
      open.users--
    }
  }

  #opened(at: FolderRef): OpenFolder {
    const key = JSON.stringify([at.store, at.folder])
    const open = this.#open.get(key) ?? {
      folder: this.#places.store(at.store).store.open(at.folder),
      turn: Promise.resolve(),
      users: 0,
    }
    open.folder.catch(() => undefined)
    this.#open.set(key, open)
    return open
  }

  /** Closes the folders that nobody reads now. */
  async closeIdle(): Promise<void> {
    for (const [key, { folder, users }] of this.#open) {
      if (users > 0) continue
      this.#open.delete(key)
      await (await folder.catch(() => null))?.[Symbol.asyncDispose]()
    }
  }
}

async function readAll(opened: Promise<Folder>, locators: readonly Locator[]): Promise<readonly ReadCopy[]> {
  const read: ReadCopy[] = []
  try {
    for await (const copy of (await opened).read(locators)) read.push(copy)
  } catch (error) {
    if (!(error instanceof MbauditError) || error.code === 'INTERRUPTED') throw error
    for (const locator of locators.slice(read.length)) read.push({ locator, bytes: null, problem: error.message })
  }
  return read
}
