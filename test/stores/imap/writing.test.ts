import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { epochSeconds } from '../../../src/message/message.js'
import { wireDigest } from '../../../src/message/wire.js'
import { folderName, type Locator, locator } from '../../../src/stores/store.js'
import type { Outcome, Outgoing, WritableFolder, WritableStore } from '../../../src/stores/writable.js'
import { isToBeTested } from '../../support/daemon.js'
import { type Dovecot, type DovecotOptions, hasDovecot, startDovecot } from '../../support/dovecot.js'
import { accountAt, quickWorld } from '../../support/imap-accounts.js'
import { openForWriting } from '../../support/imap-writing.js'
import { connectRaw, type RawImap } from '../../support/raw-imap.js'
import { mail } from '../../support/store-law.js'

const SMALL_MAIL = 'plugin {\n  quota_max_mail_size = 10K\n}'
const INBOX = folderName('INBOX')
let tokens = 0
const tokenOf = (n: number): string => n.toString(16).padStart(16, '0')

function outgoing(raw: Buffer, more: Partial<Outgoing> = {}): Outgoing {
  const bytes = raw
  return {
    token: tokenOf(++tokens),
    bytes,
    wire: wireDigest(bytes),
    flags: [],
    received: epochSeconds(1_700_000_000),
    ...more,
  }
}

const letters = (count: number): Outgoing[] => Array.from({ length: count }, (_, n) => outgoing(mail(n)))

async function append(folder: WritableFolder, messages: readonly Outgoing[]): Promise<readonly Outcome[]> {
  const work = { kind: 'append', messages } as const
  return folder.carryOut(work, await folder.prepare(work, ''))
}

async function deleteAll(folder: WritableFolder, locators: readonly Locator[]): Promise<readonly Outcome[]> {
  const changes = locators.map((where, n) => ({ token: tokenOf(n), locator: where, wire: null, flags: null }))
  const work = { kind: 'change', changes } as const
  return folder.carryOut(work, await folder.prepare(work, ''))
}

const told = (outcomes: readonly Outcome[]): string[] => outcomes.map(({ outcome }) => outcome)
const uid = (n: number): Locator => locator(`uid=${n}`)

