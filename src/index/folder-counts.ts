import type { Sqlite } from './database.js'
import { isWithoutId } from './identity.js'
import type { FolderCount, FolderRow } from './scan-statements.js'
import { STATEMENTS } from './statements.js'

/** What the chosen folders hold, by their numbers; copies that are the same object as another are counted once. */
export function countFolders(db: Sqlite): Map<number, FolderCount> {
  const folders = db.prepare<[], FolderRow>(STATEMENTS.folders).all()
  const hidden = db.prepare<[], FolderCount & { folder: number }>(STATEMENTS.countHidden).all()
  const counts = new Map<number, FolderCount>()
  for (const { number, chosen, messages, octets, noId } of folders)
    if (chosen === 1) counts.set(number, { messages, octets, noId })
  for (const { folder, messages, octets, noId } of hidden) subtract(counts.get(folder), { messages, octets, noId })
  return counts
}

/** What the chosen folders hold together, and how many copies are left out as the same object. */
export function countAll(db: Sqlite, chosen: readonly FolderRow[]): FolderCount & { readonly sameObject: number } {
  const total = { messages: 0, octets: 0, noId: 0 }
  for (const { messages, octets, noId } of countFolders(db).values()) {
    total.messages += messages
    total.octets += octets
    total.noId += noId
  }
  const rows = chosen.reduce((sum, { messages }) => sum + messages, 0)
  return { ...total, sameObject: rows - total.messages }
}

function subtract(from: FolderCount | undefined, { messages, octets, noId }: FolderCount): void {
  if (from === undefined) return
  from.messages -= messages
  from.octets -= octets
  from.noId -= noId
}

/** Counts one message more. */
export function addTo(sum: FolderCount, size: number, key: string | null): void {
  sum.messages++
  sum.octets += size
  if (isWithoutId(key)) sum.noId++
}
