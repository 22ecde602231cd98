import { chmodSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isToBeTested } from '../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.js'
import { startFaultProxy } from '../support/fault-proxy.js'
import { crlf, type HazardPlace, hazardAccount, makeHazardPlace } from '../support/hazards.js'
import { mail, mails, readMaildir, textsIn, writeMaildir } from '../support/maildir-mail.js'
import { startRewordingProxy } from '../support/rewording-proxy.js'
import { writeMbox } from '../support/small-mail.js'

let place: HazardPlace
let slave: string
beforeEach(async () => {
  place = await makeHazardPlace()
  slave = join(place.path, 's')
})
afterEach(() => place[Symbol.asyncDispose]())

const texts = (from: number, to: number): string[] => mails(from, to).map(({ text }) => text)

describe('where mailsync lost mail, between local stores', () => {
  const damages: readonly (readonly [string, (path: string) => void])[] = [
    ['is missing', (path) => rmSync(path)],
    ['was cut to nothing', (path) => truncateSync(path)],
    ['is full of NULs', (path) => writeFileSync(path, Buffer.alloc(4096))],
    ['lost 5 octets at its start', (path) => writeFileSync(path, readFileSync(path).subarray(5))],
  ]
  it.each(damages)('a folder of the master that %s empties nothing on the other side', async (_, damage) => {
    await mkdir(join(place.path, 'm'))
    await writeMbox(join(place.path, 'm'), 'INBOX', texts(0, 3))
    await writeMbox(join(place.path, 'm'), 'Work', texts(10, 40))
    await place.sync('mbox:m', 'maildir:s')
    const before = readMaildir(slave)
    damage(join(place.path, 'm', 'Work'))
    const { status } = await place.sync('mbox:m', 'maildir:s', '--delete', '--delete-folders')
    expect(readMaildir(slave)).toEqual(before)
    expect([0, 4, 5]).toContain(status)
  })

  it('messages with no ID do not count as one: each is copied, and one that goes takes no other along', async () => {
    const nameless = [1, 2, 3, 4].map((n) => mail(n, { id: n === 4 ? '<>' : null }))
    const master = writeMaildir(join(place.path, 'm'), { INBOX: nameless })
    await place.sync('maildir:m', 'maildir:s')
    expect(textsIn(slave)).toEqual(nameless.map(({ text }) => text).sort())
    rmSync(master, { recursive: true })
    writeMaildir(master, { INBOX: nameless.slice(1) })
    const { document } = await place.sync('maildir:m', 'maildir:s', '--delete')
    expect(document.summary.delete).toBe(1)
    expect(textsIn(slave)).toEqual(
      nameless
        .slice(1)
        .map(({ text }) => text)
        .sort(),
    )
  })

  it('four mails under one ID are four, for sync, for a mirror and for dedupe', async () => {
    const bodies = ['one text', 'quite another', 'a third, unlike both', 'and the last of them'].map((body, n) =>
      mail(n, { id: '<robot@example.org>', body: `${body}\n` }),
    )
    writeMaildir(join(place.path, 'm'), { INBOX: bodies })
    await place.sync('maildir:m', 'maildir:s', '--delete')
    expect((await place.sync('maildir:m', 'maildir:s', '--delete')).document.steps).toEqual([])
    expect((await place.json('dedupe', 'maildir:s', '--yes', '--class', 'modified')).document.summary.delete).toBe(0)
    expect(textsIn(slave)).toEqual(bodies.map(({ text }) => text).sort())
  })
})

