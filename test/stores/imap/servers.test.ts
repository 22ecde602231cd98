import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findDuplicates } from '../../../src/audit/duplicates.js'
import type { AccountSettings } from '../../../src/stores/imap/account.js'
import { encodeModifiedUtf7 } from '../../../src/stores/modified-utf7.js'
import { folderName, type Store } from '../../../src/stores/store.js'
import { hasCourier, startCourier } from '../../support/courier.js'
import { hasCyrus, startCyrus } from '../../support/cyrus.js'
import { isToBeTested, type TestServer } from '../../support/daemon.js'
import { type DovecotOptions, hasDovecot, startDovecot } from '../../support/dovecot.js'
import { asCrlf } from '../../support/dovecot-maker.js'
import { accountAt } from '../../support/imap-accounts.js'
import { openAccount } from '../../support/imap-store.js'
import { connectRaw, type RawImap } from '../../support/raw-imap.js'
import { scan } from '../../support/scanning.js'
import { inFolderOrder, knownAfter, mail, readAll, scanFolder } from '../../support/store-law.js'

/** How a kind of server is started, and how its folders are named. */
interface Kind {
  readonly isThere: boolean
  start(): Promise<TestServer>
  readonly separator: '/' | '.'
  readonly prefix: string
}

const dovecot = (options: DovecotOptions): Kind => ({
  isThere: hasDovecot,
  start: () => startDovecot(options),
  separator: options.separator ?? '/',
  prefix: options.prefix ?? '',
})

const BASE = 'IMAP4rev1 SASL-IR ID NAMESPACE'
const KINDS: Readonly<Record<string, Kind>> = {
  'Dovecot, /': dovecot({}),
  'Dovecot, . below INBOX': dovecot({ separator: '.', prefix: 'INBOX.' }),
  'Dovecot, / below INBOX': dovecot({ prefix: 'INBOX/' }),
  'Dovecot in mbox files': dovecot({ storage: 'mbox' }),
  'Dovecot in sdbox': dovecot({ storage: 'sdbox' }),
  'Dovecot with IMAP4rev1 alone': dovecot({ capability: 'IMAP4rev1' }),
  'Dovecot without CONDSTORE': dovecot({
    capability: `${BASE} UIDPLUS ESEARCH LITERAL+ SPECIAL-USE LIST-EXTENDED LIST-STATUS`,
  }),
  'Dovecot with CONDSTORE, without QRESYNC': dovecot({ capability: `${BASE} ENABLE CONDSTORE UIDPLUS` }),
  'Dovecot without ESEARCH and LIST-STATUS': dovecot({ capability: `${BASE} ENABLE CONDSTORE QRESYNC SPECIAL-USE` }),
  'Cyrus, /': { isThere: hasCyrus, start: () => startCyrus(), separator: '/', prefix: '' },
  'Cyrus, . below INBOX': {
    isThere: hasCyrus,
    start: () => startCyrus({ separator: '.', isBelowInbox: true }),
    separator: '.',
    prefix: 'INBOX.',
  },
  'Cyrus without CONDSTORE': {
    isThere: hasCyrus,
    start: () => startCyrus({ suppressed: 'CONDSTORE QRESYNC OBJECTID LIST-STATUS ESEARCH' }),
    separator: '/',
    prefix: '',
  },
  Courier: { isThere: hasCourier, start: () => startCourier(), separator: '.', prefix: 'INBOX.' },
}

/** Names of folders that programs stumble over. */
const ODD = ['2024:Q1', 'a*b%c', 'q"uo\\\\te', ' lead trail ', 'Käse', 'Ka\u0308se', 'R&D', '送信済み']

