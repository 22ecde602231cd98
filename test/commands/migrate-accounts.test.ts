import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fillAccount, readAccount } from '../support/account-mail.js'
import { isToBeTested } from '../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.js'
import { mail, mails, writeMaildir } from '../support/maildir-mail.js'
import { connectRaw } from '../support/raw-imap.js'
import { finished, makeWorkplace, type Workplace } from '../support/run-program.js'
import { readSchema } from '../support/schemas.js'

/** The passwords of accounts are in variables, as a list names them. */
const ENV = { OLD: 'secret', NEW: 'secret', WRONG: 'hunter2' }
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
})
