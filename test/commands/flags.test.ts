import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { finished, makeWorkplace, type Workplace } from '../support/run-program.js'
import { SMALL_MAIL, writeMbox } from '../support/small-mail.js'

let place: Workplace
beforeAll(async () => {
  place = await makeWorkplace()
  await writeMbox(place.path, 'mail.mbox')
  await writeMbox(place.path, 'other.mbox', SMALL_MAIL.slice(0, 3))
  const many = Array.from({ length: 4000 }, (_, i) =>
    SMALL_MAIL.map((text) => text.replace('@example.org>', `.${i}@example.org>`)),
  )
  await writeMbox(place.path, 'many.mbox', many.flat())
  for (const part of ['cur', 'new', 'tmp', '.Sent/cur', '.Sent/new', '.Sent/tmp'])
    await mkdir(join(place.path, 'md', part), { recursive: true })
  await writeFile(join(place.path, 'md/cur/1700000000.M1P1.host:2,S'), SMALL_MAIL[0] ?? '')
  await writeFile(join(place.path, 'md/.Sent/cur/1700000000.M2P1.host:2,S'), SMALL_MAIL[3] ?? '')
})
afterAll(() => place[Symbol.asyncDispose]())

const STORE = 'mbox:mail.mbox'
const rows = (stdout: string) => stdout.trimEnd().split('\r\n').slice(1)

