import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fillAccount, readAccount } from '../support/account-mail.js'
import { isToBeTested } from '../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.js'
import { mail, mails, readMaildir, writeMaildir } from '../support/maildir-mail.js'
import { connectRaw } from '../support/raw-imap.js'
import { startRewordingProxy } from '../support/rewording-proxy.js'
import { finished, makeWorkplace, type Workplace } from '../support/run-program.js'

const ENV = { MBAUDIT_PASSWORD: 'secret' }
const odd = mail(70, { body: 'caf\u00e9 \u65e5\u672c\n>From here\n\nFrom there\n.\n' })

describe.skipIf(!isToBeTested(hasDovecot))('accounts (Dovecot; scripts/install-test-servers.sh)', () => {
  let dovecot: Dovecot
  let place: Workplace
  let users = 0
  let master: string
  let slave: string
  beforeAll(async () => {
    dovecot = await startDovecot()
  })
  afterAll(() => dovecot[Symbol.asyncDispose]())
  beforeEach(async () => {
    place = await makeWorkplace()
    users++
    master = `master${users}`
    slave = `slave${users}`
  })
  afterEach(() => place[Symbol.asyncDispose]())

  const url = (user: string) => `imap://${user}@127.0.0.1:${dovecot.port}/`
  const json = async (...args: readonly string[]) => {
    const run = await place.run([...args, '--json'], ENV)
    return { ...run, document: JSON.parse(run.stdout) }
  }
  const sync = (...args: readonly string[]) => json('sync', url(master), url(slave), ...args)
  const fillBoth = () => {
    fillAccount(dovecot, master, {
      INBOX: [...mails(0, 20), mail(30, { flags: '' }), mail(31, { id: null }), odd],
      'Archive/2001': [mail(40, { flags: 'FRS' }), mail(41)],
    })
    fillAccount(dovecot, slave, {
      INBOX: [...mails(0, 10), mail(30, { flags: 'F' }), mail(41), mail(50, { flags: 'D' })],
    })
  }

  it('a mirror of an account is as the account; the master is as it was; undo makes it as it was before', async () => {
    fillBoth()
    const before = await readAccount(dovecot.port, slave)
    const right = await readAccount(dovecot.port, master)
    const { status, document } = await sync('--yes', '--delete')
    expect([status, document.summary]).toMatchObject([
      0,
      { copy: 13, move: 1, flags: 1, delete: 1, failed: 0, verified: 13 },
    ])
    expect(await readAccount(dovecot.port, slave)).toEqual(right)
    expect(await readAccount(dovecot.port, master)).toEqual(right)
    const undone = await json('undo', document.run, '--yes')
    expect(undone.status).toBe(0)
    expect(await readAccount(dovecot.port, slave)).toEqual(before)
  })

  it('has nothing to do again, from another computer too', async () => {
    fillBoth()
    await sync('--yes')
    for (const part of ['cache', 'state', 'data'])
      rmSync(join(place.path, '..', part), { recursive: true, force: true })
    const { status, document } = await sync('--yes', '--exit-code')
    expect([status, document.steps]).toEqual([0, []])
  })

  it('keywords go along, in both directions between an account and a Maildir', async () => {
    fillAccount(dovecot, master, { INBOX: mails(0, 3) })
    {
      await using raw = await connectRaw(dovecot.port, master)
      await raw.command('SELECT', 'INBOX')
      await raw.command('STORE', '1', '+FLAGS.SILENT', '($Forwarded wichtig)')
    }
    const right = await readAccount(dovecot.port, master)
    expect((await json('sync', url(master), 'maildir:copy', '--yes')).status).toBe(0)
    expect((await json('sync', 'maildir:copy', url(slave), '--yes')).status).toBe(0)
    expect(await readAccount(dovecot.port, slave)).toEqual(right)
    expect((await json('sync', url(master), url(slave), '--dry-run')).document.steps).toEqual([])
  })

  it('keywords that the server takes none of are told of once, and not planned again', async () => {
    fillAccount(dovecot, master, { INBOX: mails(0, 3) })
    fillAccount(dovecot, slave, { INBOX: mails(0, 2) })
    {
      await using raw = await connectRaw(dovecot.port, master)
      await raw.command('SELECT', 'INBOX')
      await raw.command('STORE', '1:*', '+FLAGS.SILENT', '($Forwarded)')
    }
    await using strict = await startRewordingProxy(dovecot.port, (text) => text.replace(' \\*)]', ')]'))
    const target = `imap://${slave}@127.0.0.1:${strict.port}/`
    const first = await json('sync', url(master), target, '--yes')
    expect([first.status, first.document.summary]).toMatchObject([0, { copy: 1, flags: 0 }])
    expect(first.document.notes.join(' ')).toContain('$Forwarded')
    const again = await json('sync', url(master), target, '--yes')
    expect([again.document.steps, again.document.notes.length]).toEqual([[], 1])
  })

  it("another client's deleted mail stays: only what this run deletes is expunged", async () => {
    fillAccount(dovecot, master, { INBOX: [...mails(0, 5), mail(6, { flags: 'ST' })] })
    fillAccount(dovecot, slave, { INBOX: [...mails(0, 5), mail(6, { flags: 'ST' }), mail(7), mail(8)] })
    await sync('--yes', '--delete')
    const left = (await readAccount(dovecot.port, slave)).INBOX ?? []
    expect([left.length, left.filter((line) => line.includes('\\Deleted')).length]).toEqual([6, 1])
  })

  it('a message that goes from the master after the plan was made is a stale step, and the others go on', async () => {
    fillAccount(dovecot, master, { INBOX: mails(0, 6) })
    fillAccount(dovecot, slave, { INBOX: mails(0, 2) })
    await sync('--plan', 'p.plan')
    {
      await using raw = await connectRaw(dovecot.port, master)
      await raw.command('SELECT', 'INBOX')
      await raw.command('STORE', '3', '+FLAGS.SILENT', '(\\Deleted)')
      await raw.command('EXPUNGE')
    }
    {
      await using raw = await connectRaw(dovecot.port, slave)
      await raw.command('APPEND', 'INBOX', Buffer.from(mail(4).text.replaceAll('\n', '\r\n')))
    }
    const { status, document } = await json('apply', 'p.plan', '--yes')
    expect([status, document.summary, document.problems.map(({ code }: { code: string }) => code)]).toMatchObject([
      4,
      { done: 2 },
      ['PLAN_STALE', 'PLAN_STALE'],
    ])
    expect((await readAccount(dovecot.port, slave)).INBOX).toHaveLength(5)
  })

  it('dedupe in an account leaves one of each, and undo brings the others back', async () => {
    fillAccount(dovecot, master, { INBOX: [...mails(0, 4), ...mails(0, 4), mail(9)] })
    const before = await readAccount(dovecot.port, master)
    const { status, document } = await json('dedupe', url(master), '--yes', '--exit-code')
    expect([status, document.summary]).toMatchObject([1, { delete: 4, failed: 0 }])
    expect((await readAccount(dovecot.port, master)).INBOX).toHaveLength(5)
    await json('undo', document.run, '--yes')
    expect(await readAccount(dovecot.port, master)).toEqual(before)
  })

  it('a folder whose name the server cannot have gets one that it can, and is found there again', async () => {
    await using dotted = await startDovecot({ separator: '.', prefix: 'INBOX.' })
    mkdirSync(join(place.path, 'mail', 'v1.0', 'a b'), { recursive: true })
    writeFileSync(join(place.path, 'mail', 'v1.0', 'a b', '1.eml'), mail(1).text)
    const target = `imap://dotted@127.0.0.1:${dotted.port}/`
    const { status, document } = await json('sync', 'eml:mail', target, '--yes')
    expect([status, document.summary]).toMatchObject([0, { createFolder: 1, copy: 1, failed: 0 }])
    expect(Object.keys(await readAccount(dotted.port, 'dotted'))).toEqual(['INBOX.v1_0.a b'])
    expect((await json('sync', 'eml:mail', target, '--yes', '--delete')).document.steps).toEqual([])
  })

  it('one account as master and slave is refused, whatever it is called', async () => {
    fillAccount(dovecot, master, { INBOX: mails(0, 2), Work: mails(3, 4) })
    for (const same of [url(master), `${url(master)}Work`]) {
      const { status, document } = await json('sync', url(master), same, '--yes')
      expect([same, status, document.error?.message]).toEqual([
        same,
        2,
        expect.stringMatching(/one store|other folders/),
      ])
    }
  })

  it('killed while it sends goes on: nothing lost, nothing twice', async () => {
    fillAccount(dovecot, master, { INBOX: mails(0, 400), 'Archive/2001': mails(400, 700) })
    const right = await readAccount(dovecot.port, master)
    const runs = join(place.path, '..', 'state', 'mbaudit', 'runs')
    const journaled = () =>
      (existsSync(runs) ? readdirSync(runs) : [])
        .map((run) => statSync(join(runs, run, 'journal.jsonl'), { throwIfNoEntry: false })?.size ?? 0)
        .reduce((sum, size) => sum + size, 0)
    let kills = 0
    for (const octets of [500, 9000, 25_000]) {
      const before = journaled()
      const child = place.start(['sync', url(master), url(slave), '--yes'], ENV)
      const end = finished(child)
      while (child.exitCode === null && journaled() - before < octets) await setTimeout(1)
      if (child.exitCode === null) kills += Number(child.kill('SIGKILL'))
      await end
    }
    expect(kills).toBeGreaterThan(0)
    const { status, document } = await sync('--yes')
    expect([status, document.summary.failed]).toEqual([0, 0])
    expect(await readAccount(dovecot.port, slave)).toEqual(right)
    expect((await sync('--yes')).document.steps).toEqual([])
  })

  it('no password stands in a plan, a journal or a log', async () => {
    fillBoth()
    await place.run(['sync', url(master), url(slave), '--yes', '--log-file', 'log', '--save', 'r.json'], ENV)
    const files = ['work', 'state', 'data', 'cache'].flatMap((part) => {
      const root = join(place.path, '..', part)
      return (existsSync(root) ? readdirSync(root, { recursive: true, encoding: 'utf8' }) : []).map((name) =>
        join(root, name),
      )
    })
    const texts = files.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path, 'latin1'))
    expect(texts.filter((text) => text.includes('secret'))).toEqual([])
  })

  it('a Maildir that became like an account is like it again after mail went from it', async () => {
    fillBoth()
    writeMaildir(join(place.path, 'copy'), { INBOX: [] })
    await json('sync', url(master), 'maildir:copy', '--yes')
    const before = readMaildir(join(place.path, 'copy'))
    const cur = join(place.path, 'copy', 'cur')
    for (const name of readdirSync(cur)) rmSync(join(cur, name))
    await json('sync', url(master), 'maildir:copy', '--yes')
    expect(readMaildir(join(place.path, 'copy'))).toEqual(before)
  })
})