for (const [title, kind] of Object.entries(KINDS)) {
  describe.skipIf(!isToBeTested(kind.isThere))(`${title} (scripts/install-test-servers.sh)`, () => {
    let server: TestServer
    let raw: RawImap
    const stores: Store[] = []
    beforeAll(async () => {
      server = await kind.start()
      raw = await connectRaw(server.port, 'alice')
    })
    afterAll(async () => {
      for (const store of stores) await store[Symbol.asyncDispose]()
      await raw?.[Symbol.asyncDispose]()
      await server?.[Symbol.asyncDispose]()
    })

    const open = async (settings: Partial<AccountSettings> = {}): Promise<Store> => {
      const store = await openAccount(accountAt(server.port, settings))
      stores.push(store)
      return store
    }
    const pathOf = (...levels: readonly string[]): string =>
      `${kind.prefix}${levels.map((level) => encodeModifiedUtf7(level)).join(kind.separator)}`
    const quoted = (path: string): string => `"${path.replace(/["\\]/g, '\\$&')}"`
    const append = (path: string, message: Buffer, flags = '') =>
      raw.command('APPEND', quoted(path), `(${flags})`, '"01-Jan-2024 10:00:00 +0000"', asCrlf(message))
    const create = (path: string) => raw.command('CREATE', quoted(path))

    it('its messages are read as they are, and again only where they changed', async () => {
      await create(pathOf('Box'))
      const messages = [mail(1), mail(2, 'Gr\xfc\xdfe\n'), mail(3, `${'x'.repeat(2_000)}\n`.repeat(40)), mail(1)]
      for (const message of messages) await append(pathOf('Box'), message, '\\Seen $Forwarded')
      const box = async () => (await open()).open(folderName('Box'))
      const first = await scanFolder(await box())
      expect([first.verdict.outcome, first.troubles]).toEqual(['complete', []])
      const copies = [...first.copies].sort(inFolderOrder)
      expect(copies.map(({ facts }) => facts.id)).toEqual([1, 2, 3, 1].map((n) => `<${n}@example.org>`))
      expect(copies.every(({ received }) => received === Date.UTC(2024, 0, 1, 10) / 1_000)).toBe(true)
      expect(copies[0]?.flags).toEqual(['$Forwarded', '\\Seen'])
      const bodies = await readAll(
        await box(),
        copies.map((copy) => copy.locator),
      )
      expect(bodies.map((body) => body && digestOf(body))).toEqual(messages.map((each) => digestOf(asCrlf(each))))

      await append(pathOf('Box'), mail(9))
      await raw.command('SELECT', quoted(pathOf('Box')))
      await raw.command('STORE', '2', '+FLAGS', '(\\Flagged)')
      await raw.command('STORE', '1', '+FLAGS', '(\\Deleted)')
      await raw.command('EXPUNGE')
      await raw.command('CLOSE')
      const second = await scanFolder(await box(), knownAfter(first))
      expect(second.verdict.outcome).toBe('complete')
      expect(second.copies.map(({ facts }) => facts.id)).toEqual(['<9@example.org>'])
      expect(second.kept.length).toBe(3)
      expect(second.reflagged.map(({ flags }) => flags)).toEqual([['$Forwarded', '\\Flagged', '\\Seen']])
    })

    it('folders with odd names are listed by them, and opened', async () => {
      const taken: string[] = []
      for (const name of ODD) {
        const isTaken = await create(pathOf(name)).then(
          () => true,
          () => false,
        )
        if (!isTaken) continue
        taken.push(name)
        await append(pathOf(name), mail(taken.length))
      }
      expect(taken.length).toBeGreaterThan(5)
      const store = await open()
      const { folders, troubles } = await store.list()
      expect(troubles).toEqual([])
      const names: readonly string[] = folders.map((folder) => folder.name)
      for (const [at, name] of taken.entries()) {
        const shown = name.replace(/[\\/]/g, '\\$&')
        expect(names).toContain(shown)
        const { copies, verdict } = await scanFolder(await store.open(folderName(shown)))
        expect([shown, verdict.outcome, copies[0]?.facts.id]).toEqual([shown, 'complete', `<${at + 1}@example.org>`])
      }
    })

    it('duplicates are found, and sure', async () => {
      await create(pathOf('Twice', 'Over')).catch(async () => {
        await create(pathOf('Twice'))
        await create(pathOf('Twice', 'Over'))
      })
      const path = pathOf('Twice', 'Over')
      for (const message of [mail(51), mail(51), mail(52), mail(52, 'another text\n'), mail(53)])
        await append(path, message)
      for (const _ of [1, 2]) await append(path, Buffer.from('Subject: no ID\n\nno ID\n'))
      await using scanned = await scan(await open(), { wanted: (folder) => folder === 'Twice/Over' })
      const { summary, rows } = await findDuplicates([scanned.index], { by: 'id', scope: 'store', keep: [] })
      for (const _ of rows());
      expect([...scanned.problems]).toEqual([])
      expect([summary.messages, summary.groups, summary.identical]).toEqual([7, 3, 2])
    })

    it('messages with gaps between their UIDs are scanned by four connections at once', async () => {
      await create(pathOf('Many'))
      for (let n = 0; n < 24; n++) await append(pathOf('Many'), mail(n))
      await raw.command('SELECT', quoted(pathOf('Many')))
      await raw.command('STORE', '5:9,11,20:24', '+FLAGS', '(\\Deleted)')
      await raw.command('EXPUNGE')
      await raw.command('CLOSE')
      const store = await open()
      const scans = await Promise.all(
        Array.from({ length: 4 }, async () => scanFolder(await store.open(folderName('Many')))),
      )
      for (const { copies, verdict } of scans) expect([copies.length, verdict.outcome]).toEqual([13, 'complete'])
    })

    it('STARTTLS and TLS are spoken', async () => {
      const tls = { ca: [server.certificate] }
      for (const settings of [
        { security: 'starttls', port: server.port, tls },
        { security: 'tls', port: server.tlsPort, tls },
      ] as const) {
        const { folders } = await (await open(settings)).list()
        expect(folders[0]?.name).toBe('INBOX')
      }
    })

    it('nothing is changed by reading', async () => {
      await append('INBOX', mail(70))
      await append('INBOX', mail(71), '\\Flagged')
      const look = async () => {
        await raw.command('EXAMINE', 'INBOX')
        return (await raw.command('FETCH', '1:*', '(UID FLAGS INTERNALDATE RFC822.SIZE)')).replace(/ ?\\Recent/g, '')
      }
      const before = await look()
      await using scanned = await scan(await open(), { bodies: 'all', wanted: (folder) => folder === 'INBOX' })
      await scanned.index.needWires()
      expect([...scanned.problems]).toEqual([])
      expect(await look()).toEqual(before)
    })

    it('a folder named nil is listed, or told to be left out', async () => {
      await create(pathOf('nil'))
      const { folders, troubles } = await (await open()).list()
      const names: readonly string[] = folders.map((folder) => folder.name)
      if (names.includes('nil')) expect(troubles).toEqual([])
      else expect(troubles.map(({ message }) => message)).toEqual(['the server lists it with no name'])
    })
  })
}

const digestOf = (octets: Buffer): string => createHash('sha256').update(octets).digest('hex')
