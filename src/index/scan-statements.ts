import type { Sqlite } from './database.js'
import { collectGarbage } from './garbage.js'
import { STATEMENTS } from './statements.js'

/** A folder as the index keeps it. */
export interface FolderRow {
  readonly number: number
  readonly name: string
  readonly specialUse: string | null
  readonly ordinal: number
  readonly chosen: number
  /** null: no scan read it in full, or the last one did not. */
  readonly state: string | null
  /** UIDVALIDITY, where locators hold under one. */
  readonly generation: string | null
  readonly messages: number
  readonly octets: number
  readonly noId: number
}

/** A folder that is to be scanned. */
export interface ScannableFolder extends FolderRow {
  /** No earlier scan met it: it has no rows. */
  readonly isNew: boolean
}

/** Messages, their octets, and those of them with no ID. */
export interface FolderCount {
  messages: number
  octets: number
  noId: number
}

type Text = string | null
type Numeric = number | null
/** In the order of the columns in queries.ts. */
export type CopyValues = [
  row: number,
  folder: number,
  position: number,
  locator: string,
  key: Text,
  wire: Text,
  size: number,
  date: Numeric,
  received: Numeric,
  sender: string,
  subject: string,
  flags: string,
  traceFields: number,
  boundsInDoubt: number,
  stamp: string,
  object: string,
  otherNames: number,
  emailId: Text,
  lateWire: Text,
  headSum: number,
]

export type ScanStatements = ReturnType<typeof prepareScan>

/** The statements a scan runs, with the types of what goes in and comes out. */
export function prepareScan(db: Sqlite) {
  return {
    folders: db.prepare<[], FolderRow>(STATEMENTS.folders),
    addFolder: db.prepare<[string, Text, number, number]>(STATEMENTS.addFolder),
    placeFolder: db.prepare<[Text, number, number, number]>(STATEMENTS.placeFolder),
    forgetState: db.prepare<[number]>(STATEMENTS.forgetState),
    settleFolder: db.prepare<[Text, Text, number, number, number, number]>(STATEMENTS.settleFolder),
    removeFolder: db.prepare<[number]>(STATEMENTS.removeFolder),
    lastRow: db.prepare<[], { row: number }>(STATEMENTS.lastRow),
    addCopy: db.prepare<CopyValues>(STATEMENTS.addCopy),
    carryWire: db.prepare<[number, number, number]>(STATEMENTS.carryWire),
    addContent: db.prepare<[number, string, number, number]>(STATEMENTS.addContent),
    carryContent: db.prepare<[number, number]>(STATEMENTS.carryContent),
    knownCopies: db
      .prepare<[number, number, number, string, number, number], [number, string, number, string, string]>(
        STATEMENTS.knownCopies,
      )
      .raw(),
    rowsOfFolder: db
      .prepare<[number, number, number, string, number, number], [number, string, number, number]>(
        STATEMENTS.rowsOfFolder,
      )
      .raw(),
    removeCopy: db.prepare<[number], { size: number; key: Text }>(STATEMENTS.removeCopy),
    removeCopies: db.prepare<[number, number]>(STATEMENTS.removeCopies),
    reflag: db.prepare<[string, number]>(STATEMENTS.reflag),
    hide: db.prepare<[number, number]>(STATEMENTS.hide),
    showUnseen: db.prepare<[number]>(STATEMENTS.showUnseen),
    countFolder: db.prepare<[number], FolderCount>(STATEMENTS.countFolder),
    anyOtherNames: db.prepare<[number], { row: number }>(STATEMENTS.anyOtherNames),
    anyElsewhere: db.prepare<[number], { row: number }>(STATEMENTS.anyElsewhere),
    showAliases: db.prepare<[]>(STATEMENTS.showAliases),
    hideAliases: db.prepare<[]>(STATEMENTS.hideAliases),
  }
}

/** Rows held in memory at a time where a table is walked. */
export const PAGE = 2000
/** Rows written before they are made durable. */
const TRANSACTION_ROWS = 10_000
/** Rows written before the memory that they used is given back. */
const COLLECTED_ROWS = 60_000

export interface Transactions {
  /** To be called before anything is written. */
  begin(): void
  /** Tells how much was written, at a point where what is written so far holds together. */
  wrote(rows: number): void
  commit(): void
}

/** Gathers what is written into transactions of some size, over folders as well. */
export function makeTransactions(db: Sqlite): Transactions {
  let pending = 0
  let uncollected = 0
  const commit = (): void => {
    if (db.inTransaction) db.exec('commit')
    pending = 0
  }
  return {
    begin: () => {
      if (!db.inTransaction) db.exec('begin')
    },
    wrote: (rows) => {
      pending += rows
      uncollected += rows
      if (pending >= TRANSACTION_ROWS) commit()
      if (uncollected < COLLECTED_ROWS) return
      collectGarbage()
      uncollected = 0
    },
    commit,
  }
}
