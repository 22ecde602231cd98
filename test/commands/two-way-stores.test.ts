import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fillAccount, readAccount } from '../support/account-mail.js'
import { isToBeTested } from '../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.js'
import { forEachTest } from '../support/for-each-test.js'
import { type Mail, mail, mails, readMaildir, writeMaildir } from '../support/maildir-mail.js'
import { connectRaw } from '../support/raw-imap.js'
import { finished } from '../support/run-program.js'
import { filesOf, flag, makeTwoWayPlace, remove } from '../support/two-way-place.js'

const ENV = { MBAUDIT_PASSWORD: 'secret' }
const place = forEachTest(() => makeTwoWayPlace(ENV))

/** By folder, the numbers of its messages; folders without any are left out. */
const numbered = (found: Readonly<Record<string, readonly string[]>>, nameOf = (name: string) => name) =>
  Object.fromEntries(
    Object.entries(found)
      .filter(([, lines]) => lines.length > 0)
      .map(([folder, lines]) => [nameOf(folder), lines.map(numberIn).sort((one, other) => one - other)])
      .sort(([one = ''], [other = '']) => (one < other ? -1 : 1)),
  )
const numberIn = (text: string): number => Number(/^Subject: Number (\d+)\r?$/m.exec(text)?.[1])
const expectNothingToDo = async () => {
  const again = await place.sync('--yes')
  expect([again.status, again.document.steps]).toEqual([0, []])
}