describe.skipIf(!isToBeTested(hasDovecot))('where mailsync lost mail, with accounts (Dovecot)', () => {
  let dovecot: Dovecot
  beforeAll(async () => {
    dovecot = await startDovecot()
  })
  afterAll(() => dovecot[Symbol.asyncDispose]())

  it('a folder that cannot be selected is not an empty one', async () => {
    const master = hazardAccount(dovecot, { INBOX: mails(0, 3), Work: mails(10, 15) })
    await place.sync(master.url, 'maildir:s')
    const before = readMaildir(slave)
    const closed = join(dovecot.home(master.user), 'Maildir', '.Work')
    chmodSync(closed, 0)
    const run = await place.sync(master.url, 'maildir:s', '--delete', '--delete-folders', '--max-delete', 'none')
    chmodSync(closed, 0o755)
    expect([run.status, readMaildir(slave)]).toEqual([4, before])
    expect(run.document.problems.map(({ folder }: { folder: string }) => folder)).toContain('Work')
  })

  it('a download that breaks off anywhere stores no broken copy, and the intact original stays', async () => {
    const long = mails(0, 6).map((each, n) => ({ ...each, text: each.text + `line ${n}\n`.repeat(400) }))
    const master = hazardAccount(dovecot, { INBOX: long })
    const right = await master.read()
    await using proxy = await startFaultProxy(dovecot.port)
    const url = master.url.replace(`:${dovecot.port}`, `:${proxy.port}`)
    for (const [nth, after] of [4_000, 20_500].entries()) {
      const copy = join(place.path, `c${nth}`)
      proxy.set({ kind: nth % 2 === 0 ? 'cut' : 'close', from: 'server', after, connections: 1 })
      await place.sync(url, `maildir:${copy}`, '--delete')
      proxy.set(null)
      await place.sync(url, `maildir:${copy}`, '--delete')
      expect(textsIn(copy)).toEqual(long.map(({ text }) => text.replaceAll('\n', '\r\n')).sort())
      expect(await master.read()).toEqual(right)
    }
  })

  it('another client that expunges in the middle makes no wrong message copied or deleted', async () => {
    const master = hazardAccount(dovecot, { INBOX: mails(0, 8) })
    const target = hazardAccount(dovecot, { INBOX: [...mails(20, 28)] })
    await place.json('sync', master.url, target.url, '--delete', '--max-delete', 'none', '--plan', 'p.jsonl')
    await target.say(
      ['SELECT', 'INBOX'],
      ['STORE', '1:3', '+FLAGS.SILENT', '(\\Deleted)'],
      ['EXPUNGE'],
      ['APPEND', 'INBOX', crlf(mail(99).text)],
    )
    await master.say(['SELECT', 'INBOX'], ['STORE', '1:2', '+FLAGS.SILENT', '(\\Deleted)'], ['EXPUNGE'])
    expect((await place.json('apply', 'p.jsonl', '--yes')).status).toBe(4)
    const ids = (await target.read()).INBOX?.map((line) => /Message-ID: <(\d+)@/.exec(line)?.[1])
    expect(ids?.map(Number).sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 99])
  })

  it('flags and keywords follow after the first copy, mail comes in its order, and no name is skipped', async () => {
    const names = ['Entw\u00fcrfe & Co', '\u65e5\u672c\u8a9e', 'a&b']
    await mkdir(join(place.path, 'm'))
    await writeMbox(join(place.path, 'm'), 'INBOX', texts(0, 30).reverse())
    for (const [nth, name] of names.entries()) await writeMbox(join(place.path, 'm'), name, texts(40 + nth, 41 + nth))
    const target = hazardAccount(dovecot, { INBOX: [] })
    await place.sync('mbox:m', target.url)
    const listed = (await place.json('folders', target.url)).document.folders
    const filledOnes = listed.filter(({ messages }: { messages: number }) => messages > 0)
    expect(filledOnes.map(({ folder }: { folder: string }) => folder)).toEqual(
      expect.arrayContaining(['INBOX', ...names]),
    )
    const answer = await target.say(['EXAMINE', 'INBOX'], ['UID FETCH', '1:*', '(BODY.PEEK[HEADER.FIELDS (SUBJECT)])'])
    expect([...answer.matchAll(/Number (\d+)/g)].map(([, n]) => Number(n))).toEqual(
      Array.from({ length: 30 }, (_, n) => 29 - n),
    )
    const copy = hazardAccount(dovecot, { INBOX: [] })
    await place.sync(target.url, copy.url)
    await target.say(['SELECT', 'INBOX'], ['STORE', '3', '+FLAGS.SILENT', '(\\Flagged todo)'])
    await place.sync(target.url, copy.url)
    expect(await copy.read()).toEqual(await target.read())
  })

  it('of 500 messages with copies among them each distinct one arrives, and the count says so', async () => {
    const twice = mails(0, 60)
    const master = hazardAccount(dovecot, { INBOX: [...mails(0, 440), ...twice] })
    const { document } = await place.sync(master.url, 'maildir:s')
    expect(document.summary).toMatchObject({ copy: 440, done: 441, failed: 0, verified: 440 })
    expect(textsIn(slave)).toEqual(
      texts(0, 440)
        .map((text) => text.replaceAll('\n', '\r\n'))
        .sort(),
    )
  })

  it('a new UIDVALIDITY costs nothing and doubles nothing', async () => {
    const master = hazardAccount(dovecot, { INBOX: mails(0, 10) })
    const target = hazardAccount(dovecot, { INBOX: [] })
    await place.sync(master.url, target.url)
    for (const { user } of [master, target])
      rmSync(join(dovecot.home(user), 'Maildir', 'dovecot-uidlist'), { force: true })
    await using other = await startRewordingProxy(dovecot.port, (text) =>
      text.replace(/UIDVALIDITY \d+/g, 'UIDVALIDITY 7'),
    )
    const again = target.url.replace(`:${dovecot.port}`, `:${other.port}`)
    const { status, document } = await place.sync(master.url, again, '--delete')
    expect([status, document.steps, await target.count()]).toEqual([0, [], 10])
  })
})
