import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isToBeTested } from '../support/daemon.js'
import { mails, readMaildir, writeMaildir } from '../support/maildir-mail.js'
import { makeWorkplace, type Workplace } from '../support/run-program.js'
import { hasScript } from '../support/terminal.js'

const PROGRAM = fileURLToPath(new URL('../../bin/mbaudit.js', import.meta.url))

let place: Workplace
beforeEach(async () => {
  place = await makeWorkplace()
  writeMaildir(join(place.path, 'm'), { INBOX: mails(0, 5) })
  writeMaildir(join(place.path, 's'), { INBOX: mails(0, 2) })
})
afterEach(() => place[Symbol.asyncDispose]())

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

const slave = () => readMaildir(join(place.path, 's')).INBOX?.length
const runs = () => {
  const path = join(place.home, '.local', 'state', 'mbaudit', 'runs')
  return existsSync(path) ? readdirSync(path) : []
}

describe.runIf(isToBeTested(hasScript))('on a terminal the plan is shown and asked about', () => {
  it('and carried out at yes', async () => {
    const { status, shown } = await onTerminal('sync maildir:m maildir:s', 'y\r')
    expect([status, slave()]).toEqual([0, 5])
    expect(shown.indexOf('3 messages to copy')).toBeLessThan(shown.indexOf('Carry this out? [y/N]'))
    expect(shown).toMatch(/copy +2017-07-14 +Number 2/)
    expect(shown).toMatch(/3 of 3 steps done .*; 3 copies verified/s)
  })

  it.each([['n\r'], ['\r'], ['yesterday\r'], ['\u0004']])('and not at %j', async (typed) => {
    const { status, shown } = await onTerminal('sync maildir:m maildir:s', typed)
    expect([status, slave(), runs()]).toEqual([0, 2, []])
    expect(shown).toContain('Nothing was changed.')
  })

  it('and Ctrl-C there ends the run', async () => {
    const { status, shown } = await onTerminal('sync maildir:m maildir:s', '\u0003')
    expect([status, slave(), runs()]).toEqual([130, 2, []])
    expect(shown).toContain('interrupted')
  })

  it('what a limit stops is shown, and not asked about', async () => {
    writeMaildir(join(place.path, 's'), { INBOX: mails(10, 50) })
    const { status, shown } = await onTerminal('sync maildir:m maildir:s --delete', 'y\r')
    expect([status, slave(), shown.includes('[y/N]')]).toEqual([5, 42, false])
    expect(shown).toContain('40 messages to delete')
    expect(shown).toContain('--max-delete')
  })

  it('nothing is asked where there is nothing to do', async () => {
    await onTerminal('sync maildir:m maildir:s', 'y\r')
    const { status, shown } = await onTerminal('sync maildir:m maildir:s', 'y\r')
    expect([status, shown.includes('[y/N]')]).toEqual([0, false])
  })

  it('emptying quarantines too', async () => {
    writeMaildir(join(place.path, 's'), { INBOX: mails(10, 12) })
    await onTerminal('sync maildir:m maildir:s --delete', 'y\r')
    const quarantine = join(place.home, '.local', 'share', 'mbaudit', 'quarantine', runs()[0] ?? '', 'cur')
    await onTerminal('runs --prune 0d', 'n\r')
    expect(readdirSync(quarantine)).toHaveLength(2)
    const { shown } = await onTerminal('runs --prune 0d', 'y\r')
    expect([existsSync(quarantine), shown.includes('Deleted: 2 quarantined messages')]).toEqual([false, true])
  })
})
