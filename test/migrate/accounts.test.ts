import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { wireDigest } from '../../src/message/wire.js'
import type { MemoryMessage } from '../../src/stores/memory/store.js'
import { Workbench } from '../support/applying.js'
import { hasCourier, startCourier } from '../support/courier.js'
import { hasCyrus, startCyrus } from '../support/cyrus.js'
import { isToBeTested, type TestServer } from '../support/daemon.js'
import { hasDovecot, startDovecot } from '../support/dovecot.js'
import { hardMail, ODD_OCTETS } from '../support/hard-mail.js'
import { accountAt } from '../support/imap-accounts.js'
import { openAccount } from '../support/imap-store.js'
import { openForWriting } from '../support/imap-writing.js'
import { compared, type Format, type Found, holds, localPlace, migrate, type Place } from '../support/migrating.js'
import { connectRaw } from '../support/raw-imap.js'
import { givenBy, memoryPlace, namesOf } from '../support/round-trip.js'
import { mail } from '../support/store-law.js'

/** What a server makes of mail whose octets it does not keep. */
interface Server {
  readonly isThere: boolean
  start(): Promise<TestServer>
  /** Names of mail that comes otherwise, or not at all. */
  readonly odd: readonly string[]
}

const NO_FIELD = [
  'a header alone, no newline',
  'a blank before the colon',
  'a line that is no field',
  'a quoted From_ line first',
  'a quoted line in the header',
  'lines that end in a lone CR',
  'an ID after 40 KB of header',
  'a From_ line inside',
]

const SERVERS: Readonly<Record<string, Server>> = {
  Dovecot: { isThere: hasDovecot, start: () => startDovecot(), odd: ['NUL', 'lines that end in CR CR LF'] },
  Cyrus: {
    isThere: hasCyrus,
    start: () => startCyrus(),
    odd: [...NO_FIELD, '8-bit', 'NUL', '8-bit octets in the header', 'a byte order mark'],
  },
  Courier: {
    isThere: hasCourier,
    start: () => startCourier(),
    odd: [
      ...['a lone CR', 'a From line after CR', 'lines that end in a lone CR', 'lines that end in CR CR LF'],
      ...['a lone CR in a field', 'NUL'],
    ],
  },
}

const NAMES = namesOf(ODD_OCTETS)
const { INBOX = [], Flags = [], Twice = [], Work = [] } = hardMail()
/** Servers keep dates of 32 bits, and none in the future; 0 is none to them. */
const Dates = [1, 86_400, 951_825_600, 1_711_848_600].map(
  (received, n): MemoryMessage => ({ raw: mail(700 + n), flags: [], received }),
)
const FOLDERS = {
  INBOX,
  Flags,
  Twice,
  Work,
  'Work/2024': Work,
  'R&D caf\u00e9 \u{1f4ee}': Work,
  'INBOX/below': Work,
  Empty: [],
} as const satisfies Record<string, readonly MemoryMessage[]>

let base: string
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'mbaudit-accounts-'))
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

let users = 0

describe.each(Object.entries(SERVERS))(
  'an account on %s (scripts/install-test-servers.sh)',
  (name, { isThere, start, odd }) => {
    describe.skipIf(!isToBeTested(isThere))('migrated', () => {
      let server: TestServer
      let account: Place
      beforeAll(async () => {
        server = await start()
      }, 60_000)
      afterAll(() => server[Symbol.asyncDispose]())
      beforeEach(() => {
        const user = name === 'Courier' ? 'alice' : `migrated${++users}`
        account = {
          open: () => openAccount(accountAt(server.port, { user, name: 'account' })),
          openForWriting: () => openForWriting(accountAt(server.port, { user, name: 'account' })),
        }
      })
      afterEach(() => {
        if (name === 'Courier') emptyMaildir(join(server.directory, 'alice/Maildir'))
      })
      const isOdd = (raw: Buffer): boolean => odd.includes(NAMES.get(wireDigest(raw)) ?? '')
      const plain = Object.fromEntries(
        Object.entries(FOLDERS).map(([folder, mails]) => [folder, mails.filter(({ raw }) => !isOdd(raw))]),
      )
      const noCrs = (found: readonly Found[]) => found.map((each) => ({ ...each, raw: '' }))

      it('takes in what it keeps, and gives it back: octets, flags, dates and order; again there is nothing to do', async () => {
        using bench = new Workbench()
        const source = memoryPlace(plain)
        const { result } = await migrate(bench, source, account)
        expect(result).toMatchObject({ ended: 'finished', failed: 0, skipped: 0, open: 0, alteredByServer: 0 })
        const given = await holds(account)
        for (const [folder, found] of Object.entries(await holds(source)))
          expect([folder, noCrs(given[folder] ?? [])]).toEqual([folder, noCrs(found)])
        expect((await migrate(bench, source, account)).steps).toEqual([])
        expect(await compared(source, account)).toMatchObject({
          missing: 0,
          extra: 0,
          changed: 0,
          moved: 0,
          flags: 0,
          copies: 0,
        })
        for (const format of ['maildir', 'mboxrd', 'mboxcl2', 'mh', 'eml'] satisfies Format[]) {
          const local = localPlace(format, join(base, `${name}-${format}`))
          const back = await migrate(bench, account, local)
          expect([format, back.result]).toMatchObject([format, { failed: 0, skipped: 0, open: 0, alteredByServer: 0 }])
          const kept = await holds(local)
          for (const [folder, found] of Object.entries(given)) {
            const wanted = givenBy(format, NAMES, found).map(({ wire, flags, received }) => ({ wire, flags, received }))
            // In MH a number would be taken for a message.
            const called = format === 'mh' ? folder.replace('2024', '2024_') : folder
            const there = kept[called]?.map(({ wire, flags, received }) => ({ wire, flags, received }))
            expect([format, folder, there]).toEqual([format, folder, wanted])
          }
          expect((await migrate(bench, account, local)).steps).toEqual([])
        }
      })

      it('says of each mail that it alters or refuses; all others come', async () => {
        using bench = new Workbench()
        const mails = INBOX.filter(({ raw }) => isOdd(raw) || raw === INBOX[0]?.raw)
        const { result } = await migrate(bench, memoryPlace({ INBOX: mails, Dates }), account)
        const { verified = 0, alteredByServer = 0, failed = 0, skipped = 0 } = result ?? {}
        expect(verified + alteredByServer + failed).toBe(mails.length + Dates.length)
        expect([skipped, alteredByServer + failed > 0]).toEqual([0, true])
        for (const { code, message, keptAs } of result?.failures ?? [])
          expect([code, message === '', keptAs === null]).toEqual(['REFUSED', false, false])
        const received = (await holds(account)).Dates?.map((each) => each.received)
        expect(received).toEqual(Dates.map((each) => each.received))
      })
    })
  },
)

