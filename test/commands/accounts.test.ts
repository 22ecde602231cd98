import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isToBeTested } from '../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.js'
import { own } from '../support/dovecot-maker.js'
import { makeWorkplace, type Workplace } from '../support/run-program.js'
import { readSchema } from '../support/schemas.js'
import { message, SMALL_MAIL } from '../support/small-mail.js'

/** Writes the mail of a user as files, before the first login. */
function deliver(dovecot: Dovecot, user: string, folders: Readonly<Record<string, readonly string[]>>): void {
  for (const [folder, messages] of Object.entries(folders)) {
    const directory = join(dovecot.home(user), 'Maildir', folder === 'INBOX' ? '' : `.${folder}`)
    for (const sub of ['cur', 'new', 'tmp']) mkdirSync(join(directory, sub), { recursive: true })
    messages.forEach((text, at) => {
      writeFileSync(join(directory, 'cur', `170000000${at % 10}.M${at}P1.host:2,S`), text)
    })
  }
  own(dovecot.home(user))
}

describe.skipIf(!isToBeTested(hasDovecot))('an account (Dovecot; scripts/install-test-servers.sh)', () => {
  let dovecot: Dovecot
  let place: Workplace
  let url: string
  const env = { MBAUDIT_PASSWORD: 'secret' }
  beforeAll(async () => {
    dovecot = await startDovecot()
    place = await makeWorkplace()
    const alone = message({ From: 'a@example.org', 'Message-ID': '<alone@example.org>' }, 'Alone.\n')
    deliver(dovecot, 'alice', { INBOX: SMALL_MAIL, Work: [SMALL_MAIL[0] ?? '', alone] })
    deliver(dovecot, 'bob', { INBOX: [alone] })
    url = `imap://alice@127.0.0.1:${dovecot.port}/`
  })
  afterAll(async () => {
    await dovecot[Symbol.asyncDispose]()
    await place[Symbol.asyncDispose]()
  })
  const json = async (args: readonly string[], more: Readonly<Record<string, string>> = env) => {
    const run = await place.run([...args, '--json'], more)
    return { ...run, document: JSON.parse(run.stdout) }
  }
  const settled = (text: string) => text.replace(/"generatedAt":"[^"]+"/, '')

  it.each([['scan'], ['folders'], ['list'], ['dupes'], ['noid'], ['doctor']])(
    '%s gives JSON by its schema',
    async (command) => {
      const { status, document, stderr } = await json([command, url])
      expect([status, stderr.match(/^(error|problem)/m)]).toEqual([0, null])
      const validate = new Ajv2020().compile(await readSchema(command))
      expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
    },
  )

  it('says of duplicates what the same mail in files says', async () => {
    const { document } = await json(['dupes', url])
    await place.run(['scan', url], env)
    const local = await json(['dupes', join(dovecot.home('alice'), 'Maildir')])
    const classes = ({ summary, groups }: typeof document) => [
      { ...summary, redundantBytes: 0 },
      groups.map((group: { id: string; class: string }) => [group.id, group.class]),
    ]
    expect(classes(document)).toEqual(classes(local.document))
    expect(document.stores).toMatchObject([{ name: url, type: 'imap', folders: 2, messages: 12 }])
  })

  it('shows a digest where a body was read, and nowhere else', async () => {
    const digests = async (flags: readonly string[]) => {
      const { document } = await json(['list', url, ...flags])
      return document.messages.filter(({ digest }: { digest: string | null }) => digest !== null).length
    }
    expect([await digests(['--no-bodies']), await digests([]), await digests(['--full'])]).toEqual([0, 1, 12])
    expect(await digests([])).toBe(1)
    const { document } = await json(['dupes', url, '--no-bodies'])
    expect(document.summary).toMatchObject({ identical: 0, unverified: document.summary.groups })
  })

  it('says the same whatever the index knows', async () => {
    for (const question of [['dupes'], ['dupes', '--by', 'content'], ['list'], ['noid'], ['dupes', '--no-bodies']]) {
      await place.run(['list', url, '--full'], env)
      const runs = []
      for (const flags of [['--no-cache'], [], []])
        runs.push(await place.run([...question, url, '--json', ...flags], env))
      expect(new Set(runs.map(({ stdout }) => settled(stdout))).size, question.join(' ')).toBe(1)
    }
  })

  it('may be one folder, named in the URL or as c-client does', async () => {
    for (const name of [`${url}Work`, `{127.0.0.1:${dovecot.port}/imap/notls/user=alice}Work`])
      expect((await json(['list', name])).document.summary.messages).toBe(2)
    const both = await place.run(['list', `${url}Work`, `${url}INBOX`, '--json'], env)
    expect([both.status, JSON.parse(both.stdout).error.message]).toEqual([2, expect.stringContaining('one account')])
  })

  it('has the folder that its name ends in, or is not there', async () => {
    const names = [`${url}Wrok`, `${url}work`, `{127.0.0.1:${dovecot.port}/imap/notls/user=alice}Wrok`]
    for (const name of names) {
      const { status, document } = await json(['list', name])
      expect([status, document.error]).toMatchObject([3, { code: 'STORE_NOT_FOUND', store: name }])
    }
    const beside = await json(['list', `${url}Wrok`, `imap://bob@127.0.0.1:${dovecot.port}/`])
    expect([beside.status, beside.document.summary.messages]).toEqual([3, 1])
    expect(beside.document.problems).toMatchObject([{ code: 'STORE_NOT_FOUND', store: `${url}Wrok` }])
    expect((await place.run(['sync', `${url}Wrok`, 'maildir:copy', '--dry-run'], env)).status).toBe(3)
    const made = await json(['sync', `${url}Work`, `imap://bob@127.0.0.1:${dovecot.port}/Work`, '--dry-run'])
    expect([made.status, made.document.summary.createFolder]).toEqual([0, 1])
  })

  it('shows one mail, and two side by side', async () => {
    const { document } = await json(['show', url, '<minutes@example.org>'])
    expect(document.mails[0].copies.every(({ digest }: { digest: string | null }) => digest !== null)).toBe(true)
    expect((await json(['show', url, 'INBOX/uid=1', 'INBOX/uid=2'])).document.summary.pair.class).toBe('identical')
  })

  describe('takes its password from', () => {
    const config = (name: string, text: string) => {
      writeFileSync(
        join(place.path, name),
        `stores:\n  my-mail: { type: imap, host: 127.0.0.1, port: ${dovecot.port}, tls: none, user: alice, ${text} }\n`,
      )
      return ['list', 'my-mail', '--config', name]
    }
    it.each([
      ['a command', 'password: { command: "echo asked >&2; printf \'secret\\\\nsecond line\'" }', {}],
      [
        'a variable that the configuration names',
        'password: { env: MINE }',
        { MINE: 'secret', MBAUDIT_PASSWORD: 'no' },
      ],
      ['a file beside the configuration', 'password: { file: the-password }', {}],
      ['the variable of the store', 'jobs: 1', { MBAUDIT_PASSWORD_MY_MAIL: 'secret', MBAUDIT_PASSWORD: 'no' }],
      ['the variable of all stores', 'jobs: 1', { MBAUDIT_PASSWORD: 'secret' }],
    ])('%s', async (_what, text, variables) => {
      writeFileSync(join(place.path, 'the-password'), 'secret\r\n')
      chmodSync(join(place.path, 'the-password'), 0o600)
      const { status, document } = await json(config('password.yaml', text), variables)
      expect([status, document.summary]).toEqual([0, { messages: 12 }])
    })

    it.each([
      ['a command that fails', 'password: { command: "echo hunter2; exit 3" }', /ended with status 3/],
      ['a command that prints nothing', 'password: { command: "true" }', /printed nothing/],
      ['a variable that is not set', 'password: { env: NOT_SET }', /NOT_SET is not set/],
      ['a file that is not there', 'password: { file: nowhere }', /nowhere: ENOENT/],
      ['nowhere', 'jobs: 1', /no password for alice@127\.0\.0\.1/],
    ])('%s: it says so', async (_what, text, message) => {
      const { status, document, stderr } = await json(config('password.yaml', text), {})
      expect([status, document.error.code]).toEqual([3, 'AUTH_FAILED'])
      expect(document.error.message).toMatch(message)
      expect(JSON.stringify(document) + stderr).not.toContain('hunter2')
    })
  })

  it('is gone through with others of a list', async () => {
    const at = `imap://127.0.0.1:${dovecot.port}/`
    writeFileSync(
      join(place.path, 'accounts.csv'),
      `source,sourceUser,sourcePassword,target,targetUser,targetPassword\n${at},alice,env:ONE,${at},bob,env:TWO\nnonsense\n`,
    )
    const { status, document } = await json(['doctor', '--accounts', 'accounts.csv', '--jobs', '2'], {
      ONE: 'secret',
      TWO: 'wrong',
    })
    expect(status).toBe(3)
    expect(document.summary).toMatchObject({ stores: 2, well: 1, failed: 1 })
    expect(document.problems).toMatchObject([
      { code: 'USAGE', store: 'accounts.csv:3' },
      { code: 'AUTH_FAILED', store: `imap://bob@127.0.0.1:${dovecot.port}/` },
    ])
  })
})
