import { readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { StoreNotFoundError, StoreUnreadableError, StoreUnrecognisedError } from '../errors.js'
import { localDriver, openStore } from './drivers.js'
import { codeOf } from './file-reader.js'
import type { LocalStoreSpec, Store, StoreListing, StoreSpec } from './store.js'

/**
 * Opens a store for reading that need not be there yet: where nothing lies, or an empty directory, it is a store without folders,
 * so that filling it can be planned. Once it was made, it is read as any other.
 *
 * @throws what `openStore` throws otherwise
 */
export async function openStoreOrAbsent(spec: StoreSpec): Promise<Store> {
  if (spec.type === 'imap') return openStore(spec)
  return (await openIfThere(spec)) ?? new AbsentStore(spec)
}

/** null: nothing lies there, or an empty directory that is no folder of its kind. */
async function openIfThere(spec: LocalStoreSpec): Promise<Store | null> {
  const what = whatLiesAt(spec.path)
  if (what === 'nothing') return null
  try {
    return await openStore(spec)
  } catch (error) {
    if (what === 'empty' && error instanceof StoreUnrecognisedError) return null
    throw error
  }
}

/** Whether a store can be made at a path: nothing lies there, or an empty directory. */
export const isAbsent = (path: string): boolean => whatLiesAt(path) !== 'something'

function whatLiesAt(path: string): 'nothing' | 'empty' | 'something' {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (stats === undefined) return 'nothing'
    return stats.isDirectory() && readdirSync(path).length === 0 ? 'empty' : 'something'
  } catch (error) {
    if (codeOf(error) !== 'ENOTDIR') return 'something'
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

  namer = async (): ReturnType<NonNullable<Store['namer']>> => {
    const store = await this.#look()
    const { newName } = await localDriver(this.spec.type)
    return (await store?.namer?.()) ?? ((folder) => newName?.(folder, this.spec) ?? folder)
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
    this.#made ??= await openIfThere(this.spec)
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
