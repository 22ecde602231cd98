import { rmSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readAccount } from '../support/account-mail.js'
import { hasCourier, startCourier } from '../support/courier.js'
import { isToBeTested, type TestServer } from '../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.js'
import { forEachTest } from '../support/for-each-test.js'
import { type Mail, mail, mails, readMaildir, textsIn, writeMaildir } from '../support/maildir-mail.js'
import { connectRaw } from '../support/raw-imap.js'
import { type RewordingProxy, startRewordingProxy } from '../support/rewording-proxy.js'
import { flag, makeTwoWayPlace, remove } from '../support/two-way-place.js'

const ENV = { MBAUDIT_PASSWORD: 'secret' }
const place = forEachTest(() => makeTwoWayPlace(ENV))

const account = (port: number, user: string) =>
  `server: { type: imap, host: 127.0.0.1, port: ${port}, user: ${user}, tls: none }`
const LAPTOP = 'laptop: { type: maildir, path: ./laptop }'
const SIDES = [['server, laptop'], ['laptop, server']] as const
const loseState = () => rmSync(place.state, { recursive: true })
const numberIn = (text: string): number => Number(/^Subject: Number (\d+)\r?$/m.exec(text)?.[1])
const numbersOf = (texts: readonly string[]): number[] => texts.map(numberIn).sort((one, other) => one - other)
const onLaptop = () => numbersOf(textsIn(place.at('laptop')))
const onServer = async (port: number, user: string) => numbersOf((await readAccount(port, user)).INBOX ?? [])
const told = ({ document }: { document: { steps: readonly { op: string; store: string; subject: string }[] } }) =>
  document.steps.map(({ op, store, subject }) => `${op} ${store} ${subject}`).sort()

/** A mail without an ID, as old programs send it. */
const bare = (number: number): Mail => mail(number, { id: null })

