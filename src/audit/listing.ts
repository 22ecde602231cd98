import type { IndexedCopy } from '../index/copy-index.js'
import type { FolderFacts, StoreIndex } from '../index/store-index.js'
import type { Findings } from './findings.js'

/** Every message of the stores, in the order of their places. */
export async function listMessages(
  _indexes: readonly StoreIndex[],
): Promise<Findings<{ readonly messages: number }, IndexedCopy>> {
  throw new Error('not yet')
}

export interface FoldersSummary {
  readonly folders: number
  readonly messages: number
  readonly bytes: number
}

/** Every folder of the stores with what it holds. */
export async function listFolders(_indexes: readonly StoreIndex[]): Promise<Findings<FoldersSummary, FolderFacts>> {
  throw new Error('not yet')
}
