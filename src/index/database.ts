import { createHash } from 'node:crypto'
import { chmodSync, closeSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import Database from 'better-sqlite3'
import { CANONICALISER_VERSION } from '../message/message.js'
import { type IndexSchema, SCHEMA_VERSION } from './schema.js'
import { STATEMENTS } from './statements.js'

export type Sqlite = Database.Database

/** What an index must have been made with, and for, to be believed. */
export interface IndexOwner {
  /** `Store.identity`. */
  readonly identity: string
  /** What the user calls the store; makes the file's name readable. */
  readonly name: string
  readonly keepSubjects: boolean
}

export interface OpenedIndex {
  readonly db: Sqlite
  /** Where it lies; null: it is private and gone when it is closed. */
  readonly path: string | null
  /** What befell the index, for the user. */
  readonly notes: readonly string[]
}

/**
 * Opens the index of a store for this process alone, or a private one when that cannot be had: another run has it, its
 * directory cannot be written. What is no index, or one of another version, is made anew. Never an error: an index is a cache.
 *
 * @param directory - null: a private one is wanted
 */
export function openIndex(directory: string | null, owner: IndexOwner, rebuild: boolean): OpenedIndex {
  if (directory === null) return openPrivate([])
  const path = join(directory, fileNameOf(owner))
  try {
    makeFile(directory, path)
    return openFile(path, owner, rebuild)
  } catch (error) {
    if (!isNoIndex(error)) return openPrivate([describeFailure(error)])
  }
  try {
    discardIndex(path)
    makeFile(directory, path)
    return withNote(openFile(path, owner, rebuild), 'the index was damaged and was made anew')
  } catch (error) {
    return openPrivate([describeFailure(error)])
  }
}

/** Removes the file of an index that proved to be damaged. */
export function discardIndex(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true })
}

/** Whether the index, not the mail or the program, is what failed. */
export function isIndexFailure(error: unknown): boolean {
  return (
    error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB|IOERR|FULL|READONLY|CANTOPEN)/.test(error.code)
  )
}

export const isNoIndex = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code)

/** An index that nothing else sees: SQLite keeps it in memory and, when it grows, in an unlinked temporary file. */
export function openPrivate(notes: readonly string[]): OpenedIndex {
  const db = openScratch()
  createTables(db)
  return { db, path: null, notes }
}

/**
 * An empty database that nothing else sees and that is gone when it is closed.
 *
 * @param cacheKib - how much of it stays in memory, in KiB
 */
export function openScratch(cacheKib = CACHE_KIB): Sqlite {
  const db = new Database('')
  setUp(db, cacheKib)
  db.pragma('journal_mode = OFF')
  db.pragma('synchronous = OFF')
  return db
}

function openFile(path: string, owner: IndexOwner, rebuild: boolean): OpenedIndex {
  const db = new Database(path, { timeout: 0 })
  try {
    setUp(db)
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = NORMAL')
    db.exec('begin immediate')
    const note = rebuild ? null : findMismatch(db, owner)
    if (rebuild || note !== '') makeAnew(db, owner)
    db.exec('commit')
    if (rebuild || note) forgetPages(db)
    return { db, path, notes: note ? [note] : [] }
  } catch (error) {
    db.close()
    throw error
  }
}

/** Dialect and engine: everything that is SQLite's alone stands in this file and in statements.ts. */
function setUp(db: Sqlite, cacheKib = CACHE_KIB): void {
  db.pragma('locking_mode = EXCLUSIVE')
  db.pragma(`cache_size = -${cacheKib}`)
  db.pragma('wal_autocheckpoint = 4000')
  db.pragma('foreign_keys = ON')
}

const CACHE_KIB = 16 * 1024

/** Why the index cannot be used as it is; null: it is new; empty: it can. */
function findMismatch(db: Sqlite, owner: IndexOwner): string | null {
  const tables = db.prepare<[], { name: string }>("select name from sqlite_master where type = 'table'").all()
  if (tables.length === 0) return null
  if (!tables.some(({ name }) => name === 'meta')) return 'the index was not one of mbaudit and was made anew'
  if (TABLES.some((table) => !tables.some(({ name }) => name === table)))
    return 'the index was damaged and was made anew'
  const found = new Map(db.prepare<[], [string, string]>(STATEMENTS.readMeta).raw().all())
  const wanted = Object.entries(metaOf(owner))
  const other = wanted.find(([name, value]) => found.get(name) !== value)
  return other ? (MISMATCHES[other[0]] ?? 'the index was of another version and was made anew') : ''
}

const TABLES = ['folder', 'copy', 'content', 'difference'] as const satisfies readonly (keyof IndexSchema)[]

const MISMATCHES: Readonly<Record<string, string>> = {
  identity: 'the index was that of another store and was made anew',
  subjects: 'the index was made anew, since it is to be with or without From and Subject now',
}

const metaOf = (owner: IndexOwner): Readonly<Record<string, string>> => ({
  schema: String(SCHEMA_VERSION),
  canonicaliser: String(CANONICALISER_VERSION),
  identity: owner.identity,
  subjects: owner.keepSubjects ? 'kept' : 'left out',
})

function makeAnew(db: Sqlite, owner: IndexOwner): void {
  const tables = db
    .prepare<[], [string]>(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by rowid desc",
    )
    .raw()
    .all()
  for (const [name] of tables) db.exec(`drop table "${name.replaceAll('"', '""')}"`)
  createTables(db)
  const write = db.prepare<[string, string]>(STATEMENTS.writeMeta)
  for (const [name, value] of Object.entries(metaOf(owner))) write.run(name, value)
}

/** Overwrites what dropped tables left in the file and its log: From and Subject of mail must not outlive them there. */
function forgetPages(db: Sqlite): void {
  db.exec('vacuum')
  db.pragma('wal_checkpoint(TRUNCATE)')
}

function createTables(db: Sqlite): void {
  db.exec(STATEMENTS.createMeta)
  db.exec(STATEMENTS.createFolder)
  db.exec(STATEMENTS.createCopy)
  db.exec(STATEMENTS.createContent)
  db.exec(STATEMENTS.createDifference)
  db.exec(STATEMENTS.createOtherNamesIndex)
  db.exec(STATEMENTS.createHiddenIndex)
  db.exec(STATEMENTS.createNoIdIndex)
}

/** The owner's alone, whatever the umask and whoever made it. */
function makeFile(directory: string, path: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  chmodSync(directory, 0o700)
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
}

function fileNameOf({ identity, name }: IndexOwner): string {
  const readable = basename(name)
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 40)
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 16)
  return `${readable === '' ? '' : `${readable}-`}${hash}.sqlite`
}

function describeFailure(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY'))
    return 'the index is in use by another run; this one made its own and does not keep it'
  return `the index cannot be kept (${text}); this run made one for itself alone`
}

const withNote = (opened: OpenedIndex, note: string): OpenedIndex => ({ ...opened, notes: [note, ...opened.notes] })
