import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { examineMbox } from '../../src/stores/mbox/examine.js'
import { ageText, heldLocks } from '../../src/stores/mbox/examine-locks.js'
import { mail, mbox } from '../support/defective-mboxes.js'
import { examineStore, NOW } from '../support/examining.js'

const root = mkdtempSync(join(tmpdir(), 'mbaudit-beside-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let directory = root
let count = 0
beforeEach(() => {
  directory = join(root, String(++count))
})

const MAIL = mbox([mail(1)])
const YEAR_AGO = NOW - 365 * 86_400

/** @param time - when it was changed, seconds since 1970 */
function put(name: string, content: string, time = YEAR_AGO): string {
  const path = join(directory, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  utimesSync(path, time, time)
  return path
}

const details = async (path: string): Promise<(readonly [string, string | null, string])[]> =>
  (await examineStore(examineMbox, 'mbox', path)).map(({ rule, folder, detail }) => [rule, folder, detail])

/** Of util-linux: runs a command under a lock. */
const LOCKER = 'flock'

describe('locks', () => {
  it('tells the age of a lock file, and whether it is likely left behind', async () => {
    const path = put('inbox', MAIL)
    put('inbox.lock', '', NOW - 3 * 86_400)
    expect(await details(path)).toEqual([
      ['mailbox-locked', 'INBOX', 'inbox.lock is there, 3 days old: likely left behind'],
    ])
    put('inbox.lock', '', NOW - 30)
    expect(await details(path)).toEqual([
      ['mailbox-locked', 'INBOX', 'inbox.lock is there, 30 seconds old: likely a program is at work'],
    ])
    rmSync(join(directory, 'inbox.lock'))
    expect(await details(path)).toEqual([])
  })

  it('reads ages', () => {
    expect([0, 1, 59, 60, 7_200, 86_400].map(ageText)).toEqual([
      '0 seconds',
      '1 second',
      '59 seconds',
      '1 minute',
      '2 hours',
      '1 day',
    ])
  })

  it('finds the locks held on a file among all of a system, by device and inode', () => {
    const text = [
      '1: POSIX  ADVISORY  WRITE 812 fe:01:4711 0 EOF',
      '1: -> POSIX  ADVISORY  WRITE 813 fe:01:4711 0 EOF',
      '2: FLOCK  ADVISORY  READ 900 fe:01:4711 0 EOF',
      '3: POSIX  ADVISORY  WRITE 812 fe:02:4711 0 EOF',
      '4: POSIX  ADVISORY  WRITE 812 fe:01:4712 0 EOF',
      '5: OFDLCK ADVISORY  WRITE -1 103:00002:4711 0 EOF',
      'nonsense',
    ].join('\n')
    expect(heldLocks(text, 0xfe01, 4711)).toEqual([
      { kind: 'POSIX WRITE', process: 812 },
      { kind: 'FLOCK READ', process: 900 },
    ])
    expect(heldLocks(text, 0x10302, 4711)).toEqual([{ kind: 'OFDLCK WRITE', process: -1 }])
    expect(heldLocks('', 0xfe01, 4711)).toEqual([])
  })

  const hasFlock = process.platform === 'linux' && spawnSync(LOCKER, ['--version']).status === 0
  it.skipIf(!hasFlock)('tells of a lock that another process holds', async () => {
    const path = put('inbox', MAIL)
    const holder = spawn(LOCKER, [path, 'sh', '-c', 'echo ready; cat'], { stdio: ['pipe', 'pipe', 'inherit'] })
    await once(holder.stdout, 'data')
    const told = await details(path)
    holder.stdin.end()
    await once(holder, 'exit')
    expect(told.map(([rule]) => rule)).toEqual(['mailbox-locked'])
    expect(told[0]?.[2]).toMatch(/^process \d+ holds a lock on it \(FLOCK WRITE\)$/)
    expect(await details(path)).toEqual([])
  })
})

describe('what mail programs left', () => {
  it('tells of a summary that is older than its mailbox', async () => {
    const path = put('Inbox', MAIL)
    put('Inbox.msf', 'x', YEAR_AGO - 10 * 86_400)
    expect(await details(path)).toEqual([
      ['mailbox-leftover', 'INBOX', 'Inbox.msf is 10 days older than its mailbox: likely stale'],
    ])
    put('Inbox.msf', 'x', YEAR_AGO - 60)
    expect(await details(path)).toEqual([])
  })

  it('tells of what compacting left, and of summaries without a mailbox', async () => {
    put('Inbox', MAIL)
    put('Inbox.msf', 'x')
    put('Gone.msf', 'x')
    put('nstmp', MAIL)
    put('msgFilterRules.dat', 'x')
    const told = await details(directory)
    expect(told).toEqual([
      ['mailbox-leftover', null, `${directory}/Gone.msf: the summary of a mailbox that is not there`],
      ['mailbox-leftover', null, `${directory}/nstmp: what compacting left behind, ${MAIL.length} octets`],
    ])
  })

  it('asks no mailbox of summaries of folders on a server', async () => {
    directory = join(directory, 'ImapMail', 'imap.example.org')
    put('INBOX', MAIL)
    put('INBOX.msf', 'x')
    put('Sent.msf', 'x')
    expect(await details(directory)).toEqual([])
  })
})

describe('a tree', () => {
  it('is examined folder by folder, and left as it was', async () => {
    put('Inbox', mbox([mail(1, 'text\nFrom here on\n')]))
    const path = put('Archives.sbd/2004', MAIL.slice(0, -2))
    const before = statSync(path)
    expect((await details(directory)).map(([rule, folder]) => [folder, rule])).toEqual([
      ['INBOX', 'unescaped-from-line'],
      ['INBOX', 'readings-differ'],
      ['Archives/2004', 'no-final-newline'],
    ])
    const after = statSync(path)
    expect([after.mtimeMs, after.ctimeMs, after.size]).toEqual([before.mtimeMs, before.ctimeMs, before.size])
  })

  it('is examined as far as it is wanted', async () => {
    put('Inbox', MAIL.slice(0, -2))
    const told = []
    const spec = { name: 'x', type: 'mbox', path: directory, options: {} } as const
    const signal = new AbortController().signal
    for await (const batch of examineMbox({ spec }, { wanted: () => false, now: NOW, signal })) told.push(...batch)
    expect(told).toEqual([])
  })
})