describe.skipIf(!isToBeTested(hasDovecot))('writing to Dovecot (scripts/install-test-servers.sh)', () => {
  const servers: Dovecot[] = []
  const stores: WritableStore[] = []
  let plain: Dovecot
  let users = 0
  beforeAll(async () => {
    plain = await serverWith({})
  })
  afterAll(async () => {
    for (const store of stores) await store[Symbol.asyncDispose]()
    for (const server of servers) await server[Symbol.asyncDispose]()
  })
  async function serverWith(options: DovecotOptions): Promise<Dovecot> {
    const server = await startDovecot(options)
    servers.push(server)
    return server
  }
  /** A new account, opened for writing, and another client of it. */
  async function given(server = plain) {
    const user = `writer${++users}`
    const world = { ...quickWorld(), now: Date.now }
    const other: RawImap = await connectRaw(server.port, user)
    const open = async () => {
      const store = await openForWriting(accountAt(server.port, { user }), world)
      stores.push(store)
      return store
    }
    const store = await open()
    return { store, other, open, notes: world.notes, pauses: world.pauses, folder: await store.openForWriting(INBOX) }
  }
  const subjects = async (other: RawImap, folder = 'INBOX'): Promise<string[]> => {
    const { exists } = await examine(other, folder)
    if (exists === 0) return []
    const answer = await other.command('FETCH', '1:*', '(BODY.PEEK[HEADER.FIELDS (SUBJECT)])')
    return [...answer.matchAll(/^Subject: (.*?)\r$/gm)].map(([, subject = '']) => subject)
  }
  const examine = async (other: RawImap, folder: string): Promise<{ exists: number }> => {
    const answer = await other.command('EXAMINE', `"${folder}"`)
    return { exists: Number(/\* (\d+) EXISTS/.exec(answer)?.[1]) }
  }

  describe.each([
    ['by MULTIAPPEND', {}],
    ['in a line of commands', { capability: 'IMAP4rev1 UIDPLUS LITERAL+' }],
    ['with MULTIAPPEND and LITERAL-', { capability: 'IMAP4rev1 UIDPLUS MULTIAPPEND LITERAL-' }],
    ['one by one', { capability: 'IMAP4rev1' }],
  ] satisfies [string, DovecotOptions][])('storing %s', (_, options) => {
    it('keeps the order, and goes on behind what the server refuses', async () => {
      const { folder, other } = await given(await serverWith(options))
      const messages = [...letters(4), outgoing(Buffer.alloc(0)), ...letters(3), outgoing(mail(50, 'x'.repeat(9_000)))]
      const outcomes = await append(folder, messages)
      const done = (n: number) => ({ token: messages[n]?.token, outcome: 'done', locator: uid(n < 4 ? n + 1 : n) })
      expect(outcomes).toEqual([
        ...[0, 1, 2, 3].map(done),
        { token: messages[4]?.token, outcome: 'refused', words: "Can't save a zero byte message" },
        ...[5, 6, 7, 8].map(done),
      ])
      expect(await subjects(other)).toEqual([0, 1, 2, 3, 0, 1, 2, 50].map((n) => `Mail ${n}`))
    })
  })

  it('finds the messages of a batch that the server refuses', async () => {
    const { folder, other, pauses } = await given(await serverWith({ quota: 'storage=1G', more: SMALL_MAIL }))
    const messages = letters(20).map((one, n) => (n === 13 || n === 14 ? outgoing(mail(n, 'x'.repeat(20_000))) : one))
    const outcomes = await append(folder, messages)
    expect(outcomes.filter(({ outcome }) => outcome !== 'done')).toEqual(
      [13, 14].map((n) => ({
        token: messages[n]?.token,
        outcome: 'refused',
        words: '[LIMIT] Mail size is larger than the maximum size allowed by server configuration',
      })),
    )
    expect((await subjects(other)).length).toBe(18)
    expect(pauses).toEqual([])
  })

  it('tells of a received date that servers do not keep', async () => {
    const { folder, notes, other } = await given()
    const dates = [-86_400, 0, 1_700_000_000, 2 ** 31 + 86_400].map(epochSeconds)
    expect(
      told(
        await append(
          folder,
          dates.map((received) => outgoing(mail(1), { received })),
        ),
      ),
    ).toEqual(Array(4).fill('done'))
    expect(notes.join('\n')).toMatch(
      /1 messages were received before 1970.*\n.*1 messages have a received date that is yet to come/,
    )
    await examine(other, 'INBOX')
    const answer = await other.command('FETCH', '1:3', '(INTERNALDATE)')
    expect([...answer.matchAll(/INTERNALDATE "(.*?)"/g)].map(([, date]) => date)).toEqual([
      '01-Jan-1970 00:00:00 +0000',
      '01-Jan-1970 00:00:00 +0000',
      '14-Nov-2023 22:13:20 +0000',
    ])
  })

  it('leaves out flags that IMAP cannot write, and says so beforehand', async () => {
    const { folder } = await given()
    const flags = ['\\Seen', 'todo', 'k w', 'k]w', 'ké', '\\Foo', 'NIL', '']
    expect(flags.filter((flag) => folder.writing.whyNoFlag(flag) === '')).toEqual(['\\Seen', 'todo'])
    expect(told(await append(folder, [outgoing(mail(1), { flags })]))).toEqual(['done'])
  })

  it('settles what a crash left: what was stored is found beyond the mark alone', async () => {
    const { folder, other, open } = await given()
    const messages = [...letters(4), outgoing(mail(2))]
    await append(folder, [outgoing(mail(0)), outgoing(mail(1))])
    const work = { kind: 'append', messages } as const
    const mark = await folder.prepare(work, '')
    // As a session that died before it heard an answer left it, among what others store.
    for (const n of [77, 0, 2]) await other.command('APPEND', 'INBOX', mail(n))
    const later = await (await open()).openForWriting(INBOX)
    const settled = await later.settle(mark)
    expect(settled).toEqual(await later.settle(mark))
    expect(settled.map((one) => (one.outcome === 'done' ? one.locator : one.outcome))).toEqual([
      uid(4),
      'not-done',
      uid(5),
      'not-done',
      'not-done',
    ])
  })

  it('knows a message again that the server altered, by what it says of itself and its date', async () => {
    const { folder, other, open } = await given()
    const messages = letters(2)
    const mark = await folder.prepare({ kind: 'append', messages }, '')
    const date = '"14-Nov-2023 22:13:20 +0000"'
    await other.command('APPEND', 'INBOX', date, mail(0, 'altered\n'))
    await other.command('APPEND', 'INBOX', '"14-Nov-2023 22:13:21 +0000"', mail(1, 'of another\n'))
    const later = await (await open()).openForWriting(INBOX)
    expect(told(await later.settle(mark))).toEqual(['done', 'not-done'])
  })

  it('notices mail of others between its own', async () => {
    const { folder, other } = await given()
    await append(folder, letters(3))
    expect(folder.othersCame?.()).toBe(false)
    await other.command('APPEND', 'INBOX', mail(50))
    await append(folder, letters(3))
    expect([folder.othersCame?.(), folder.othersCame?.()]).toEqual([true, false])
    await append(folder, letters(3))
    expect(folder.othersCame?.()).toBe(false)
  })

  it('expunges its own messages alone', async () => {
    const { folder, other } = await given()
    await append(folder, letters(5))
    await other.command('SELECT', 'INBOX')
    await other.command('STORE', '2', '+FLAGS', '(\\Deleted)')
    expect(told(await deleteAll(folder, [uid(1), uid(4)]))).toEqual(['done', 'done'])
    expect(await subjects(other)).toEqual(['Mail 1', 'Mail 2', 'Mail 4'])
  })

  it('marks and does not expunge where the server has no UIDPLUS', async () => {
    const { folder, other } = await given(await serverWith({ capability: 'IMAP4rev1 LITERAL+' }))
    await append(folder, letters(3))
    expect(folder.writing.movesNatively).toBe(false)
    expect(told(await deleteAll(folder, [uid(2)]))).toEqual(['not-expunged'])
    expect(await subjects(other)).toEqual(['Mail 0', 'Mail 1', 'Mail 2'])
  })

  it('tells what another client took away in between', async () => {
    const { folder, other } = await given()
    await append(folder, letters(3))
    const flags = { add: ['\\Flagged'], remove: [] }
    const changes = [1, 2, 3].map((n) => ({
      token: tokenOf(n),
      locator: uid(n),
      wire: null,
      flags: n === 3 ? null : flags,
    }))
    const mark = await folder.prepare({ kind: 'change', changes }, '')
    await other.command('SELECT', 'INBOX')
    for (const n of ['1', '3']) await other.command('UID STORE', n, '+FLAGS', '(\\Deleted)')
    await other.command('EXPUNGE')
    expect(told(await folder.carryOut({ kind: 'change', changes }, mark))).toEqual(['gone', 'done', 'gone'])
  })

  it('takes a mark of deletion back that a crash left, and not one that was there', async () => {
    const { folder, other, open } = await given()
    await append(folder, [outgoing(mail(1)), outgoing(mail(2), { flags: ['\\Deleted'] })])
    const changes = [1, 2].map((n) => ({ token: tokenOf(n), locator: uid(n), wire: null, flags: null }))
    const mark = await folder.prepare({ kind: 'change', changes }, '')
    await other.command('SELECT', 'INBOX')
    await other.command('UID STORE', '1:2', '+FLAGS', '(\\Deleted)')
    const later = await (await open()).openForWriting(INBOX)
    expect(told(await later.settle(mark))).toEqual(['not-done', 'not-done'])
    await other.command('NOOP')
    expect(await other.command('UID SEARCH', 'DELETED')).toMatch(/SEARCH 2\r/)
  })

  describe.each([
    ['by UID MOVE', {}],
    ['by COPY and UID EXPUNGE', { capability: 'IMAP4rev1 UIDPLUS LITERAL+' }],
  ] satisfies [string, DovecotOptions][])('moving %s', (_, options) => {
    const moves = [1, 3, 9].map((n) => ({ token: tokenOf(n), locator: uid(n) }))
    const work = { kind: 'move', to: folderName('Other'), moves } as const

    it('says where messages lie then', async () => {
      const { store, folder, other } = await given(await serverWith(options))
      await store.createFolder(work.to, null)
      await other.command('APPEND', 'Other', mail(60))
      await append(folder, letters(3))
      const outcomes = await folder.carryOut(work, await folder.prepare(work, ''))
      expect(outcomes.map((one) => (one.outcome === 'done' ? one.locator : one.outcome))).toEqual([
        uid(2),
        uid(3),
        'gone',
      ])
      expect(await subjects(other)).toEqual(['Mail 1'])
      expect(await subjects(other, 'Other')).toEqual(['Mail 60', 'Mail 0', 'Mail 2'])
    })

    it('settles what a crash left in both folders', async () => {
      const { store, folder, other, open } = await given(await serverWith(options))
      await store.createFolder(work.to, null)
      await append(folder, letters(3))
      const mark = await folder.prepare(work, '')
      await other.command('SELECT', 'INBOX')
      await other.command('UID COPY', '3', 'Other')
      const later = await (await open()).openForWriting(INBOX)
      const settled = await later.settle(mark)
      expect(told(settled)).toEqual(['not-done', 'done', 'gone'])
      expect(await later.settle(mark)).toEqual(settled)
      expect(await subjects(other)).toEqual(['Mail 0', 'Mail 1'])
      expect(await subjects(other, 'Other')).toEqual(['Mail 2'])
    })
  })

  it('does nothing to a folder that took the place of the one that was prepared', async () => {
    const { store, other } = await given()
    const name = folderName('Twice')
    await store.createFolder(name, null)
    const folder = await store.openForWriting(name)
    await append(folder, letters(2))
    const changes = [{ token: tokenOf(1), locator: uid(1), wire: null, flags: null }]
    const mark = await folder.prepare({ kind: 'change', changes }, '')
    await other.command('DELETE', 'Twice')
    await other.command('CREATE', 'Twice')
    for (const n of [5, 6]) await other.command('APPEND', 'Twice', mail(n))
    await expect(folder.carryOut({ kind: 'change', changes }, mark)).rejects.toMatchObject({ code: 'FOLDER_CHANGED' })
    await expect(append(folder, letters(1))).rejects.toMatchObject({ code: 'FOLDER_CHANGED' })
    expect(told(await folder.settle(mark))).toEqual(['changed'])
    expect((await subjects(other, 'Twice')).slice(0, 2)).toEqual(['Mail 5', 'Mail 6'])
  })

  it('stores what there is room for, and says what is left where there is none', async () => {
    const { folder, other } = await given(await serverWith({ quota: 'messages=13' }))
    const work = { kind: 'append', messages: letters(30) } as const
    const mark = await folder.prepare(work, '')
    await expect(folder.carryOut(work, mark)).rejects.toMatchObject({ code: 'QUOTA_EXCEEDED' })
    expect(told(await folder.settle(mark))).toEqual([...Array(13).fill('done'), ...Array(17).fill('not-done')])
    expect((await subjects(other)).length).toBe(13)
  })

  it('makes folders of special use, and subscribes to them', async () => {
    const { store, other } = await given()
    const name = folderName('Verschickt/Büro')
    await store.createFolder(name, '\\Sent')
    await store.subscribe(name, true)
    expect(await store.subscriptions?.()).toEqual([name])
    expect(await other.command('LIST', '""', '"Verschickt/*"')).toMatch(/B&APw-ro/)
    await store.subscribe(name, false)
    expect(await store.subscriptions?.()).toEqual([])
    await store.renameFolder(name, folderName('Fort'))
    expect((await store.list()).folders.map((folder) => folder.name)).toContain('Fort')
    await store.deleteEmptyFolder(folderName('Fort'))
    expect((await store.list()).folders.map((folder) => folder.name)).not.toContain('Fort')
  })
})
