import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fillAccount } from '../support/account-mail.js'
import { isToBeTested } from '../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.js'
import { forEachTest } from '../support/for-each-test.js'
import { mail, mails } from '../support/maildir-mail.js'
import { connectRaw } from '../support/raw-imap.js'
import { makeTwoWayPlace } from '../support/two-way-place.js'

const isThere = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
const hasMbsync = isThere('mbsync')
const hasOfflineimap = isThere('offlineimap')

let dovecot: Dovecot
const place = forEachTest(() => makeTwoWayPlace({ MBAUDIT_PASSWORD: 'secret' }))
let users = 0
let user: string
let other: string
beforeEach(() => {
  user = `taken${++users}`
  other = `near${users}`
})

function run(program: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, HOME: place.home } })
  if (status !== 0) throw new Error(`${program}: ${stderr}`)
}

const account = (name: string, who: string) =>
  `${name}: { type: imap, host: 127.0.0.1, port: ${dovecot.port}, user: ${who}, tls: none }`
const LAPTOP = 'laptop: { type: maildir, path: ./laptop }'

/** On the server, by another client. */
async function onServer(who: string, folder: string, change: { gone?: number; flagged?: number }): Promise<void> {
  await using raw = await connectRaw(dovecot.port, who)
  await raw.command('SELECT', `"${folder}"`)
  const uidOf = async (number: number): Promise<string> =>
    /^\* SEARCH (\d+)/m.exec(await raw.command('UID', 'SEARCH', 'SUBJECT', `"Number ${number}"`))?.[1] ?? 'none'
  if (change.flagged !== undefined)
    await raw.command('UID', 'STORE', await uidOf(change.flagged), '+FLAGS.SILENT', '(\\Flagged)')
  if (change.gone === undefined) return
  await raw.command('UID', 'STORE', await uidOf(change.gone), '+FLAGS.SILENT', '(\\Deleted)')
  await raw.command('EXPUNGE')
}

