import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { settleHome } from '../../src/cli/home.js'
import { openRunLog } from '../../src/cli/run-log.js'
import { saveFile } from '../../src/cli/save-targets.js'
import { isToBeTested } from '../support/daemon.js'
import { mails, readMaildir, writeMaildir } from '../support/maildir-mail.js'
import { makeWorkplace, type Workplace } from '../support/run-program.js'
import { hasScript } from '../support/terminal.js'

const PROGRAM = fileURLToPath(new URL('../../bin/mbaudit.js', import.meta.url))
const isRoot = process.getuid?.() === 0

let place: Workplace
const at = (...names: readonly string[]) => join(place.path, ...names)
beforeEach(async () => {
  place = await makeWorkplace()
  writeMaildir(at('m'), { INBOX: mails(0, 5) })
  writeMaildir(at('s'), { INBOX: mails(0, 2) })
})
afterEach(() => place[Symbol.asyncDispose]())

const SYNC = ['sync', 'maildir:m', 'maildir:s', '--yes']
const NO_XDG = { XDG_CONFIG_HOME: '', XDG_CACHE_HOME: '', XDG_STATE_HOME: '', XDG_DATA_HOME: '' }
const copied = () => readMaildir(at('s')).INBOX?.length

describe('the home of the user', () => {
  it.each([[''], ['mail'], [undefined]])('is what the system knows where HOME is %j', (HOME) => {
    const env = HOME === undefined ? {} : { HOME }
    settleHome(env)
    expect(env).toEqual({ HOME: userInfo().homedir })
  })

  it('is HOME where it is a path', () => {
    const env = { HOME: '/srv/mail' }
    settleHome(env)
    expect([env, homedir()]).toEqual([{ HOME: '/srv/mail' }, homedir()])
  })

  it.runIf(isRoot)('of a user whom the system does not know is nowhere: audits go on, nothing is changed', async () => {
    chmodSync(join(place.path, '..'), 0o755)
    chmodSync(place.path, 0o777)
    const run = (args: readonly string[]) =>
      spawnSync(process.execPath, [PROGRAM, ...args], {
        cwd: place.path,
        env: { PATH: process.env.PATH ?? '', NO_COLOR: '1' },
        encoding: 'utf8',
        uid: 54_321,
        gid: 54_321,
      })
    const before = readdirSync(place.path)
    const scan = run(['scan', 'maildir:m'])
    expect([scan.status, scan.stderr]).toEqual([0, expect.stringContaining('the index cannot be kept')])
    const sync = run(SYNC)
    expect([sync.status, sync.stderr]).toEqual([2, expect.stringMatching(/^error: .*\nhint: .*XDG_STATE_HOME/)])
    expect([copied(), readdirSync(place.path)]).toEqual([2, before])
  })
})

describe('nothing is changed where it could not be told of', () => {
  it('the state cannot be written', async () => {
    writeFileSync(at('file'), '')
    const { status, stdout } = await place.run([...SYNC, '--json'], { XDG_STATE_HOME: at('file') })
    const { code, message, hint } = JSON.parse(stdout).error
    expect([status, code, message, hint, copied()]).toEqual([
      2,
      'USAGE',
      expect.stringContaining(at('file')),
      expect.stringContaining('XDG_STATE_HOME'),
      2,
    ])
  })

  it.each([
    ['sync', ['sync', 'maildir:m', 'maildir:s', '--delete', '--yes']],
    ['sync --all', ['sync', '--all', '--yes']],
    ['dedupe', ['dedupe', 'maildir:s', '--yes']],
  ])('what is deleted cannot be kept: %s', async (_, args) => {
    writeMaildir(at('s'), { INBOX: [...mails(1, 2), ...mails(8, 9)] })
    writeFileSync(
      at('mbaudit.yaml'),
      'stores: {m: {type: maildir, path: m}, s: {type: maildir, path: s}}\nchannels: {c: {master: m, slave: s, mode: mirror}}\n',
    )
    const before = readMaildir(at('s'))
    const data = at('data')
    mkdirSync(join(data, 'mbaudit'), { recursive: true })
    writeFileSync(join(data, 'mbaudit', 'quarantine'), '')
    const { status, stdout, stderr } = await place.run([...args, '--json'], { XDG_DATA_HOME: data })
    expect([status, stdout + stderr, readMaildir(at('s'))]).toEqual([
      2,
      expect.stringMatching(/the quarantine cannot be written to: .*nothing was changed/),
      before,
    ])
    expect(stdout + stderr).toContain(join(data, 'mbaudit', 'quarantine'))
    expect(stdout + stderr).not.toContain('PLAN_STALE')
  })

  it('the runs before cannot be listed', async () => {
    const state = at('state')
    mkdirSync(join(state, 'mbaudit'), { recursive: true })
    writeFileSync(join(state, 'mbaudit', 'runs'), '')
    for (const args of [['runs'], ['undo', 'x', '--yes']]) {
      const { status, stderr } = await place.run(args, { XDG_STATE_HOME: state })
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(/^error: what was run before cannot be read: .*\nhint: /),
      ])
    }
  })

  it
    .runIf(existsSync('/proc/self'))
    .each([[[...SYNC, '--save', '/proc/steps.csv']], [['sync', 'maildir:m', 'maildir:s', '--plan', '/proc/x.plan']]])(
    'a result or a plan cannot be saved: %j',
    async (args) => {
      const { status, stderr } = await place.run(args)
      expect([status, stderr, copied()]).toEqual([2, expect.stringMatching(/^error: --\w+ \/proc\/.* cannot be/), 2])
    },
  )

  it.runIf(existsSync('/dev/full'))('the log cannot be written', async () => {
    const { status, stderr } = await place.run([...SYNC, '--log-file', '/dev/full'])
    expect([status, stderr, copied()]).toEqual([2, expect.stringMatching(/^error: --log-file .* cannot be/), 2])
  })
})

