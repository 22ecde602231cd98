import { readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { StoreNotFoundError, StoreUnreadableError } from '../errors.js'
import { openStore } from './drivers.js'
import { codeOf } from './file-reader.js'
import type { LocalStoreSpec, Store, StoreListing, StoreSpec } from './store.js'

/**
 * Opens a store for reading that need not be there yet: where nothing lies, or an empty directory, it is a store without folders,
 * so that filling it can be planned. Once it was made, it is read as any other.
 *
 * @throws what `openStore` throws otherwise
 */
export async function openStoreOrAbsent(spec: StoreSpec): Promise<Store> {
  if (spec.type === 'imap' || !isAbsent(spec.path)) return openStore(spec)
  return new AbsentStore(spec)
}

/** Whether a store can be made at a path: nothing lies there, or an empty directory. */
export function isAbsent(path: string): boolean {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    return stats === undefined || (stats.isDirectory() && readdirSync(path).length === 0)
  } catch (error) {
    if (codeOf(error) !== 'ENOTDIR') return false
    throw new StoreNotFoundError(path, `${path}: nothing can lie there: it goes through a file`, 'Check the path.')
  }
}

class AbsentStore implements Store {
  readonly spec: LocalStoreSpec
  readonly identity: string
  #made: Store | null = null

  constructor(spec: LocalStoreSpec) {
    this.spec = spec
    this.identity = `${spec.type}:${realPathOf(spec.path)}`
  }

  list = async (): Promise<StoreListing> => {
    const store = await this.#look()
    return store === null ? { folders: [], foreign: [], troubles: [] } : store.list()
  }

  subscriptions = async (): ReturnType<NonNullable<Store['subscriptions']>> => {
    const store = await this.#look()
    return (await store?.subscriptions?.()) ?? null
  }

  open: Store['open'] = async (name) => {
    const store = await this.#look()
    if (store !== null) return store.open(name)
    throw new StoreUnreadableError(this.spec.name, `${name}: there is no such folder`, 'The store is not there yet.')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#made?.[Symbol.asyncDispose]()
  }

  async #look(): Promise<Store | null> {
    if (this.#made === null && !isAbsent(this.spec.path)) this.#made = await openStore(this.spec)
    return this.#made
  }
}

/** The path that it will have: links in what is there already are followed. */
function realPathOf(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    return join(realPathOf(dirname(path)), basename(path))
  }
}
