import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fillAccount, readAccount } from '../support/account-mail.js'
import { isToBeTested } from '../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.js'
import { untilJournaled } from '../support/journals.js'
import { mail, mails, writeMaildir } from '../support/maildir-mail.js'
import { connectRaw } from '../support/raw-imap.js'
import { startRewordingProxy } from '../support/rewording-proxy.js'
import { finished, makeWorkplace, type Workplace } from '../support/run-program.js'
import { readSchema } from '../support/schemas.js'

/** The passwords of accounts are in variables, as a list names them. */
const ENV = { OLD: 'secret', NEW: 'secret', WRONG: 'hunter2' }
const PAIR_STEPS = ['sizes', 'room', 'append-limit', 'folder-names']
const HEADER = 'account,source,sourceUser,sourcePassword,target,targetUser,targetPassword\n'

interface Row {
  readonly account: string
  readonly status: string
  readonly run: string | null
  readonly why: string | null
  readonly copied: number | null
  readonly planned: number | null
  readonly newest: string | null
}

describe.skipIf(!isToBeTested(hasDovecot))('many accounts (Dovecot; scripts/install-test-servers.sh)', () => {
  let dovecot: Dovecot
  let small: Dovecot
  let place: Workplace
  let round = 0
  beforeAll(async () => {
    dovecot = await startDovecot()
    small = await startDovecot({ quota: 'storage=20K' })
  })
  afterAll(async () => {
    await dovecot[Symbol.asyncDispose]()
    await small[Symbol.asyncDispose]()
  })
  beforeEach(async () => {
    place = await makeWorkplace()
    round++
  })
  afterEach(() => place[Symbol.asyncDispose]())

  const user = (name: string) => `${name}${round}`
  const at = ({ port }: Dovecot) => `imap://127.0.0.1:${port}/`
  const line = (name: string, to = dovecot, secret = 'OLD') =>
    [name, at(dovecot), user(`${name}old`), `env:${secret}`, at(to), user(`${name}new`), 'env:NEW'].join(',')
  const list = (...lines: readonly string[]) =>
    writeFileSync(join(place.path, 'accounts.csv'), `${HEADER}${lines.join('\n')}\n`)
  const fill = (name: string, from: number, to: number) =>
    fillAccount(dovecot, user(`${name}old`), { INBOX: mails(from, to), 'Archive/2001': [mail(to, { flags: 'F' })] })
  const json = async (...args: readonly string[]) => {
    const run = await place.run([...args, '--json'], ENV)
    const document = JSON.parse(run.stdout)
    return { ...run, document, rows: (document.accounts ?? []) as readonly Row[] }
  }
  const migrate = (...args: readonly string[]) => json('migrate', '--accounts', 'accounts.csv', ...args)
  const states = (rows: readonly Row[]) => Object.fromEntries(rows.map(({ account, status }) => [account, status]))

  it('are copied each in a run of its own; what is wrong with one keeps no other from it', async () => {
    for (const name of ['ann', 'bob', 'eve']) fill(name, 0, 5)
    fillAccount(dovecot, user('fayold'), { INBOX: [mail(1), mail(2, { body: `${'x'.repeat(70)}\n`.repeat(500) })] })
    list(line('ann'), line('eve', dovecot, 'WRONG'), 'only,three,cells', line('fay', small), line('bob'))
    const { status, document, rows, stderr } = await migrate('--yes', '--save', 'overview.csv')
    expect(states(rows)).toEqual({
      'accounts.csv:4': 'failed',
      ann: 'done',
      eve: 'failed',
      fay: 'partly',
      bob: 'done',
    })
    expect(status).toBe(3)
    expect(document.summary).toMatchObject({ accounts: 5, done: 2, partly: 1, failed: 2, copied: 13, verified: 13 })
    const codes = document.problems.map(({ code, store }: Record<string, string>) => [code, store])
    expect(codes).toEqual([
      ['USAGE', 'accounts.csv:4'],
      ['AUTH_FAILED', `imap://${user('eveold')}@127.0.0.1:${dovecot.port}/`],
      ['QUOTA_EXCEEDED', `imap://${user('faynew')}@127.0.0.1:${small.port}/`],
    ])
    const validate = new Ajv2020().compile(await readSchema('migrate-accounts'))
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
    for (const name of ['ann', 'bob'])
      expect(await readAccount(dovecot.port, user(`${name}new`))).toEqual(
        await readAccount(dovecot.port, user(`${name}old`)),
      )
    const runs = (await json('runs')).document.runs.map(({ run }: { run: string }) => run)
    expect(runs.sort()).toEqual(rows.flatMap(({ run }) => run ?? []).sort())
    const csv = readFileSync(join(place.path, 'overview.csv'), 'utf8')
    expect(csv.split('\r\n')[0]).toMatch(/^account,source,target,messages,.*,status,run,why$/)
    expect(csv + stderr + JSON.stringify(document)).not.toContain('hunter2')
  })

  it('are done again only where something is left to do', async () => {
    for (const name of ['ann', 'eve']) fill(name, 0, 3)
    list(line('ann'), line('eve', dovecot, 'WRONG'))
    await migrate('--yes', '--save', 'overview.csv')
    list(line('ann'), line('eve'), 'new,nowhere')
    const again = await migrate('--yes', '--only-failed', 'overview.csv')
    expect(states(again.rows)).toEqual({ eve: 'done', 'accounts.csv:4': 'failed' })
    expect([again.status, again.document.summary.skipped]).toEqual([2, 1])
    list(line('ann'), line('eve'))
    const third = await migrate('--yes', '--exit-code')
    expect([third.status, states(third.rows)]).toEqual([0, { ann: 'nothing', eve: 'nothing' }])
  })

  it('end cleanly at Ctrl-C, and the same command goes on', async () => {
    const names = ['ann', 'bob', 'eve']
    for (const name of names) fill(name, 0, 400)
    list(...names.map((name) => line(name)))
    const child = place.start(
      ['migrate', '--accounts', 'accounts.csv', '--accounts-at-once', '2', '--yes', '--json'],
      ENV,
    )
    const end = finished(child)
    await untilJournaled(place, child, 2500)
    child.kill('SIGINT')
    const stopped = await end
    expect([stopped.status, states(JSON.parse(stopped.stdout).accounts)]).toEqual([
      130,
      { ann: 'interrupted', bob: 'interrupted', eve: 'not-begun' },
    ])
    expect((await migrate('--yes')).status).toBe(0)
    for (const name of names)
      expect(await readAccount(dovecot.port, user(`${name}new`))).toEqual(
        await readAccount(dovecot.port, user(`${name}old`)),
      )
  })

  it('are read from a list that users of imapsync keep; passwords in it are used, and not shown', async () => {
    fill('ann', 0, 2)
    const side = (name: string) => `${at(dovecot)};${user(name)};secret`
    writeFileSync(join(place.path, 'accounts.csv'), `${side('annold')};${side('annnew')};\n`)
    chmodSync(join(place.path, 'accounts.csv'), 0o644)
    const { status, stdout, stderr, rows } = await migrate('--yes', '--log-file', 'log')
    expect([status, rows.map((row) => [row.account, row.copied])]).toEqual([0, [[user('annold'), 3]]])
    expect(stderr).toMatch(/accounts\.csv holds passwords, and others than you may read it .*env:NAME/)
    expect(stdout + stderr + readFileSync(join(place.path, 'log'), 'utf8')).not.toContain('secret')
  })

  it('are looked at first, on both sides and beside each other', async () => {
    for (const name of ['ann', 'bob', 'eve']) fill(name, 0, 2)
    fillAccount(dovecot, user('fayold'), { INBOX: [mail(2, { body: `${'x'.repeat(70)}\n`.repeat(500) })] })
    const local = ['bob', at(dovecot), user('bobold'), 'env:OLD', 'maildir:new-bob', '', ''].join(',')
    list(line('ann'), line('eve', dovecot, 'WRONG'), line('fay', small), local, 'nonsense')
    const { status, document } = await json('doctor', '--accounts', 'accounts.csv', '--jobs', '2')
    const validate = new Ajv2020().compile(await readSchema('doctor'))
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
    expect([status, document.problems.map(({ code }: { code: string }) => code)]).toEqual([
      3,
      ['USAGE', 'AUTH_FAILED', 'QUOTA_EXCEEDED'],
    ])
    type Step = { store: string; step: string; outcome: string; found: string }
    const beside = (store: string) =>
      document.steps
        .filter((each: Step) => each.store === store && PAIR_STEPS.includes(each.step))
        .map(({ step, outcome }: Step) => [step, outcome])
    const target = (name: string, to = dovecot) => `imap://${user(`${name}new`)}@127.0.0.1:${to.port}/`
    const fine = PAIR_STEPS.map((step) => [step, 'ok'])
    expect([beside(target('ann')), beside('maildir:new-bob'), beside(target('eve'))]).toEqual([fine, fine, []])
    expect(beside(target('fay', small))).toEqual(fine.map(([step, ok]) => [step, step === 'room' ? 'failed' : ok]))
    expect(document.steps.find(({ step }: Step) => step === 'sizes').found).toMatch(
      / has 3 messages in \d folders, \d+ B/,
    )
    expect(await readAccount(dovecot.port, user('annnew'))).toEqual({})
    expect(existsSync(join(place.path, 'new-bob'))).toBe(false)
  })

  it('say which messages are too large for the target, and which folders are called otherwise there', async () => {
    await using strict = await startRewordingProxy(dovecot.port, (text) =>
      text.replaceAll(' IDLE', ' IDLE APPENDLIMIT=900'),
    )
    writeMaildir(join(place.path, 'm'), { INBOX: [mail(1), mail(2, { body: 'x\n'.repeat(900) })] })
    for (const folder of ['a\u0001b', Array.from({ length: 5 }, () => 'x'.repeat(250)).join('/')])
      for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(place.path, 'm', folder, part), { recursive: true })
    list(`ann,maildir:m?layout=fs,,,imap://127.0.0.1:${strict.port}/,${user('annnew')},env:NEW`)
    const { status, document } = await json('doctor', '--accounts', 'accounts.csv')
    const found = (step: string) => document.steps.find((each: { step: string }) => each.step === step)
    expect([status, document.problems.map(({ code }: { code: string }) => code)]).toEqual([4, ['REFUSED', 'REFUSED']])
    expect(found('append-limit')).toMatchObject({ outcome: 'failed', facts: { appendLimit: 900, above: 1 } })
    expect(found('folder-names').facts).toMatchObject({
      renamed: [{ from: 'a\u0001b', to: 'a_b' }],
      impossible: [expect.stringMatching(/^x{250}\//)],
    })
  })

  it('are moved as the manual tells it', async () => {
    const manual = readFileSync(new URL('../../docs/moving-accounts.md', import.meta.url), 'utf8')
    const [example = ''] = /^account,source,.*\n(?:[^`\n].*\n)+/m.exec(manual) ?? []
    const commands = [...manual.matchAll(/^mbaudit (.*)$/gm)].map(([, command = '']) => command.split(' '))
    writeFileSync(join(place.path, 'alice'), 'secret\n')
    const list = example
      .replaceAll(/imap\.example\.(org|com)/g, at(dovecot))
      .replace('alice@example.com', `${user('alice')}-new`)
      .replace(/,alice,env/, `,${user('alice')},env`)
      .replace(/,bob,command:pass show old\/bob/, `,${user('bob')},command:printf secret`)
      .replace('/home/admin/alice', join(place.path, 'alice'))
      .replace('/backup/bob', join(place.path, 'bob'))
    writeFileSync(join(place.path, 'accounts.csv'), list)
    fillAccount(dovecot, user('alice'), { INBOX: mails(0, 4) })
    fillAccount(dovecot, user('bob'), { INBOX: mails(10, 12) })
    const follow = async (command: readonly string[]) => {
      const run = await place.run([...command, '--json'], { ALICE_OLD: 'secret' })
      const document = JSON.parse(run.stdout)
      return { status: run.status, document, rows: (document.accounts ?? []) as readonly Row[] }
    }
    const [doctor = [], look = [], copy = [], again = [], pass = [], last = [], ...more] = commands
    expect(more).toEqual([])
    expect((await follow(doctor)).document).toMatchObject({ summary: { stores: 4, failed: 0 }, problems: [] })
    expect((await follow(look)).rows).toMatchObject([{ planned: 4, status: 'planned' }, { planned: 2 }])
    expect((await follow(copy)).rows).toMatchObject([
      { account: 'alice', status: 'done', verified: 4, leftOut: 0 },
      { account: 'bob', status: 'done', verified: 2 },
    ])
    expect(readFileSync(join(place.path, 'moved.alice.csv'), 'utf8').match(/verified/g)).toHaveLength(4)
    expect((await follow(again)).document.summary).toMatchObject({ accounts: 0, skipped: 2 })
    await changedOver(dovecot.port, user('alice'))
    fillAccount(dovecot, `${user('alice')}-new`, { INBOX: [mail(60), mail(61)] })
    expect((await follow(pass)).rows).toMatchObject([{ status: 'done', copied: 1 }, { status: 'nothing' }])
    expect((await follow(last)).status).toBe(0)
    const inbox = await readAccount(dovecot.port, `${user('alice')}-new`)
    expect([inbox.INBOX?.length, inbox.Done?.length]).toEqual([6, 1])
    const late = mail(70)
    fillAccount(dovecot, user('bob'), { INBOX: [late] })
    const who = await follow(last)
    expect([who.status, who.rows.map(({ account, status, newest }) => [account, status, newest])]).toEqual([
      1,
      [
        ['alice', 'nothing', null],
        ['bob', 'planned', `${new Date(late.received * 1000).toISOString().slice(0, 19)}Z`],
      ],
    ])
  })
})

/** Mail still comes to the old side while people put mail away on the new one. */
async function changedOver(port: number, user: string): Promise<void> {
  await using old = await connectRaw(port, user)
  await old.command('APPEND', 'INBOX', Buffer.from(mail(50).text.replaceAll('\n', '\r\n')))
  await using fresh = await connectRaw(port, `${user}-new`)
  await fresh.command('CREATE', 'Done')
  await fresh.command('SELECT', 'INBOX')
  await fresh.command('MOVE', '1', 'Done')
}
