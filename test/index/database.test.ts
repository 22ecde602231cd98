import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeMemoryStore } from '../../src/stores/memory/store.js'
import { scan } from '../support/scanning.js'

let home: string
let cacheDirectory: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'mbaudit-index-'))
  cacheDirectory = join(home, 'cache', 'mbaudit')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const raw = Buffer.from('Message-ID: <1@x>\n\ntext\n')
const makeStore = () => makeMemoryStore({ INBOX: Array.from({ length: 300 }, () => ({ raw, flags: [], received: 1 })) })

async function notesOf(store: ReturnType<typeof makeStore>, options = {}) {
  await using scanned = await scan(store, { cacheDirectory, ...options })
  const { messages, read } = scanned.summary
  return { messages, read, notes: scanned.notes.join('; ') }
}

const indexFile = (): string => join(cacheDirectory, readdirSync(cacheDirectory)[0] ?? '')

it('is for its owner alone, whatever the umask', async () => {
  const umask = process.umask(0)
  try {
    mkdirSync(cacheDirectory, { recursive: true, mode: 0o777 })
    await using scanned = await scan(makeStore(), { cacheDirectory })
    expect(scanned.notes).toEqual([])
    expect(statSync(cacheDirectory).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(cacheDirectory))
      expect(statSync(join(cacheDirectory, name)).mode & 0o777, name).toBe(0o600)
  } finally {
    process.umask(umask)
  }
})

describe('an index that cannot be used changes no result', () => {
  it('of another version', async () => {
    const store = makeStore()
    await notesOf(store)
    const db = new Database(indexFile())
    db.exec(`update meta set value = '0' where name = 'canonicaliser'`)
    db.close()
    expect(await notesOf(store)).toEqual({
      messages: 300,
      read: 300,
      notes: expect.stringContaining('another version'),
    })
    expect(await notesOf(store)).toEqual({ messages: 300, read: 0, notes: '' })
  })

  it('lacking a table', async () => {
    const store = makeStore()
    await notesOf(store)
    const db = new Database(indexFile())
    db.exec('drop table copy')
    db.close()
    expect(await notesOf(store)).toEqual({ messages: 300, read: 300, notes: expect.stringContaining('damaged') })
  })

  it('no SQLite file', async () => {
    const store = makeStore()
    await notesOf(store)
    writeFileSync(indexFile(), 'this is no database, and long enough to be told from one'.repeat(50))
    expect(await notesOf(store)).toEqual({ messages: 300, read: 300, notes: expect.stringContaining('damaged') })
    expect(await notesOf(store)).toEqual({ messages: 300, read: 0, notes: '' })
  })

  it('cut off', async () => {
    const store = makeStore()
    await notesOf(store)
    truncateSync(indexFile(), 8192)
    const { messages, read, notes } = await notesOf(store)
    expect({ messages, read }).toEqual({ messages: 300, read: 300 })
    expect(notes).not.toBe('')
    expect(await notesOf(store)).toMatchObject({ messages: 300 })
  })

  it('held by another run', async () => {
    const store = makeStore()
    await using held = await scan(store, { cacheDirectory })
    expect(held.notes).toEqual([])
    expect(await notesOf(store)).toEqual({ messages: 300, read: 300, notes: expect.stringContaining('in use') })
  })

  it('in a place that cannot be written', async () => {
    writeFileSync(join(home, 'cache'), 'a file where a directory should be')
    expect(await notesOf(makeStore())).toMatchObject({
      messages: 300,
      notes: expect.stringContaining('cannot be kept'),
    })
  })

  it('not wanted any more', async () => {
    const store = makeStore()
    await notesOf(store)
    expect(await notesOf(store, { rebuild: true })).toEqual({ messages: 300, read: 300, notes: '' })
  })
})