describe.skipIf(!isToBeTested(hasDovecot))('a server that gives what it stores another Message-ID', () => {
  let dovecot: Dovecot
  let altering: RewordingProxy
  let users = 0
  let user: string
  beforeAll(async () => {
    dovecot = await startDovecot()
    altering = await startRewordingProxy(
      dovecot.port,
      (text) => text,
      (text) => text.replace(/<(\d+)@example\.org>/g, '<$1@renamed.net>'),
    )
  })
  afterAll(async () => {
    await altering[Symbol.asyncDispose]()
    await dovecot[Symbol.asyncDispose]()
  })
  beforeEach(() => {
    user = `altered${++users}`
  })

  const expunge = async (number: number) => {
    await using raw = await connectRaw(dovecot.port, user)
    await raw.command('SELECT', 'INBOX')
    const found = await raw.command('UID', 'SEARCH', 'SUBJECT', `"Number ${number}"`)
    const [, uid = ''] = /^\* SEARCH (\d+)/m.exec(found) ?? []
    await raw.command('UID', 'STORE', uid, '+FLAGS.SILENT', '(\\Deleted)')
    await raw.command('UID', 'EXPUNGE', uid)
  }

  it.each(SIDES)('the state lost, between %s: nothing doubles, and the state is whole again', async (between) => {
    place.configure([account(altering.port, user), LAPTOP], `home: { between: [${between}], mode: two-way }`)
    writeMaildir(place.at('laptop'), { INBOX: [...mails(0, 6), bare(6)] })
    expect((await place.sync('--yes')).document.summary).toMatchObject({ copy: 7, failed: 0 })
    expect((await readAccount(dovecot.port, user)).INBOX?.join('')).toContain('<0@renamed.net>')
    expect(told(await place.sync('--yes'))).toEqual([])

    await expunge(5)
    flag(place.at('laptop'), 1, 'FS')
    loseState()
    const lost = await place.sync('--yes')
    expect(told(lost)).toEqual(['copy laptop Number 5', 'flags server Number 1'])
    expect(lost.document.notes.join(' ')).toMatch(/under another Message-ID there, and one mail/)
    expect(told(await place.sync('--yes'))).toEqual([])

    remove(place.at('laptop'), 2)
    await expunge(3)
    expect(told(await place.sync('--yes'))).toEqual(['delete laptop Number 3', 'delete server Number 2'])
    expect([onLaptop(), await onServer(dovecot.port, user)]).toEqual([
      [0, 1, 4, 5, 6],
      [0, 1, 4, 5, 6],
    ])
  })

  it.each(SIDES)('its folder numbered anew, between %s: nothing doubles and nothing is deleted', async (between) => {
    place.configure([account(altering.port, user), LAPTOP], `home: { between: [${between}], mode: two-way }`)
    writeMaildir(place.at('laptop'), { INBOX: [mail(9)], Work: mails(0, 4) })
    await place.sync('--yes')
    {
      await using raw = await connectRaw(dovecot.port, user)
      await raw.command('DELETE', 'Work')
      // UIDVALIDITY is a time in seconds.
      await setTimeout(1100)
      await raw.command('CREATE', 'Work')
      for (const { text } of mails(0, 4)) {
        const renamed = text.replace(/<(\d+)@example\.org>/, '<$1@renamed.net>').replaceAll('\n', '\r\n')
        await raw.command('APPEND', 'Work', '(\\Seen)', Buffer.from(renamed))
      }
    }
    // Flagged since, which would have it brought back.
    flag(`${place.at('laptop')}/.Work`, 2, 'FS')
    writeMaildir(place.at('laptop'), { Work: [mail(20)] })
    expect(told(await place.sync('--yes'))).toEqual(['copy laptop Number 20', 'flags server Number 2'])
    expect(told(await place.sync('--yes'))).toEqual([])
    expect(readMaildir(place.at('laptop')).Work).toHaveLength(5)
  })

  it('two mails of a robot in one second are two, whatever became of the state', async () => {
    place.configure([account(dovecot.port, user), LAPTOP], 'home: { between: [server, laptop], mode: two-way }')
    const robot = (id: string, body: string) => mail(1, { id, body })
    writeMaildir(place.at('laptop'), { INBOX: [robot('<here@example.org>', 'Disk 1 of host A is full.\n')] })
    {
      await using raw = await connectRaw(dovecot.port, user)
      const { text } = robot('<there@example.org>', 'Disk 2 of host B is full.\n')
      await raw.command('APPEND', 'INBOX', Buffer.from(text.replaceAll('\n', '\r\n')))
    }
    expect((await place.sync('--yes')).document.summary).toMatchObject({ copy: 2 })
    expect([onLaptop(), await onServer(dovecot.port, user)]).toEqual([
      [1, 1],
      [1, 1],
    ])
  })
})

const ODD = [
  mail(1, { body: 'One line\r\r\nand another\r\r\n' }),
  mail(2, { id: null, body: 'One line\r\r\nand another\r\r\n' }),
  mail(3, { body: 'A lone\rreturn\n' }),
  mail(4, { id: null, body: 'A lone\rreturn\n' }),
  mail(5, { id: null, body: 'Blanks at the end   \n\n\n' }),
]

describe.each([
  ['Dovecot', hasDovecot, (): Promise<TestServer> => startDovecot(), 'odd'],
  ['Courier', hasCourier, (): Promise<TestServer> => startCourier(), 'alice'],
])('mail that %s cannot store as it is', (_name, isThere, start, user) => {
  it.skipIf(!isToBeTested(isThere))('does not double when the state is lost', async () => {
    await using server = await start()
    place.configure([account(server.port, user), LAPTOP], 'home: { between: [server, laptop], mode: two-way }')
    writeMaildir(place.at('laptop'), { INBOX: ODD })
    const first = await place.sync('--yes')
    expect(first.document.summary).toMatchObject({ copy: 5, failed: 0 })
    expect(told(await place.sync('--yes'))).toEqual([])
    loseState()
    expect(told(await place.sync('--yes'))).toEqual([])
    expect(told(await place.sync('--yes'))).toEqual([])
    remove(place.at('laptop'), 2)
    expect(told(await place.sync('--yes'))).toEqual(['delete server Number 2'])
    expect(onLaptop()).toEqual([1, 3, 4, 5])
  })
})
