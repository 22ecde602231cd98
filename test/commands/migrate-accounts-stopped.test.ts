import { spawn } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isToBeTested } from '../support/daemon.js'
import { untilJournaled } from '../support/journals.js'
import { mails, textsIn, writeMaildir } from '../support/maildir-mail.js'
import { finished, makeWorkplace, type Workplace } from '../support/run-program.js'
import { hasScript } from '../support/terminal.js'

const NAMES = ['a', 'b', 'c']
const MESSAGES = 300

let place: Workplace
beforeEach(async () => {
  place = await makeWorkplace()
  for (const [at, name] of NAMES.entries())
    writeMaildir(join(place.path, name), { INBOX: mails(at * MESSAGES, (at + 1) * MESSAGES) })
  list(...NAMES.map((name) => `${name},maildir:${name},maildir:new-${name}`))
})
afterEach(() => place[Symbol.asyncDispose]())

const list = (...lines: readonly string[]) =>
  writeFileSync(join(place.path, 'accounts.csv'), `account,source,target\n${lines.join('\n')}\n`)
const ARGS = ['migrate', '--accounts', 'accounts.csv', '--json']
const json = async (...args: readonly string[]) => {
  const run = await place.run([...ARGS, ...args])
  return { ...run, document: JSON.parse(run.stdout) }
}
const states = ({ accounts }: { readonly accounts: readonly { readonly status: string }[] }) =>
  accounts.map(({ status }) => status)

const PROGRAM = fileURLToPath(new URL('../../bin/mbaudit.js', import.meta.url))

/** Runs the program on a terminal of its own; `typed` is typed once it asks. */
async function onTerminal(command: string, typed: string): Promise<{ status: number | null; shown: string }> {
  const env = { PATH: process.env.PATH ?? '', HOME: place.home, NO_COLOR: '1', TERM: 'dumb', COLUMNS: '100' }
  const args = ['-qec', `${process.execPath} ${PROGRAM} ${command}`, '/dev/null']
  const child = spawn('script', args, { cwd: place.path, env, stdio: 'pipe' })
  let shown = ''
  child.stdout.on('data', (octets: Buffer) => {
    const isFirst = !shown.includes('[y/N]')
    shown += octets.toString()
    if (isFirst && shown.includes('[y/N]')) child.stdin.write(typed)
  })
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { status, shown }
}

async function allArrived(): Promise<void> {
  const { status, document } = await json('--yes')
  expect([status, document.summary]).toMatchObject([0, { failed: 0, partly: 0 }])
  for (const name of NAMES) expect(textsIn(join(place.path, `new-${name}`))).toEqual(textsIn(join(place.path, name)))
}

describe('many accounts', () => {
  it('stopped by Ctrl-C end all of them cleanly, with an overview; the same command goes on', async () => {
    const child = place.start([...ARGS, '--yes', '--accounts-at-once', '2', '--save', 'overview.csv'])
    const end = finished(child)
    await untilJournaled(place, child, 1500)
    child.kill('SIGINT')
    const { status, stdout, stderr } = await end
    const document = JSON.parse(stdout)
    expect(status).toBe(130)
    expect(states(document)).toEqual(['interrupted', 'interrupted', 'not-begun'])
    expect(stderr).toMatch(/3 accounts: 2 interrupted, 1 not begun/)
    expect(existsSync(join(place.path, 'overview.csv'))).toBe(true)
    await allArrived()
  })

  it('killed go on where they were: nothing lost, nothing twice', async () => {
    const child = place.start([...ARGS, '--yes', '--accounts-at-once', '3'])
    const end = finished(child)
    await untilJournaled(place, child, 1500)
    child.kill('SIGKILL')
    expect((await end).status).toBe(null)
    await allArrived()
    expect(states((await json('--yes')).document)).toEqual(['nothing', 'nothing', 'nothing'])
  })

  it('that have a store in common come one after the other', async () => {
    list('a,maildir:a,maildir:all', 'b,maildir:b,maildir:all', 'c,maildir:a,maildir:again')
    const { status, document } = await json('--yes', '--into-existing', '--accounts-at-once', '3')
    expect([status, states(document)]).toEqual([0, ['done', 'done', 'done']])
    expect(textsIn(join(place.path, 'all'))).toHaveLength(2 * MESSAGES)
    expect(textsIn(join(place.path, 'again'))).toEqual(textsIn(join(place.path, 'a')))
  })

  it('are looked at alone where that is asked for', async () => {
    const { status, document } = await json('--dry-run', '--exit-code')
    expect([status, states(document), document.summary.toCopy]).toEqual([1, ['planned', 'planned', 'planned'], 900])
    const [first] = document.accounts
    expect(first).toMatchObject({ account: 'a', messages: 300, planned: 300, copied: null, run: null })
    expect(first.newest).toBe(new Date((1_500_000_000 + 299 * 60 + 5) * 1000).toISOString().replace('.000', ''))
    expect(readdirSync(place.path).sort()).toEqual(['a', 'accounts.csv', 'b', 'c'])
  })

  it.runIf(isToBeTested(hasScript))('are looked at and asked about on a terminal, and copied at yes', async () => {
    const { status, shown } = await onTerminal('migrate --accounts accounts.csv', 'y\r')
    expect(shown.indexOf('900 messages to copy')).toBeLessThan(shown.indexOf('Copy the mail of 3 accounts? [y/N]'))
    expect([status, shown]).toEqual([0, expect.stringMatching(/3 copied; 900 messages copied, 900 of them verified/)])
    expect((await onTerminal('migrate --accounts accounts.csv', '')).shown).not.toContain('[y/N]')
  })

  it('are refused what they cannot have, each for itself', async () => {
    writeMaildir(join(place.path, 'new-b'), { INBOX: mails(9000, 9001) })
    list(
      'a,maildir:a,maildir:a',
      'b,maildir:b,maildir:new-b',
      'c,nowhere,maildir:new-c',
      'd,maildir:a',
      'e,maildir:a,,x',
    )
    const { status, document } = await json('--yes')
    expect(status).toBe(3)
    expect(states(document)).toEqual(['failed', 'failed', 'failed', 'failed', 'failed'])
    const whys = document.accounts.map(({ why }: { why: string }) => why)
    expect(whys[0]).toMatch(/2 cells where the header has 3; expected: source/)
    expect(whys[1]).toMatch(/4 cells where the header has 3/)
    expect(whys.slice(2).join('\n')).toMatch(/one store.*\n.*holds other mail: 1 .*\n.*nowhere/)
    expect(document.problems.map(({ store }: { store: string }) => store).slice(0, 2)).toEqual([
      'accounts.csv:5',
      'accounts.csv:6',
    ])
  })

  it.each([
    [['--accounts', 'nothing.csv', '--yes'], /nothing\.csv cannot be read/],
    [['--accounts', 'accounts.csv', 'maildir:a', '--yes'], /maildir:a is named, and --accounts as well/],
    [['--accounts', 'accounts.csv', '--yes', '--only-failed', 'accounts.csv'], /is no overview of accounts/],
    [['--accounts', 'accounts.csv', '--yes', '--accounts-at-once', '0'], /is no number/],
    [['--accounts', 'accounts.csv'], /no terminal to ask/],
  ])('%j is answered with what is expected', async (args, message) => {
    const { status, stderr } = await place.run(['migrate', ...args])
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)])
  })
})
