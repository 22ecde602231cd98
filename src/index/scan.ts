import { EXIT, MbauditError, type Problem } from '../errors.js'
import type { Readers } from '../stores/readers.js'
import type { FolderName, Foreign, SpecialUse, Store } from '../stores/store.js'
import { discardIndex, isIndexFailure, isNoIndex, type OpenedIndex, openIndex, openPrivate } from './database.js'
import { refreshIndex } from './refresh.js'
import { openStoreIndex } from './sqlite-index.js'
import type { StoreIndex } from './store-index.js'

export interface ScanOptions {
  /** The directory the index files lie in; null keeps nothing (`--no-cache`). */
  readonly cacheDirectory: string | null
  /** Forget what the index knew of this store. */
  readonly rebuild: boolean
  readonly wanted: (folder: FolderName) => boolean
  /** Whether From and Subject are kept in the index. */
  readonly keepSubjects: boolean
  /** What is read of stores whose scan reads headers alone; `needed`, unless said. */
  readonly bodies?: BodyChoice
  /** Called after each batch with what was done since the last call. */
  readonly onProgress: (done: ScanProgress) => void
  /** Milliseconds; for telling how long things took. */
  readonly now: () => number
  readonly signal: AbortSignal
  /** Who reads what lies in files; without it this thread. */
  readonly readers?: Readers
}

/** Bodies that are read: those a question rests on, every one (`--full`), none (`--no-bodies`). */
export type BodyChoice = 'needed' | 'all' | 'none'

export interface ScanProgress {
  readonly messages: number
  readonly octets: number
}

export interface ScanSummary {
  readonly messages: number
  readonly bytes: number
  readonly folders: number
  /** Messages read anew. */
  readonly read: number
  /** Messages known from the index. */
  readonly kept: number
  readonly noId: number
  readonly unreadable: number
  readonly foreign: number
}

export interface FolderScan {
  readonly folder: FolderName
  readonly specialUse: SpecialUse | null
  readonly messages: number
  readonly bytes: number
  readonly read: number
  readonly kept: number
}

/** A store whose index is up to date. Closing it closes the index and leaves the store open. */
export interface ScannedStore extends AsyncDisposable {
  readonly index: StoreIndex
  readonly summary: ScanSummary
  readonly folders: readonly FolderScan[]
  readonly foreign: readonly Foreign[]
  /** Grows while audits have messages read: look at it last. */
  readonly problems: readonly Problem[]
  /** What befell the index itself: such as that it was of another version and was made anew. */
  readonly notes: readonly string[]
  /** Looks at the store again and brings the same index up to date; its copies are asked anew after it. @returns what could not be read now */
  again(): Promise<readonly Problem[]>
}

/** Brings the index of a store up to date. The store must stay open as long as the index is asked. */
export async function scanStore(store: Store, options: ScanOptions): Promise<ScannedStore> {
  const owner = { identity: store.identity, name: store.spec.name, keepSubjects: options.keepSubjects }
  const opened = openIndex(options.cacheDirectory, owner, options.rebuild)
  try {
    return await scanInto(opened, store, options)
  } catch (error) {
    if (!isIndexFailure(error)) throw error
    if (opened.path === null) throw noRoom(store, error)
    if (isNoIndex(error)) discardIndex(opened.path)
    const note = `the index could not be used (${String(error)}); this run made one for itself alone`
    return scanInto(openPrivate([...opened.notes, note]), store, options).catch((failure: unknown) => {
      throw isIndexFailure(failure) ? noRoom(store, failure) : failure
    })
  }
}

function noRoom(store: Store, error: unknown): MbauditError {
  const hint = 'Make room where temporary files lie, or name another place with SQLITE_TMPDIR.'
  const message = `the index cannot be written (${String(error)})`
  return new MbauditError('UNREADABLE', EXIT.store, message, hint, { store: store.spec.name })
}

async function scanInto({ db, notes }: OpenedIndex, store: Store, options: ScanOptions): Promise<ScannedStore> {
  try {
    const found = await refreshIndex(db, store, options)
    const index = openStoreIndex(db, store, found.problems, options)
    const again = async (): Promise<readonly Problem[]> => {
      await index.renew()
      const { problems } = await refreshIndex(db, store, options)
      await index.renew()
      return problems
    }
    const close = async (): Promise<void> => {
      await index[Symbol.asyncDispose]()
      db.close()
    }
    return { ...found, index, notes, again, [Symbol.asyncDispose]: close }
  } catch (error) {
    db.close()
    throw error
  }
}
