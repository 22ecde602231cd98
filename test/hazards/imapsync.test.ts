import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isToBeTested } from '../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.js'
import { startFaultProxy } from '../support/fault-proxy.js'
import { type HazardPlace, hazardAccount, makeHazardPlace } from '../support/hazards.js'
import { mail, mails, writeMaildir } from '../support/maildir-mail.js'
import { finished } from '../support/run-program.js'

/** Mail that imapsync leaves behind: an ID that several share, neither ID nor Received, no header, an empty ID. */
const LEFT_BEHIND = [
  mail(100, { id: '<shared@example.org>', body: 'the first of two that share an ID\n' }),
  mail(100, { id: '<shared@example.org>', body: 'something else altogether, by the same robot\n' }),
  mail(101, { id: null }),
  mail(102, { id: '<>' }),
  { ...mail(103), text: '\nno header at all\n' },
  { ...mail(104), text: 'Subject: a note\n\nneither ID nor Date\n' },
]

describe.skipIf(!isToBeTested(hasDovecot))(
  'where imapsync, imap-backup and doveadm backup lost or doubled mail (Dovecot)',
  () => {
    let dovecot: Dovecot
    let place: HazardPlace
    beforeAll(async () => {
      dovecot = await startDovecot()
    })
    afterAll(() => dovecot[Symbol.asyncDispose]())
    beforeEach(async () => {
      place = await makeHazardPlace()
    })
    afterEach(() => place[Symbol.asyncDispose]())
    const through = (url: string, port: number) => url.replace(`:${dovecot.port}`, `:${port}`)

    it('a full copy leaves nothing behind: octets, flags, keywords, dates; nothing is added; again there is nothing to do', async () => {
      const master = hazardAccount(dovecot, {
        INBOX: [...mails(0, 5), ...LEFT_BEHIND],
        'Sent/2001': [mail(7, { id: null })],
      })
      await master.say(['SELECT', 'INBOX'], ['STORE', '2', '+FLAGS.SILENT', '($Forwarded wichtig)'])
      const right = await master.read()
      const target = hazardAccount(dovecot, {})
      const { status, document } = await place.sync(master.url, target.url, '--delete')
      expect([status, document.summary.alteredByServer, document.summary.verified]).toEqual([0, 0, 12])
      expect([await target.read(), await master.read()]).toEqual([right, right])
      expect((await place.sync(master.url, target.url, '--delete')).document.steps).toEqual([])
    })

    it('duplicates that go from the target are duplicates, not mail of one ID', async () => {
      const [one, other] = LEFT_BEHIND
      if (one === undefined || other === undefined) throw new Error('no mail')
      const master = hazardAccount(dovecot, { INBOX: [one, other, mail(1)] })
      const target = hazardAccount(dovecot, { INBOX: [one, other, one, mail(1), mail(1)] })
      await place.sync(master.url, target.url, '--delete')
      expect(await target.read()).toEqual(await master.read())
      expect((await place.json('dedupe', target.url, '--yes')).document.summary.delete).toBe(0)
    })

    it('an empty master empties nothing, however few messages the slave has, and deletes no folder', async () => {
      const master = hazardAccount(dovecot, { INBOX: [] })
      const target = hazardAccount(dovecot, { INBOX: mails(0, 2), Work: mails(2, 4) })
      const before = await target.read()
      const options = ['--delete', '--delete-folders', '--max-delete', '1000'] as const
      const { status, document } = await place.sync(master.url, target.url, ...options)
      expect([status, document.error.code, await target.read()]).toEqual([5, 'SAFETY_LIMIT', before])
    })

    it('connections cut after the server has stored, before it says so, store nothing twice', async () => {
      const long = mails(0, 12).map((each) => ({ ...each, text: each.text + 'x'.repeat(3000) }))
      const master = hazardAccount(dovecot, { INBOX: long })
      const right = await master.read()
      await using proxy = await startFaultProxy(dovecot.port)
      for (const after of [1_600]) {
        const target = hazardAccount(dovecot, {})
        proxy.set({ kind: 'cut', from: 'server', after, connections: 3 })
        await place.sync(master.url, through(target.url, proxy.port))
        proxy.set(null)
        const { status } = await place.sync(master.url, through(target.url, proxy.port))
        expect([status, await target.read()]).toEqual([0, right])
      }
    })

    it('two runs at once: the second says who is there, and nothing is stored twice', async () => {
      writeMaildir(join(place.path, 'm'), { INBOX: mails(0, 300) })
      const target = hazardAccount(dovecot, {})
      const start = () => finished(place.start(['sync', 'maildir:m', target.url, '--yes']))
      const both = await Promise.all([start(), start()])
      const statuses = both.map(({ status }) => status).sort()
      expect([
        [0, 0],
        [0, 3],
      ]).toContainEqual(statuses)
      if (statuses[1] === 3) expect(both.map(({ stderr }) => stderr).join('')).toMatch(/process \d+/)
      expect(await target.count()).toBe(300)
    })

    it('a target that was emptied and filled anew gets what it lacks, whatever it had before', async () => {
      const master = hazardAccount(dovecot, { INBOX: mails(0, 6) })
      const target = hazardAccount(dovecot, {})
      await place.sync(master.url, target.url)
      await target.say(['SELECT', 'INBOX'], ['STORE', '1:*', '+FLAGS.SILENT', '(\\Deleted)'], ['EXPUNGE'])
      rmSync(join(dovecot.home(target.user), 'Maildir', 'dovecot-uidlist'), { force: true })
      const { document } = await place.sync(master.url, target.url)
      expect([document.summary.copy, await target.read()]).toEqual([6, await master.read()])
    })

    it('--dry-run says what is done then', async () => {
      const master = hazardAccount(dovecot, {
        INBOX: [...mails(0, 5), ...mails(0, 2), ...LEFT_BEHIND],
        Work: mails(1, 3),
      })
      const target = hazardAccount(dovecot, { INBOX: [...mails(3, 8), mail(1, { flags: 'F' })] })
      const options = ['--delete', '--max-delete', 'none'] as const
      const before = await target.read()
      const dry = await place.json('sync', master.url, target.url, '--dry-run', ...options)
      expect(await target.read()).toEqual(before)
      const done = await place.sync(master.url, target.url, ...options)
      const ids = (steps: readonly { step: string }[]) => steps.map(({ step }) => step)
      expect(ids(done.document.steps)).toEqual(ids(dry.document.steps))
      expect(done.document.summary).toMatchObject({ done: dry.document.steps.length, failed: 0, skipped: 0 })
    })

    it('a certificate that nobody vouches for is refused unless told otherwise', async () => {
      const target = hazardAccount(dovecot, { INBOX: mails(0, 1) })
      const { status, document } = await place.json(
        'sync',
        `imaps://${target.user}@127.0.0.1:${dovecot.tlsPort}/`,
        'maildir:s',
        '--yes',
      )
      expect([status, document.error.code]).toEqual([3, 'TLS_UNTRUSTED'])
    })

    it('killed in the middle and started at once, while the server still works on what it was told: nothing twice', async () => {
      writeMaildir(join(place.path, 'm'), { INBOX: mails(0, 400) })
      const target = hazardAccount(dovecot, {})
      for (const pause of [350, 500]) {
        const child = place.start(['sync', 'maildir:m', target.url, '--yes'])
        const end = finished(child)
        await setTimeout(pause)
        child.kill('SIGKILL')
        await end
      }
      expect((await place.sync('maildir:m', target.url)).status).toBe(0)
      expect(await target.count()).toBe(400)
    })

    it('mail that is in the target alone stays, and keeps nothing else from staying', async () => {
      const master = hazardAccount(dovecot, { INBOX: mails(0, 4) })
      const target = hazardAccount(dovecot, { INBOX: [...mails(0, 4), mail(50)] })
      await place.sync(master.url, target.url)
      expect(await target.count()).toBe(5)
    })
  },
)
