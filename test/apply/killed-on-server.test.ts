import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillAccount } from '../support/account-mail.js'
import { isToBeTested } from '../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.js'
import { accountAt } from '../support/imap-accounts.js'
import { openAccount } from '../support/imap-store.js'
import { type MailFolders, mail, readMaildir, writeMaildir } from '../support/maildir-mail.js'
import { scan } from '../support/scanning.js'

const DIST = new URL('../../dist/src', import.meta.url).href
const CHILD = new URL('../support/crash-child.js', import.meta.url).pathname
/** Each point takes a few seconds: all of them in `npm run test:long`, else every so many. */
const STRIDE = process.env.MBAUDIT_LONG ? 1 : 3
const AT_ONCE = 3

/** One step of each kind: what is renamed and subscribed to is told to the child. */
const MASTER: MailFolders = {
  INBOX: [mail(1), mail(2, { flags: 'FS' }), mail(3, { body: 'new\n' })],
  Work: [mail(4)],
  New: [mail(5)],
  Renamed: [mail(6)],
}
const SLAVE: MailFolders = {
  INBOX: [mail(2), mail(3, { body: 'old\n' }), mail(4), mail(7)],
  Work: [],
  Old: [mail(6)],
  Gone: [mail(8)],
}
const FOLDERS = { rename: { from: 'Old', to: 'Renamed' }, subscribe: 'New' }
const KINDS = ['copy', 'createFolder', 'delete', 'deleteFolder', 'flags', 'move', 'renameFolder', 'subscribe']

let home: string
let dovecot: Dovecot
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'mbaudit-killed-'))
  dovecot = await startDovecot()
})
afterAll(async () => {
  await dovecot?.[Symbol.asyncDispose]()
  rmSync(home, { recursive: true, force: true })
})

interface Answer {
  readonly points: number
  readonly steps: readonly string[]
  readonly result: { readonly failed: number; readonly skipped: number }
  readonly failures: readonly unknown[]
}

/** A Maildir and an account, each with its mail, and a place for runs. */
class Place {
  readonly user: string
  readonly master: string
  readonly #root: string

  constructor(name: string) {
    this.user = name
    this.#root = join(home, name)
    this.master = writeMaildir(join(this.#root, 'master'), MASTER)
    fillAccount(dovecot, name, SLAVE)
  }

  /** Syncs in a process of its own. @param dieAt - the point at which it kills itself; 0: it lives */
  async sync(dieAt: number): Promise<string> {
    const master = { name: 'master', type: 'maildir', path: this.master, options: {} }
    const slave = { name: 'slave', type: 'imap', port: dovecot.port, user: this.user }
    const given = { dist: DIST, root: this.#root, master, slave, mode: 'mirror', dieAt, folders: FOLDERS }
    const child = spawn(process.execPath, [CHILD, JSON.stringify(given)], { stdio: ['ignore', 'pipe', 'inherit'] })
    const said = text(child.stdout)
    const [status, signal] = await once(child, 'exit')
    expect([dieAt, status, signal]).toEqual([dieAt, ...(dieAt === 0 ? [0, null] : [null, 'SIGKILL'])])
    return said
  }

  async syncWell(): Promise<Answer> {
    const answer: Answer = JSON.parse(await this.sync(0))
    expect([answer.failures, answer.result]).toMatchObject([[], { ended: 'finished', failed: 0, skipped: 0, open: 0 }])
    return answer
  }

  /** Folders, those subscribed to, and of each message folder, subject, flags and text; in any order. */
  async tell(): Promise<readonly string[]> {
    await using store = await openAccount(accountAt(dovecot.port, { user: this.user }))
    await using scanned = await scan(store)
    const { index } = scanned
    const mails = [...index.copies()].map((copy) => [copy.folder, copy.subject, copy.size, ...copy.flags].join(' '))
    const subscribed = (await store.subscriptions?.()) ?? []
    return [...index.folders().map(({ folder }) => folder), 'subscribed', ...subscribed, ...mails.sort()]
  }
}

describe.skipIf(!isToBeTested(hasDovecot))('a mirror on a Dovecot (scripts/install-test-servers.sh)', () => {
  it('killed before and after every step of each kind, then run again, ends the same; once more, there is nothing to do', async () => {
    const whole = new Place('whole')
    const before = readMaildir(whole.master)
    const { points, steps } = await whole.syncWell()
    expect([...new Set(steps)].sort()).toEqual(KINDS)
    expect(points).toBeGreaterThan(30)
    const end = await whole.tell()
    expect(end).toContain('subscribed')
    const killed = Array.from({ length: points }, (_, at) => at + 1).filter((at) => at % STRIDE === 0)
    const next = killed[Symbol.iterator]()
    const worker = async (): Promise<void> => {
      for (const at of { [Symbol.iterator]: () => next }) {
        const place = new Place(`killed${at}`)
        await place.sync(at)
        await place.syncWell()
        expect([at, await place.tell()]).toEqual([at, end])
        expect([at, (await place.syncWell()).steps]).toEqual([at, []])
        expect(readMaildir(place.master)).toEqual(before)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
  }, 600_000)
})
