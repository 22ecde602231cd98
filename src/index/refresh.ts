import type { Problem } from '../errors.js'
import { giveWay } from '../stores/file-reader.js'
import { THIS_THREAD } from '../stores/readers.js'
import {
  type Folder,
  type FolderName,
  type Foreign,
  folderName,
  type ScanBatch,
  type Store,
  type StoreListing,
  type Trouble,
} from '../stores/store.js'
import { specialUseOfText } from './copy-rows.js'
import type { Sqlite } from './database.js'
import { countFolders } from './folder-counts.js'
import { type FolderOutcome, failFolder, type ScanContext, scanFolder } from './folder-scan.js'
import { InterruptedError } from './message-reader.js'
import { markAliases } from './same-object.js'
import type { FolderScan, ScanOptions, ScanSummary } from './scan.js'
import { type FolderRow, makeTransactions, prepareScan, type ScannableFolder } from './scan-statements.js'
import { STATEMENTS } from './statements.js'

export interface Refreshed {
  readonly summary: ScanSummary
  readonly folders: readonly FolderScan[]
  readonly foreign: readonly Foreign[]
  readonly problems: Problem[]
}

/** A folder of the index that the store still has and the user asked for, and how its scan went. */
interface ScannedFolder {
  readonly row: FolderRow
  readonly outcome: FolderOutcome
}

/** Scans the wanted folders of a store, one after the other, and forgets those that are gone. */
export async function refreshIndex(db: Sqlite, store: Store, options: ScanOptions): Promise<Refreshed> {
  const listing = await store.list()
  const foreign = [...listing.foreign]
  const problems = listing.troubles.map((trouble) => problemOf(store, trouble))
  const context = makeContext(db, store, options, foreign, problems)
  const { rows, hasChanged } = placeFolders(context, listing, options)
  const scanned: ScannedFolder[] = []
  try {
    for (const row of rows) {
      scanned.push({ row, outcome: await scanOne(context, store, row, problems) })
      // Small folders fill no batch: without this a signal is not seen until all of them are read.
      await giveWay()
    }
    markAliases(context, hasChanged || scanned.some(({ outcome }) => outcome.hasChanged))
  } finally {
    context.transactions.commit()
  }
  const folders = describeFolders(context, scanned)
  return { summary: summarise(folders, context, foreign, problems), folders, foreign, problems }
}

function makeContext(
  db: Sqlite,
  store: Store,
  options: ScanOptions,
  foreign: Foreign[],
  problems: Problem[],
): ScanContext {
  const onBatch = (batch: ScanBatch): void => {
    foreign.push(...batch.foreign)
    problems.push(...batch.troubles.map((trouble) => problemOf(store, trouble)))
    options.onProgress({ messages: batch.read.length + batch.kept.length, octets: batch.octets })
    if (options.signal.aborted) throw new InterruptedError(store.spec.name)
  }
  const { keepSubjects, readers = THIS_THREAD } = options
  const want = options.bodies === 'all' ? 'bodies' : 'headers'
  return { db, statements: prepareScan(db), transactions: makeTransactions(db), keepSubjects, readers, want, onBatch }
}

const problemOf = (store: Store, { code, folder, locator, message }: Trouble): Problem => ({
  code,
  store: store.spec.name,
  folder,
  locator,
  message,
})

/** Makes the folder table say what the store has now and what of it is asked for; gives the rows of what is. */
function placeFolders(context: ScanContext, listing: StoreListing, { wanted }: ScanOptions) {
  const known = new Map(context.statements.folders.all().map((row) => [row.name, row]))
  let hasChanged = false
  listing.folders.forEach((entry, ordinal) => {
    const isPlaced = placeFolder(context, known.get(entry.name), entry, ordinal, wanted(entry.name) ? 1 : 0)
    hasChanged ||= isPlaced
  })
  const listed = new Set<string>(listing.folders.map(({ name }) => name))
  for (const row of known.values()) {
    if (listed.has(row.name)) continue
    hasChanged = true
    if (listing.troubles.length === 0) removeFolder(context, row)
    else placeFolder(context, row, { ...row, name: folderName(row.name) }, listing.folders.length, 0)
  }
  const rows = context.statements.folders.all().filter((row) => row.chosen === 1 && listed.has(row.name))
  return { rows: rows.map((row) => ({ ...row, isNew: !known.has(row.name) })), hasChanged }
}

function placeFolder(
  { statements, transactions }: ScanContext,
  row: FolderRow | undefined,
  { name, specialUse }: { readonly name: FolderName; readonly specialUse: string | null },
  ordinal: number,
  chosen: number,
): boolean {
  if (row?.specialUse === specialUse && row.ordinal === ordinal && row.chosen === chosen) return false
  transactions.begin()
  if (row === undefined) statements.addFolder.run(name, specialUse, ordinal, chosen)
  else statements.placeFolder.run(specialUse, ordinal, chosen, row.number)
  return true
}

function removeFolder({ db, statements, transactions }: ScanContext, row: FolderRow): void {
  transactions.begin()
  db.exec(STATEMENTS.placeIndex)
  statements.removeCopies.run(row.number, statements.lastRow.get()?.row ?? 0)
  statements.removeFolder.run(row.number)
}

async function scanOne(
  context: ScanContext,
  store: Store,
  row: ScannableFolder,
  problems: Problem[],
): Promise<FolderOutcome> {
  const before = problems.length
  const outcome = await openAndScan(context, store, row)
  if (outcome.verdict.outcome === 'failed' && problems.length === before) {
    const { code, message } = outcome.verdict
    problems.push({ code, store: store.spec.name, folder: row.name, locator: null, message })
  }
  return outcome
}

async function openAndScan(context: ScanContext, store: Store, row: ScannableFolder): Promise<FolderOutcome> {
  let folder: Folder
  try {
    folder = await store.open(folderName(row.name))
  } catch (error) {
    return failFolder(context, row, error)
  }
  try {
    return await scanFolder(context, row, folder)
  } finally {
    await folder[Symbol.asyncDispose]()
  }
}

/** Copies that are the same object as another are counted once, where it comes first. */
function describeFolders({ db }: ScanContext, scanned: readonly ScannedFolder[]): FolderScan[] {
  const counts = countFolders(db)
  return scanned.map(({ row, outcome }) => ({
    folder: folderName(row.name),
    specialUse: specialUseOfText(row.specialUse),
    messages: counts.get(row.number)?.messages ?? 0,
    bytes: counts.get(row.number)?.octets ?? 0,
    read: outcome.read,
    kept: outcome.kept,
  }))
}

function summarise(
  folders: readonly FolderScan[],
  { db }: ScanContext,
  foreign: readonly Foreign[],
  problems: readonly Problem[],
): ScanSummary {
  const sum = (of: (folder: FolderScan) => number): number => folders.reduce((total, folder) => total + of(folder), 0)
  const noId = [...countFolders(db).values()].reduce((total, count) => total + count.noId, 0)
  return {
    messages: sum(({ messages }) => messages),
    bytes: sum(({ bytes }) => bytes),
    folders: folders.length,
    read: sum(({ read }) => read),
    kept: sum(({ kept }) => kept),
    noId,
    unreadable: problems.filter(({ locator }) => locator !== null).length,
    foreign: foreign.length,
  }
}