describe.skipIf(!isToBeTested(hasDovecot))('two-way between accounts (Dovecot)', () => {
  let dovecot: Dovecot
  let users = 0
  let user: string
  beforeAll(async () => {
    dovecot = await startDovecot()
  })
  afterAll(() => dovecot[Symbol.asyncDispose]())
  beforeEach(() => {
    user = `two${++users}`
  })

  const account = (name: string, port: number, who: string) =>
    `${name}: { type: imap, host: 127.0.0.1, port: ${port}, user: ${who}, tls: none }`
  const expunge = async (port: number, who: string, folder: string, numbers: readonly number[]) => {
    await using raw = await connectRaw(port, who)
    await raw.command('SELECT', `"${folder}"`)
    for (const number of numbers) {
      const found = await raw.command('UID', 'SEARCH', 'HEADER', 'MESSAGE-ID', `"<${number}@example.org>"`)
      const [, uid = ''] = /^\* SEARCH (\d+)/m.exec(found) ?? []
      await raw.command('UID', 'STORE', uid, '+FLAGS.SILENT', '(\\Deleted)')
      await raw.command('UID', 'EXPUNGE', uid)
    }
  }

  it('an account and a Maildir: new, deleted, flagged and moved on either side', async () => {
    place.configure(
      [account('server', dovecot.port, user), 'laptop: { type: maildir, path: ./laptop }'],
      'home: { between: [server, laptop], mode: two-way }',
    )
    const laptop = place.at('laptop')
    fillAccount(dovecot, user, { INBOX: mails(0, 20), 'Archive/2001': [mail(30)] })
    writeMaildir(laptop, { INBOX: mails(10, 25) })
    const first = await place.sync('--yes')
    expect([first.status, first.document.summary]).toMatchObject([0, { copy: 16, delete: 0, failed: 0, verified: 16 }])
    await expectNothingToDo()
    await expunge(dovecot.port, user, 'INBOX', [0, 1])
    remove(laptop, 2)
    flag(laptop, 3, 'FS')
    writeMaildir(laptop, { INBOX: [mail(40)], Lists: [mail(41)] })
    fillAccount(dovecot, user, { 'Archive/2001': [mail(42, { received: 1_600_000_000 })] })
    {
      await using raw = await connectRaw(dovecot.port, user)
      await raw.command('SELECT', 'INBOX')
      const found = await raw.command('UID', 'SEARCH', 'HEADER', 'MESSAGE-ID', '"<4@example.org>"')
      const [, uid = ''] = /^\* SEARCH (\d+)/m.exec(found) ?? []
      await raw.command('UID', 'MOVE', uid, '"Archive/2001"')
      await raw.command('UID', 'STORE', '4', '+FLAGS.SILENT', '($Label1)')
    }
    const second = await place.sync('--yes')
    expect([second.status, second.document.summary]).toMatchObject([0, { copy: 3, move: 1, delete: 3, failed: 0 }])
    const there = numbered(await readAccount(dovecot.port, user))
    expect(numbered(readMaildir(laptop))).toEqual(there)
    expect(there).toMatchObject({ 'Archive/2001': [4, 30, 42], Lists: [41] })
    const flagged = (await readAccount(dovecot.port, user)).INBOX?.find((line) => numberIn(line) === 3)
    expect(flagged).toMatch(/^\$Label1 \\Flagged \\Seen/)
    await expectNothingToDo()
  })

  it('the state lost, with deletions on both sides: the union, nothing twice', async () => {
    place.configure(
      [account('server', dovecot.port, user), 'laptop: { type: maildir, path: ./laptop }'],
      'home: { between: [server, laptop], mode: two-way }',
    )
    fillAccount(dovecot, user, { INBOX: [...mails(0, 30), mail(50, { id: null })] })
    await place.sync('--yes')
    await expunge(dovecot.port, user, 'INBOX', [3])
    remove(place.at('laptop'), 5)
    for (const part of ['state', 'cache']) rmSync(join(place.path, '..', part), { recursive: true })
    const { document } = await place.sync('--yes')
    expect(document.summary).toMatchObject({ copy: 2, delete: 0 })
    expect(document.cameBack).toHaveLength(2)
    expect(numbered(readMaildir(place.at('laptop')))).toEqual(numbered(await readAccount(dovecot.port, user)))
    await expectNothingToDo()
  })

  it('a folder made anew on the server (another UIDVALIDITY) deletes nothing on the laptop', async () => {
    place.configure(
      [account('server', dovecot.port, user), 'laptop: { type: maildir, path: ./laptop }'],
      'home: { between: [server, laptop], mode: two-way }',
    )
    fillAccount(dovecot, user, { INBOX: [mail(90)], Work: mails(0, 15) })
    await place.sync('--yes')
    {
      await using raw = await connectRaw(dovecot.port, user)
      await raw.command('DELETE', 'Work')
      await setTimeout(1100)
      await raw.command('CREATE', 'Work')
      await raw.command('APPEND', 'Work', Buffer.from(mail(3).text.replaceAll('\n', '\r\n')))
    }
    const held = readMaildir(place.at('laptop')).Work
    const { status, document } = await place.sync('--yes')
    expect(document.summary?.delete ?? 0).toBe(0)
    expect(readMaildir(place.at('laptop')).Work).toHaveLength(held?.length ?? 0)
    expect([0, 5]).toContain(status)
  })

  it('two accounts with other separators and prefixes', async () => {
    await using dotted = await startDovecot({ separator: '.', prefix: 'INBOX.' })
    place.configure(
      [account('one', dovecot.port, user), account('other', dotted.port, user)],
      'home: { between: [one, other], mode: two-way }',
    )
    fillAccount(dovecot, user, { INBOX: mails(0, 5), 'Archive/2001': mails(5, 8) })
    fillAccount(dotted, user, { INBOX: [...mails(3, 5), mail(60)], Sent: [mail(20)] })
    expect((await place.sync('--yes')).status).toBe(0)
    await expectNothingToDo()
    await expunge(dotted.port, user, 'INBOX.Archive.2001', [6])
    await expunge(dovecot.port, user, 'Sent', [20])
    const { document } = await place.sync('--yes')
    expect(document.summary).toMatchObject({ copy: 0, delete: 2, failed: 0 })
    const plain = (name: string) => name.replace(/^INBOX\./, '').replaceAll('.', '/')
    expect(numbered(await readAccount(dotted.port, user), plain)).toEqual(
      numbered(await readAccount(dovecot.port, user)),
    )
    await expectNothingToDo()
  })

  it('killed at random and run again: nothing lost, nothing twice, both alike', async () => {
    place.configure(
      [account('server', dovecot.port, user), 'laptop: { type: maildir, path: ./laptop }'],
      'home: { between: [server, laptop], mode: two-way }',
    )
    fillAccount(dovecot, user, { INBOX: mails(0, 250) })
    writeMaildir(place.at('laptop'), { INBOX: mails(200, 450) })
    const journaled = () => octetsOfJournals(join(place.state, 'runs'))
    let kills = 0
    for (const octets of [300, 4000, 15_000, 40_000]) {
      const before = journaled()
      const child = place.start(['sync', 'home', '--yes'], ENV)
      const end = finished(child)
      while (child.exitCode === null && journaled() - before < octets) await setTimeout(1)
      if (child.exitCode === null) kills += Number(child.kill('SIGKILL'))
      await end
      // What was brought over before the kill is known: deleted now, it is not taken for new.
      const [gone] = filesOf(place.at('laptop'), 200 + kills)
      if (gone !== undefined) rmSync(gone)
    }
    expect(kills).toBeGreaterThan(0)
    const { status, document } = await place.sync('--yes', '--max-delete', 'none')
    expect([status, document.summary.failed]).toEqual([0, 0])
    const [here, there] = [numbered(readMaildir(place.at('laptop'))), numbered(await readAccount(dovecot.port, user))]
    expect(here).toEqual(there)
    expect(here.INBOX).toEqual([...new Set(here.INBOX)])
    expect(here.INBOX?.length).toBeGreaterThanOrEqual(450 - kills)
    await expectNothingToDo()
  })
})