describe('what was changed stays, and is told', () => {
  it('a log that can be written no more is told of once, and ends nothing', async () => {
    spawnSync('mkfifo', [at('log')])
    const reader = spawn('head', ['-c', '5', at('log')])
    const lost: string[] = []
    using log = openRunLog(at('log'), '/', 'began', (why) => lost.push(why))
    await once(reader, 'exit')
    log.write('one')
    log.write('two')
    expect(lost).toEqual([expect.stringMatching(/log-file .* cannot be written any more: EPIPE/)])
  })

  it('a file that cannot be written when all is read is status 4', async () => {
    await expect(saveFile(at('gone', 'x.csv'), ['x'])).rejects.toMatchObject({ exitStatus: 4, code: 'UNREADABLE' })
  })

  it.runIf(isToBeTested(hasScript))('so it is when all is done, and the run is named', async () => {
    mkdirSync(at('out'))
    const env = { PATH: process.env.PATH ?? '', HOME: place.home, NO_COLOR: '1', TERM: 'dumb', COLUMNS: '200' }
    const command = `${process.execPath} ${PROGRAM} sync maildir:m maildir:s --save out/steps.csv`
    const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: place.path, env, stdio: 'pipe' })
    let [shown, isAsked] = ['', false]
    child.stdout.on('data', (octets: Buffer) => {
      shown += octets.toString()
      if (isAsked || !shown.includes('[y/N]')) return
      isAsked = true
      rmSync(at('out'), { recursive: true })
      child.stdin.write('y\r')
    })
    const [status] = await once(child, 'close')
    expect([status, copied()]).toEqual([4, 5])
    expect(shown).toMatch(/error: .*steps\.csv cannot be written.*What was done stays done: mbaudit runs \S+-sync-/s)
  })
})

describe('a pipe or a device where a program keeps its list of keywords', () => {
  const inTime = (args: readonly string[]) =>
    spawnSync(process.execPath, [PROGRAM, ...args], {
      cwd: place.path,
      env: { PATH: process.env.PATH ?? '', HOME: place.home, ...NO_XDG },
      encoding: 'utf8',
      timeout: 20_000,
      killSignal: 'SIGKILL',
    })

  it.each([
    ['a pipe', ['mkfifo', 's/dovecot-keywords']],
    ['a device', ['ln', '-s', '/dev/zero', 's/dovecot-keywords']],
  ])('%s is not read', (_, [program = '', ...args]) => {
    spawnSync(program, args, { cwd: place.path })
    const [list, discover] = [inTime(['list', 'maildir:s', '--json']), inTime(['discover', '.'])]
    expect([list.status, JSON.parse(list.stdout).summary.messages, discover.status]).toEqual([0, 2, 0])
  })

  it('and no keyword is written over it', () => {
    spawnSync('mkfifo', [at('s', 'dovecot-keywords')])
    writeFileSync(at('m', 'dovecot-keywords'), '0 work\n')
    const [name = ''] = readdirSync(at('m', 'cur')).filter((each) => each.startsWith('15000002'))
    writeFileSync(at('m', 'cur', name.replace(/$/, 'a')), readFileSync(at('m', 'cur', name)))
    rmSync(at('m', 'cur', name))
    const { status, stdout } = inTime([...SYNC, '--json'])
    const [problem] = JSON.parse(stdout).problems
    expect([status, problem]).toEqual([4, expect.objectContaining({ code: 'REFUSED' })])
    expect(problem.message).toContain('is no list of keywords')
  })
})