function emptyMaildir(path: string): void {
  for (const entry of readdirSync(path, 'latin1')) {
    if (!['cur', 'new', 'tmp'].includes(entry)) rmSync(Buffer.from(join(path, entry), 'latin1'), { recursive: true })
  }
  for (const room of ['cur', 'new', 'tmp'])
    for (const file of readdirSync(join(path, room))) rmSync(join(path, room, file))
}

describe.skipIf(!isToBeTested(hasDovecot))('while another client is at work in the target (Dovecot)', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startDovecot()
  }, 60_000)
  afterAll(() => server[Symbol.asyncDispose]())
  const place = (user: string): Place => ({
    open: () => openAccount(accountAt(server.port, { user, name: user })),
    openForWriting: () => openForWriting(accountAt(server.port, { user, name: user })),
  })
  const source = memoryPlace({ INBOX: Twice.slice(0, 1).concat(Work), Work, Later: Work })
  const crlf = (raw: Buffer | undefined): Buffer =>
    Buffer.from((raw ?? Buffer.alloc(0)).toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')

  it('what it adds is left alone, and what it adds of the same mail is not doubled', async () => {
    using bench = new Workbench()
    const target = place('adding')
    const { result } = await migrate(bench, source, target, {}, async () => {
      await using other = await connectRaw(server.port, 'adding')
      await other.command('APPEND', 'INBOX', crlf(Work[0]?.raw))
      await other.command('APPEND', 'INBOX', Buffer.from('Subject: its own\r\n\r\nx\r\n'))
    })
    const { INBOX: inbox = [] } = await holds(target)
    expect([result?.skipped, result?.failed]).toEqual([1, 0])
    expect(inbox.map(({ raw }) => /Subject: (.*)\r/.exec(raw)?.[1]).sort()).toHaveLength(4)
    expect(new Set(inbox.map(({ wire }) => wire)).size).toBe(4)
    expect((await migrate(bench, source, target)).steps).toEqual([])
  })

  it('what it expunges is brought again; of a folder that it renames the mail stays there, and nothing comes twice', async () => {
    using bench = new Workbench()
    const target = place('renaming')
    await migrate(bench, source, target)
    {
      await using other = await connectRaw(server.port, 'renaming')
      await other.command('RENAME', 'Work', 'Renamed')
      await other.command('SELECT', 'INBOX')
      await other.command('STORE', '1', '+FLAGS', '(\\Deleted)')
      await other.command('EXPUNGE')
    }
    const { result } = await migrate(bench, source, target, {}, async () => {
      await using other = await connectRaw(server.port, 'renaming')
      await other.command('RENAME', 'Later', '"Later still"')
    })
    expect(result?.failed ?? 0).toBe(0)
    await migrate(bench, source, target)
    expect((await migrate(bench, source, target)).steps).toEqual([])
    const counts = Object.entries(await holds(target)).map(([folder, found]) => [folder, found.length])
    expect(Object.fromEntries(counts)).toEqual({
      ...{ INBOX: 3, Work: 0, Renamed: 2, 'Later still': 2, Later: 0 },
    })
  })
})