function octetsOfJournals(runs: string): number {
  return (existsSync(runs) ? readdirSync(runs) : [])
    .map((run) => statSync(join(runs, run, 'journal.jsonl'), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0)
}

describe('two-way between files', () => {
  const writeMbox = (path: string, messages: readonly Mail[]) =>
    writeFileSync(
      path,
      messages
        .map(({ text }) => `From ana@example.org Fri Jul 14 02:40:00 2017\n${text.replace(/^(>*From )/gm, '>$1')}\n`)
        .join(''),
    )
  const inMbox = (path: string) =>
    [...readFileSync(path, 'utf8').matchAll(/^Subject: Number (\d+)$/gm)]
      .map(([, n]) => Number(n))
      .sort((x, y) => x - y)
  const inMh = (directory: string) =>
    readdirSync(directory)
      .filter((name) => /^\d+$/.test(name))
      .map((name) => numberIn(readFileSync(join(directory, name), 'utf8')))
      .sort((x, y) => x - y)

  it('mbox files and an MH folder, whose places do not last', async () => {
    place.configure(
      ['box: { type: mbox, path: ./box }', 'mh: { type: mh, path: ./mh }'],
      'home: { between: [box, mh], mode: two-way }',
    )
    mkdirSync(place.at('box'))
    mkdirSync(place.at('mh'))
    mkdirSync(place.at('mh/work'))
    writeMbox(place.at('box/work'), mails(0, 30))
    for (const [at, { text }] of mails(20, 40).entries()) writeFileSync(place.at(`mh/work/${at + 1}`), text)
    const first = await place.sync('--yes')
    expect([first.status, first.document.summary]).toMatchObject([0, { copy: 30, delete: 0, failed: 0 }])
    await expectNothingToDo()
    expect([inMbox(place.at('box/work')), inMh(place.at('mh/work'))]).toEqual([range(0, 40), range(0, 40)])

    writeMbox(place.at('box/work'), [...mails(2, 40), mail(50)])
    const gone = readdirSync(place.at('mh/work')).find(
      (name) => /^\d+$/.test(name) && numberIn(readFileSync(place.at(`mh/work/${name}`), 'utf8')) === 39,
    )
    rmSync(place.at(`mh/work/${gone}`))
    const second = await place.sync('--yes')
    expect([second.status, second.document.summary]).toMatchObject([0, { copy: 1, delete: 3, failed: 0 }])
    await expectNothingToDo()
    const right = [...range(2, 39), 50]
    expect([inMbox(place.at('box/work')), inMh(place.at('mh/work'))]).toEqual([right, right])
  })

  it('Maildirs, killed at random while users go on, and run again: both alike, nothing twice', async () => {
    place.configure(
      ['a: { type: maildir, path: ./a }', 'b: { type: maildir, path: ./b }'],
      'home: { between: [a, b], mode: two-way }',
    )
    const [a, b] = [place.at('a'), place.at('b')]
    writeMaildir(a, { INBOX: mails(0, 200), Work: mails(300, 400) })
    writeMaildir(b, { INBOX: mails(150, 280) })
    const runs = join(place.state, 'runs')
    let kills = 0
    for (const [nth, octets] of [200, 3000, 9000, 20_000].entries()) {
      const before = octetsOfJournals(runs)
      const child = place.start(['sync', 'home', '--yes'], ENV)
      const end = finished(child)
      while (child.exitCode === null && octetsOfJournals(runs) - before < octets) await setTimeout(1)
      if (child.exitCode === null) kills += Number(child.kill('SIGKILL'))
      await end
      writeMaildir(nth % 2 === 0 ? a : b, { INBOX: [mail(500 + nth)] })
    }
    expect(kills).toBeGreaterThan(0)
    expect((await place.sync('--yes')).status).toBe(0)
    await expectNothingToDo()
    expect(numbered(readMaildir(a))).toEqual(numbered(readMaildir(b)))
    expect(numbered(readMaildir(a))).toEqual({ INBOX: [...range(0, 280), ...range(500, 504)], Work: range(300, 400) })
  })
})

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at)