describe('flags', () => {
  it('--exit-code: 1 when something was found', async () => {
    expect((await place.run(['dupes', STORE, '--exit-code'])).status).toBe(1)
    expect((await place.run(['noid', STORE, '--exit-code'])).status).toBe(1)
    expect((await place.run(['noid', 'mbox:other.mbox', '--exit-code'])).status).toBe(0)
    expect((await place.run(['list', STORE, '--exit-code'])).status).toBe(0)
  })
  it('--exit-code of check: 1 for an error or a warning, 0 for notes alone', async () => {
    const status = async (...flags: string[]) => (await place.run(['check', STORE, '--exit-code', ...flags])).status
    expect(await status()).toBe(1)
    expect(await status('--severity', 'error')).toBe(0)
    expect(await status('--rule', 'raw-8bit-header')).toBe(0)
  })
  it('--rule, --not-rule and --severity choose what check looks for', async () => {
    const rules = async (...flags: string[]) => {
      const { stdout } = await place.run(['check', STORE, '--json', ...flags])
      return Object.keys(JSON.parse(stdout).summary.byRule)
    }
    const named = ['--rule', 'no-message-id', '--rule', 'raw-8bit-header']
    expect(await rules(...named)).toEqual(['no-message-id', 'raw-8bit-header'])
    expect(await rules(...named, '--not-rule', 'raw-8bit-header')).toEqual(['no-message-id'])
    expect(await rules(...named, '--severity', 'warning')).toEqual(['no-message-id'])
  })
  it('rules: of the configuration grade, and a wrong name there has its line', async () => {
    await writeFile(join(place.path, 'rules.yaml'), 'rules:\n  no-message-id: error\n  reused-message-id: off\n')
    const run = await place.run(['check', STORE, '--json', '--config', 'rules.yaml'])
    const { summary } = JSON.parse(run.stdout)
    expect([summary.errors, summary.byRule['reused-message-id']]).toEqual([1, undefined])
    await writeFile(join(place.path, 'rules.yaml'), 'rules:\n  no-message-i: error\n')
    for (const command of [
      ['check', STORE],
      ['config', 'check'],
    ]) {
      const wrong = await place.run([...command, '--config', 'rules.yaml'])
      expect([wrong.status, wrong.stderr]).toEqual([
        2,
        expect.stringMatching(/rules\.yaml:2:3: no rule is called "no-message-i"\. Did you mean no-message-id/),
      ])
    }
  })
  it('--folder that matches nothing is told, since a mistyped name must not look like an empty folder', async () => {
    const typo = await place.run(['list', 'maildir:md', '--folder', 'Snet', '--folder', 'Sent'])
    expect(typo.stderr).toContain('note: --folder Snet matches no folder that was read')
    expect(typo.stderr).not.toContain('--folder Sent matches')
  })
  it('--folder and --not-folder choose', async () => {
    const only = await place.run(['list', 'maildir:md', '--csv', '--folder', 'Sent'])
    expect(rows(only.stdout).map((row) => row.split(',')[1])).toEqual(['Sent'])
    const not = await place.run(['list', 'maildir:md', '--csv', '--not-folder', 'Sent'])
    expect(rows(not.stdout).map((row) => row.split(',')[1])).toEqual(['INBOX'])
  })
  it('--limit shows so many rows, and files hold all', async () => {
    const run = await place.run(['list', STORE, '--limit', '2', '--save', 'all.csv'])
    expect(run.stdout).toContain('8 more of 10 messages')
    expect(rows(await readFile(join(place.path, 'all.csv'), 'utf8')).length).toBe(10)
    expect((await place.run(['list', STORE, '--limit', 'all'])).stdout).not.toContain('more of')
    expect((await place.run(['list', STORE, '--limit', '0'])).stdout).toContain('10 more of 10 messages')
  })
  it('--jobs reads several stores at a time and gives the same', async () => {
    const [one, three] = await Promise.all(
      [1, 3].map((jobs) => place.run(['list', STORE, 'maildir:md', 'mbox:other.mbox', '--csv', '--jobs', `${jobs}`])),
    )
    expect(three?.stdout).toBe(one?.stdout)
  })
  it('--rebuild and --no-cache read anew; without them what is known is kept', async () => {
    const read = async (...flags: string[]) =>
      JSON.parse((await place.run(['scan', 'maildir:md', '--json', ...flags])).stdout).summary
    await read()
    expect(await read()).toMatchObject({ read: 0, kept: 2 })
    expect(await read('--rebuild')).toMatchObject({ read: 2, kept: 0 })
    expect(await read('--no-cache')).toMatchObject({ read: 2, kept: 0 })
  })
  it('--no-cache leaves nothing behind', async () => {
    await using other = await makeWorkplace()
    await writeMbox(other.path, 'mail.mbox')
    await other.run(['dupes', STORE, '--no-cache'])
    expect((await readdir(join(other.path, '..'))).sort()).toEqual(['home', 'work'])
    await other.run(['dupes', STORE])
    expect((await stat(join(other.path, '../cache/mbaudit'))).mode & 0o777).toBe(0o700)
  })
  it('--log-file says what happened, when, and no subject', async () => {
    await place.run(['scan', STORE, '--log-file', 'run.log'])
    const log = await readFile(join(place.path, 'run.log'), 'utf8')
    expect(log).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z \[\d+\] mbaudit scan began\n/)
    expect(log).toContain('mbox:mail.mbox: scanned in')
    expect(log).not.toContain('Minutes')
  })
  it('--progress json: lines of JSON on standard error; auto draws on a terminal alone', async () => {
    const run = await place.run(['scan', 'mbox:many.mbox', '--progress', 'json', '--no-cache'])
    for (const line of run.stderr.trimEnd().split('\n').slice(0, -1))
      expect(JSON.parse(line)).toHaveProperty('progress.messages')
    expect((await place.run(['scan', STORE, '--progress', 'auto'])).stderr).not.toContain('\r')
  })
  it('NO_COLOR and FORCE_COLOR are followed', async () => {
    expect((await place.run(['list', STORE], { NO_COLOR: '', FORCE_COLOR: '1' })).stdout).toContain('\u001b[1m')
    expect((await place.run(['list', STORE])).stdout).not.toContain('\u001b')
  })
  it('a narrow terminal is not overflowed', async () => {
    const run = await place.run(['dupes', STORE], { COLUMNS: '60' })
    expect(Math.max(...run.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60)
  })
  it('a file is written whole or not at all', async () => {
    await writeFile(join(place.path, 'old.json'), 'before')
    await place.run(['list', 'nowhere', '--save', 'old.json'])
    expect(await readFile(join(place.path, 'old.json'), 'utf8')).toBe('before')
    expect((await readdir(place.path)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })
  it('one store under two names is counted once', async () => {
    const run = await place.run(['list', STORE, './mail.mbox', '--json'])
    expect(JSON.parse(run.stdout).summary.messages).toBe(10)
    expect(run.stderr).toContain('note: ')
  })
})

describe('pipes and signals', () => {
  it('a reader that goes away ends the run quietly', async () => {
    const child = place.start(['list', 'mbox:many.mbox', '--csv', '--quiet'])
    child.stdout.once('data', () => child.stdout.destroy())
    const errors: Buffer[] = []
    child.stderr.on('data', (octets: Buffer) => errors.push(octets))
    const [status] = await once(child, 'exit')
    expect([status, Buffer.concat(errors).toString()]).toEqual([0, ''])
  })
  it.skipIf(!existsSync('/dev/full'))('a full disk is an error, and no finding', () => {
    const program = fileURLToPath(new URL('../../bin/mbaudit.js', import.meta.url))
    const full = openSync('/dev/full', 'w')
    const run = spawnSync(process.execPath, [program, 'list', 'mbox:mail.mbox', '--no-cache'], {
      cwd: place.path,
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    })
    closeSync(full)
    expect([run.status, run.stderr]).toEqual([4, expect.stringMatching(/^error: standard output cannot be written/)])
  })
  it('a slow reader gets all of it', async () => {
    const run = await place.run(['list', 'mbox:many.mbox', '--json'])
    expect(JSON.parse(run.stdout).messages.length).toBe(40_000)
  })
  it('Ctrl-C ends it with status 130', async () => {
    const child = place.start(['list', 'mbox:many.mbox', '--csv', '--no-cache'])
    await once(child.stdout, 'readable')
    child.kill('SIGINT')
    const run = await finished(child)
    expect(run.status).toBe(130)
    expect(run.stderr).toMatch(/^error: interrupted\nhint: /)
  })
})

describe('help and version', () => {
  it('name every command, and nothing that is not built', async () => {
    const { stdout, status } = await place.run(['--help'])
    expect(status).toBe(0)
    const names = ['discover', 'scan', 'folders', 'list', 'dupes', 'noid', 'show', 'check', 'explain', 'compare']
    for (const name of [...names, 'sync', 'dedupe', 'apply', 'runs', 'undo', 'doctor', 'config check'])
      expect(stdout).toContain(`  ${name} `)
    expect(stdout).not.toMatch(/snapshot|verify/)
    expect((await place.run([])).stdout).toBe(stdout)
  })
  it('of a command list its flags', async () => {
    expect((await place.run(['dupes', '--help'])).stdout).toMatch(/--exit-code.*--scope=<option>/s)
  })
  it('tell the version', async () =>
    expect((await place.run(['--version'])).stdout).toMatch(/^mbaudit \d+\.\d+\.\d+\n$/))
})
