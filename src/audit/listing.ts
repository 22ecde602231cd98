import type { IndexedCopy } from '../index/copy-index.js'
import { distinctIndexes } from '../index/same-object.js'
import type { FolderFacts, StoreIndex } from '../index/store-index.js'
import type { Findings } from './findings.js'

export interface ListSummary {
  readonly messages: number
}

/** Every message of the stores, in the order of their places. */
export async function listMessages(named: readonly StoreIndex[]): Promise<Findings<ListSummary, IndexedCopy>> {
  const indexes = distinctIndexes(named)
  for (const index of indexes) await index.needIdentities()
  const messages = indexes.reduce((sum, index) => sum + index.totals().messages, 0)
  return { summary: { messages }, rows: () => copiesOfAll(indexes) }
}

function* copiesOfAll(indexes: readonly StoreIndex[]): Iterable<IndexedCopy> {
  for (const index of indexes) yield* index.copies()
}

export interface FoldersSummary {
  readonly folders: number
  readonly messages: number
  readonly bytes: number
}

/** Every folder of the stores with what it holds. */
export async function listFolders(named: readonly StoreIndex[]): Promise<Findings<FoldersSummary, FolderFacts>> {
  const folders = distinctIndexes(named).flatMap((index) => index.folders().map((facts) => ({ ...facts })))
  const messages = folders.reduce((sum, folder) => sum + folder.messages, 0)
  const bytes = folders.reduce((sum, folder) => sum + folder.bytes, 0)
  return { summary: { folders: folders.length, messages, bytes }, rows: () => folders }
}