/** The file of a message, by its number, anywhere below. */
function fileOf(number: number): string {
  const found = readdirSync(place.at('laptop'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?:^|\/)(?:cur|new)\//.test(name))
    .map((name) => join(place.at('laptop'), name))
    .find((path) => new RegExp(`^Subject: Number ${number}\r?$`, 'm').test(readFileSync(path, 'utf8')))
  if (found === undefined) throw new Error(`no message ${number}`)
  return found
}

type Steps = readonly { readonly op: string; readonly store: string; readonly subject: string }[]
const told = ({ document }: { document: { steps?: Steps; error?: { message: string } } }) =>
  (document.steps ?? [{ op: 'error', store: '', subject: document.error?.message ?? '' }])
    .map(({ op, store, subject }) => `${op} ${store} ${subject}`)
    .sort()

/** Taken over, and what both sides then want of each other. */
async function expectTakenOver(path: string, pairs: number, steps: readonly string[]): Promise<void> {
  const shown = await place.sync('--dry-run', '--take-over', path)
  expect([shown.stderr, told(shown)]).toEqual([expect.stringContaining(`${pairs} pairs of messages taken over`), steps])
  const done = await place.sync('--yes', '--take-over', path)
  expect([done.status, told(done), done.document.summary.failed]).toEqual([0, steps, 0])
  expect(told(await place.sync('--yes'))).toEqual([])
}

/** Since the last run of the other program: on the server 0 deleted, 2 flagged, 50 new; on the laptop 1 and 12 deleted, 51 new. */
async function changeBoth(): Promise<void> {
  await onServer(user, 'INBOX', { gone: 0, flagged: 2 })
  fillAccount(dovecot, user, { INBOX: [mail(50, { received: 1_600_000_000 })] })
  rmSync(fileOf(1))
  rmSync(fileOf(12))
  const beside = fileOf(3)
  writeFileSync(join(beside, '..', '1600000001.new.host:2,S'), mail(51).text)
}
const CHANGED = [
  'copy laptop Number 51',
  'copy server Number 50',
  'delete laptop Number 0',
  'delete server Number 1',
  'delete server Number 12',
  'flags laptop Number 2',
]

const fill = () =>
  fillAccount(dovecot, user, {
    INBOX: mails(0, 6),
    Work: mails(10, 14),
    'Archive/2001': mails(20, 22),
    'Entw&APw-rfe': [mail(30)],
  })

describe.skipIf(!isToBeTested(hasDovecot))('what other programs remember of an account (Dovecot)', () => {
  beforeAll(async () => {
    dovecot = await startDovecot()
  })
  afterAll(() => dovecot[Symbol.asyncDispose]())

  describe.skipIf(!isToBeTested(hasMbsync))('mbsync', () => {
    const imap = (name: string, who: string) =>
      `IMAPAccount ${name}\nHost 127.0.0.1\nPort ${dovecot.port}\nUser ${who}\nPass secret\nSSLType None\nAuthMechs LOGIN\n\nIMAPStore ${name}\nAccount ${name}\n\n`
    /** @param near - the near store, named as in the channel */
    const mbsync = (near: string, state: string, more = '') => {
      const name = /Store (\w+)/.exec(near)?.[1]
      const channel = `Channel home\nFar :server:\nNear :${name}:\nPatterns *\nCreate Both\nExpunge Both\n${state && `SyncState ${state}\n`}${more}`
      writeFileSync(place.at('mbsyncrc'), `FSync no\n\n${imap('server', user)}${near}\n${channel}`)
      run('mbsync', '-q', '-c', place.at('mbsyncrc'), 'home')
    }
    const files = (layout: string) =>
      `MaildirStore laptop\nPath ${place.at('laptop')}/\nInbox ${place.at('laptop')}/INBOX\nSubFolders ${layout}\n`

    it.each([['server, laptop'], ['laptop, server']])('its state beside the mail, between %s', async (between) => {
      place.configure([account('server', user), LAPTOP], `home: { between: [${between}], mode: two-way }`)
      fill()
      mkdirSync(place.at('laptop'))
      mbsync(files('Verbatim'), '*')
      await changeBoth()
      await expectTakenOver('laptop', 13, CHANGED)
    })

    it('its states in a folder of their own', async () => {
      place.configure([account('server', user), LAPTOP], 'home: { between: [server, laptop], mode: two-way }')
      fill()
      for (const name of ['laptop', 'states']) mkdirSync(place.at(name))
      mbsync(files('Verbatim'), `${place.at('states')}/`)
      await changeBoth()
      await expectTakenOver('states', 13, CHANGED)
    })

    it('its states in ~/.mbsync', async () => {
      place.configure([account('server', user), LAPTOP], 'home: { between: [server, laptop], mode: two-way }')
      fill()
      mkdirSync(place.at('laptop'))
      mkdirSync(join(place.home, '.mbsync'))
      mbsync(files('Verbatim'), '')
      await changeBoth()
      await expectTakenOver(join(place.home, '.mbsync'), 13, CHANGED)
    })

    it('its states of a Maildir++', async () => {
      place.configure([account('server', user), LAPTOP], 'home: { between: [server, laptop], mode: two-way }')
      fill()
      mkdirSync(place.at('states'))
      const near = `MaildirStore laptop\nInbox ${place.at('laptop')}\nSubFolders Maildir++\n`
      mbsync(near, `${place.at('states')}/`)
      await changeBoth()
      await expectTakenOver('states', 13, CHANGED)
    })

    it('its states of two accounts', async () => {
      place.configure(
        [account('server', user), account('second', other)],
        'home: { between: [server, second], mode: two-way }',
      )
      fill()
      mkdirSync(place.at('states'))
      mbsync(imap('second', other), `${place.at('states')}/`)
      await onServer(user, 'INBOX', { gone: 0, flagged: 2 })
      await onServer(other, 'Work', { gone: 12 })
      await expectTakenOver('states', 13, [
        'delete second Number 0',
        'delete server Number 12',
        'flags second Number 2',
      ])
    })

    it('what it moved over is known as moved, and a mail that had expired comes', async () => {
      place.configure([account('server', user), LAPTOP], 'home: { between: [server, laptop], mode: two-way }')
      fillAccount(dovecot, user, { INBOX: mails(0, 6) })
      mkdirSync(place.at('laptop'))
      mbsync(files('Verbatim'), '*', 'MaxMessages 4\nExpireUnread yes\n')
      const moved = fileOf(5)
      for (const sub of ['cur', 'new', 'tmp']) mkdirSync(place.at(`laptop/Old/${sub}`), { recursive: true })
      renameSync(moved, place.at(`laptop/Old/cur/${moved.split('/').at(-1)}`))
      const { document } = await place.sync('--yes', '--take-over', 'laptop')
      expect(document.cameBack.map(({ subject }: { subject: string }) => subject)).toEqual(['Number 0', 'Number 1'])
      expect(told({ document })).toEqual([
        'copy server Number 0',
        'copy server Number 1',
        'createFolder server ',
        'move server Number 5',
      ])
    })

    it('a folder that the server numbered anew is not taken over, and nothing is deleted', async () => {
      place.configure([account('server', user), LAPTOP], 'home: { between: [server, laptop], mode: two-way }')
      fillAccount(dovecot, user, { INBOX: mails(0, 6) })
      mkdirSync(place.at('laptop'))
      mbsync(files('Verbatim'), '*')
      const state = place.at('laptop/INBOX/.mbsyncstate')
      writeFileSync(state, readFileSync(state, 'utf8').replace(/^FarUidValidity \d+$/m, 'FarUidValidity 7'))
      rmSync(fileOf(1))
      const { document, stderr } = await place.sync('--yes', '--take-over', 'laptop')
      expect([stderr, told({ document })]).toEqual([
        expect.stringMatching(/UIDVALIDITY \d+ now/),
        ['copy server Number 1'],
      ])
    })
  })

  describe.skipIf(!isToBeTested(hasOfflineimap))('OfflineIMAP', () => {
    const offlineimap = (more = '') => {
      const server = `type = IMAP\nremotehost = 127.0.0.1\nremoteport = ${dovecot.port}\nssl = no\nstarttls = no\nremoteuser = ${user}\nremotepass = secret\n`
      writeFileSync(
        place.at('offlineimaprc'),
        `[general]\naccounts = home\nmetadata = ${place.at('meta')}\n\n[Account home]\nlocalrepository = laptop\nremoterepository = server\n${more}\n[Repository server]\n${server}\n[Repository laptop]\ntype = Maildir\nlocalfolders = ${place.at('laptop')}\nsep = /\n`,
      )
      run('offlineimap', '-c', place.at('offlineimaprc'), '-o', '-u', 'quiet')
    }

    it.each([['server, laptop'], ['laptop, server']])('its state, between %s', async (between) => {
      place.configure([account('server', user), LAPTOP], `home: { between: [${between}], mode: two-way }`)
      fill()
      offlineimap()
      await changeBoth()
      await expectTakenOver('meta', 13, CHANGED)
    })
  })
})
