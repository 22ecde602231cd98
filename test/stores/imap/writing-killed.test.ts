import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wireDigest } from '../../../src/message/wire.js'
import { folderName } from '../../../src/stores/store.js'
import type { Outgoing } from '../../../src/stores/writable.js'
import { isToBeTested } from '../../support/daemon.js'
import { type Dovecot, type DovecotOptions, hasDovecot, startDovecot } from '../../support/dovecot.js'
import { startFaultProxy } from '../../support/fault-proxy.js'
import { accountAt } from '../../support/imap-accounts.js'
import { openForWriting } from '../../support/imap-writing.js'
import { connectRaw } from '../../support/raw-imap.js'
import { mail } from '../../support/store-law.js'

const COUNT = 60

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0)
    return true
  } catch {
    return false
  }
}

describe.skipIf(!isToBeTested(hasDovecot)).each([
  ['MULTIAPPEND', {}],
  ['LITERAL+ alone', { capability: 'IMAP4rev1 UIDPLUS LITERAL+' }],
] satisfies [string, DovecotOptions][])('a Dovecot that is killed while it stores by %s', (_, options) => {
  let dovecot: Dovecot
  beforeAll(async () => {
    dovecot = await startDovecot(options)
  })
  afterAll(() => dovecot?.[Symbol.asyncDispose]())

  /** Kills the process that serves a user's session, the last one that was begun. */
  async function killSession(user: string): Promise<void> {
    const log = readFileSync(join(dovecot.directory, 'log'), 'utf8')
    const logins = [...log.matchAll(new RegExp(`Login: user=<${user}>.*?mpid=(\\d+)`, 'g'))]
    const id = Number(logins.at(-1)?.[1])
    process.kill(id, 'SIGKILL')
    while (isAlive(id)) await new Promise((resolve) => setImmediate(resolve))
    // Dovecot waits two minutes before it takes the lock of a dead process for stale.
    rmSync(join(dovecot.home(user), 'Maildir/dovecot-uidlist.lock'), { force: true })
  }

  it.each([1, 40_000, 150_000, 290_000])('has every message once when it died after %i octets', async (after) => {
    const user = `killed${after}`
    await using proxy = await startFaultProxy(dovecot.port)
    await using store = await openForWriting(accountAt(proxy.port, { user, jobs: 1 }), { now: Date.now })
    const folder = await store.openForWriting(folderName('INBOX'))
    const messages: Outgoing[] = Array.from({ length: COUNT }, (_, n) => {
      const bytes = mail(n, `line ${n}\n`.repeat(600))
      return { token: n.toString(16).padStart(16, '0'), bytes, wire: wireDigest(bytes), flags: [], received: null }
    })
    const work = { kind: 'append', messages } as const
    const mark = await folder.prepare(work, '')
    const before = proxy.said.client.length
    let isDone = false
    const stored = folder.carryOut(work, mark).finally(() => {
      isDone = true
    })
    while (!isDone && proxy.said.client.length < before + after) await new Promise((resolve) => setImmediate(resolve))
    await killSession(user)
    const outcomes = await stored
    expect(outcomes.every(({ outcome }) => outcome === 'done')).toBe(true)
    await using other = await connectRaw(dovecot.port, user)
    await other.command('EXAMINE', 'INBOX')
    const answer = await other.command('FETCH', '1:*', '(BODY.PEEK[HEADER.FIELDS (SUBJECT)])')
    const subjects = [...answer.matchAll(/^Subject: (.*?)\r$/gm)].map(([, subject]) => subject)
    expect(subjects.sort()).toEqual(messages.map((_, n) => `Mail ${n}`).sort())
  })
})
