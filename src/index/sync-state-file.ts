import { createHash } from 'node:crypto'
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { CANONICALISER_VERSION } from '../message/message.js'
import type { Sqlite } from './database.js'

/** Version of the tables below. A state of another one is put aside. */
const STATE_VERSION = 2

const TABLES = `
create table "meta" ("name" text primary key, "value" text not null) without rowid;
create table "place" ("number" integer primary key, "folder" text not null, "generation" text);
create table "flags" ("number" integer primary key, "text" text not null unique);
create table "folders" ("a" text not null, "b" text not null, primary key ("a", "b")) without rowid;
create table "pair" ("number" integer primary key, "identity" text not null, "wire" blob, "size" integer not null,
  "aPlace" integer not null, "aLocator" text not null, "bPlace" integer not null, "bLocator" text not null,
  "flags" integer not null, "aKey" integer not null, "bKey" integer not null, "sum" integer not null, "aWire" blob, "bWire" blob);
create index "pairIdentity" on "pair" ("identity");
create index "pairA" on "pair" ("aKey");
create index "pairB" on "pair" ("bKey");
`

/** What a state must have been made with, and for, to be believed. */
export interface SyncStateOwner {
  readonly channel: string
  /** `Store.identity` of both. */
  readonly a: string
  readonly b: string
}

export interface OpenedState {
  readonly db: Sqlite
  /** Where it lies; empty: nothing is kept. */
  readonly path: string
  readonly notes: readonly string[]
}

/** What is done to the file of a state: `look` leaves it as it is, whatever is in it; `rebuild` forgets what is known. */
export type StateUse = 'use' | 'look' | 'rebuild' | 'look-rebuilt'

/** Where the state of a channel lies. */
export const stateFileOf = (directory: string, channel: string): string =>
  join(directory, 'sync', fileNameOf({ channel }))

/** Opens the file of a channel's state; one that cannot be believed is put aside, and a new one begun. */
export function openStateFile(directory: string | null, owner: SyncStateOwner, use: StateUse): OpenedState {
  if (directory === null) return keptNowhere(owner)
  const place = join(directory, 'sync')
  const path = stateFileOf(directory, owner.channel)
  if (use === 'look' || use === 'look-rebuilt') return lookAt(path, owner, use)
  mkdirSync(place, { recursive: true, mode: 0o700 })
  chmodSync(directory, 0o700)
  chmodSync(place, 0o700)
  makePrivate(path)
  if (use === 'rebuild') return beginAnew(path, owner, [FORGOTTEN])
  let db: Sqlite | null = null
  try {
    db = new Database(path, { timeout: BUSY_MS })
    setUp(db)
    const why = findMismatch(db, owner)
    if (why === '') return { db, path, notes: [] }
    if (why === null) return { db: beginState(db, owner), path, notes: [] }
    db.close()
    return beginAnew(path, owner, [why])
  } catch (error) {
    db?.close()
    if (!isDamage(error)) throw error
    return beginAnew(path, owner, [DAMAGED])
  }
}

const FORGOTTEN = 'the state was forgotten, as asked for'
const DAMAGED = 'the state of the last sync is damaged'

const keptNowhere = (owner: SyncStateOwner, notes: readonly string[] = []): OpenedState => ({
  db: beginState(new Database(''), owner),
  path: '',
  notes,
})

/** What can be believed is opened, anything else is left for the next sync to put aside. */
function lookAt(path: string, owner: SyncStateOwner, use: StateUse): OpenedState {
  if (use === 'look-rebuilt') return keptNowhere(owner, [FORGOTTEN])
  if (!existsSync(path)) return keptNowhere(owner)
  let db: Sqlite | null = null
  try {
    db = new Database(path, { timeout: BUSY_MS })
    const why = findMismatch(db, owner)
    if (why === '') return { db, path, notes: [] }
    db.close()
    return keptNowhere(owner, why === null ? [] : [why])
  } catch (error) {
    db?.close()
    if (!isDamage(error)) throw error
    return keptNowhere(owner, [DAMAGED])
  }
}

/** Milliseconds that another run is waited for, which writes for a moment. */
const BUSY_MS = 10_000

export const isDamage = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ|FORMAT|ERROR)/.test(error.code)

/** Puts the file aside and begins a new one: it is kept for people and never read again. */
function beginAnew(path: string, owner: SyncStateOwner, notes: readonly string[]): OpenedState {
  rmSync(`${path}-journal`, { force: true })
  renameSync(path, `${path}.aside`)
  makePrivate(path)
  const db = new Database(path, { timeout: BUSY_MS })
  setUp(db)
  return { db: beginState(db, owner), path, notes }
}

/** A rollback journal and full flushes: what was written stays written, and a reader does not stand in the way for long. */
function setUp(db: Sqlite): void {
  db.pragma('journal_mode = DELETE')
  db.pragma('synchronous = FULL')
  db.pragma('cache_size = -16384')
}

function beginState(db: Sqlite, owner: SyncStateOwner): Sqlite {
  db.transaction(() => {
    db.exec(TABLES)
    const write = db.prepare<[string, string]>('insert into "meta" values (?, ?)')
    for (const [name, value] of Object.entries(metaOf(owner))) write.run(name, value)
    write.run('count', '0')
  })()
  return db
}

const metaOf = ({ channel, a, b }: SyncStateOwner): Readonly<Record<string, string>> => ({
  version: String(STATE_VERSION),
  canonicaliser: String(CANONICALISER_VERSION),
  channel,
  a,
  b,
})

const MISMATCHES: Readonly<Record<string, string>> = {
  version: 'the state of the last sync is of another version of mbaudit',
  canonicaliser: 'the state of the last sync is of another version of mbaudit',
  channel: 'the state of the last sync is of another channel',
}

/** Why a state cannot be believed; null: it is new; empty: it can. */
function findMismatch(db: Sqlite, owner: SyncStateOwner): string | null {
  const tables = db.prepare<[], string>('select "name" from "sqlite_master"').pluck().all()
  if (tables.length === 0) return null
  if (!tables.includes('meta')) return 'what lay in the place of the state is none'
  const found = new Map(db.prepare<[], [string, string]>('select "name", "value" from "meta"').raw().all())
  for (const [name, value] of Object.entries(metaOf(owner)))
    if (found.get(name) !== value) return MISMATCHES[name] ?? 'the state of the last sync is of other stores'
  const checked = db.pragma('quick_check(1)', { simple: true })
  return checked === 'ok' ? '' : 'the state of the last sync is damaged'
}

/** The owner's alone, whatever the umask and whoever made it. */
function makePrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
}

function fileNameOf({ channel }: Pick<SyncStateOwner, 'channel'>): string {
  const readable = channel
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 40)
  const hash = createHash('sha256').update(channel).digest('hex').slice(0, 8)
  return `${readable === '' ? '' : `${readable}-`}${hash}.sqlite`
}
