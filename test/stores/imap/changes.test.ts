import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderName, type KnownCopies, type Locator, type ScanBatch } from '../../../src/stores/store.js'
import { makeAccount, scanOf, type TestAccount } from '../../support/accounts-on.js'
import { isToBeTested } from '../../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../../support/dovecot.js'
import { startFaultProxy } from '../../support/fault-proxy.js'
import { knownAfter, mail, readAll } from '../../support/store-law.js'

const CAPABILITIES = {
  'with all that Dovecot can do': undefined,
  'without CONDSTORE': 'IMAP4rev1 LITERAL+ ENABLE ESEARCH LIST-EXTENDED LIST-STATUS UIDPLUS NAMESPACE',
  'with no extension': 'IMAP4rev1',
}

for (const [title, capability] of Object.entries(CAPABILITIES)) {
  describe.skipIf(!isToBeTested(hasDovecot))(`an account that changes between scans, ${title}`, () => {
    let dovecot: Dovecot
    const accounts: TestAccount[] = []
    beforeAll(async () => {
      dovecot = await startDovecot(capability === undefined ? {} : { capability })
    })
    afterAll(async () => {
      for (const account of accounts) await account[Symbol.asyncDispose]()
      await dovecot?.[Symbol.asyncDispose]()
    })

    /** An account with so many messages, and what a first scan knows of it. */
    async function scanned(count: number): Promise<{ account: TestAccount; known: KnownCopies }> {
      const account = await makeAccount(dovecot)
      accounts.push(account)
      for (let n = 1; n <= count; n++) await account.append('INBOX', mail(n), n % 2 === 0 ? ['\\Seen'] : [])
      const first = await scanOf(await account.open())
      expect(first.verdict.outcome).toBe('complete')
      expect(first.copies).toHaveLength(count)
      return { account, known: knownAfter(first) }
    }
    const expunge = async ({ other }: TestAccount, set: string): Promise<void> => {
      await other.command('SELECT', 'INBOX')
      await other.command('UID STORE', set, '+FLAGS (\\Deleted)')
      await other.command('EXPUNGE')
      await other.command('CLOSE')
    }

    it('is unchanged where nothing changed', async () => {
      const { account, known } = await scanned(5)
      expect(await scanOf(await account.open(), 'INBOX', known)).toMatchObject({
        verdict: { outcome: 'unchanged' },
        copies: [],
        kept: [],
      })
    })

    it('is as it is now where the session has had it open since it changed', async () => {
      const { account, known } = await scanned(2)
      const store = await account.open()
      expect((await scanOf(store)).copies).toHaveLength(2)
      await account.append('INBOX', mail(9), [])
      await store.list()
      expect((await scanOf(store, 'INBOX', known)).copies).toHaveLength(1)
    })

    it('tells flags that changed, of what it keeps', async () => {
      const { account, known } = await scanned(5)
      await account.other.command('SELECT', 'INBOX')
      await account.other.command('UID STORE', '2', 'FLAGS (\\Flagged todo)')
      await account.other.command('CLOSE')
      const again = await scanOf(await account.open(), 'INBOX', known)
      expect(again).toMatchObject({ verdict: { outcome: 'complete' }, copies: [], kept: [1, 2, 3, 4, 5] })
      expect(again.reflagged).toEqual([{ row: 2, flags: ['\\Flagged', 'todo'] }])
    })

    it('reads what came, and keeps the rest', async () => {
      const { account, known } = await scanned(5)
      await account.append('INBOX', mail(6))
      const again = await scanOf(await account.open(), 'INBOX', known)
      expect(again.verdict.outcome).toBe('complete')
      expect(again.kept).toEqual([1, 2, 3, 4, 5])
      expect(again.copies.map(({ locator }) => locator)).toEqual(['uid=6'])
    })

    it('lets go what went', async () => {
      const { account, known } = await scanned(5)
      await expunge(account, '2,4')
      const again = await scanOf(await account.open(), 'INBOX', known)
      expect(again).toMatchObject({ verdict: { outcome: 'complete' }, copies: [], kept: [1, 3, 5] })
    })

    it('sees that one came and one went', async () => {
      const { account, known } = await scanned(3)
      await expunge(account, '1')
      await account.append('INBOX', mail(4))
      const again = await scanOf(await account.open(), 'INBOX', known)
      expect(again.kept).toEqual([2, 3])
      expect(again.copies.map(({ locator }) => locator)).toEqual(['uid=4'])
    })

    it('is empty at last', async () => {
      const { account, known } = await scanned(2)
      await expunge(account, '1:*')
      expect(await scanOf(await account.open(), 'INBOX', known)).toMatchObject({
        verdict: { outcome: 'complete' },
        copies: [],
        kept: [],
      })
    })

    it('is compared message by message where the last scan was not complete', async () => {
      const { account, known } = await scanned(4)
      await account.append('INBOX', mail(5))
      const again = await scanOf(await account.open(), 'INBOX', { ...known, state: null })
      expect(again.kept).toEqual([1, 2, 3, 4])
      expect(again.copies.map(({ locator }) => locator)).toEqual(['uid=5'])
    })

    it('is read anew where messages were numbered anew, and proves which are the same', async () => {
      const { account, known } = await scanned(4)
      const again = await scanOf(await account.open(), 'INBOX', numberedOtherwise(known))
      expect(again).toMatchObject({ verdict: { outcome: 'complete' }, kept: [] })
      expect(again.copies.map(({ sameAs }) => sameAs)).toEqual([1, 2, 3, 4])
    })

    it('believes nothing of an index that the server contradicts', async () => {
      const { account, known } = await scanned(4)
      // As after a restore from a backup: the same UIDVALIDITY, and numbers that were given out already.
      const state = known.state?.replace(/^(imap1 \d+) \d* \d* \d*/, '$1 90 90 9999') ?? null
      const again = await scanOf(await account.open(), 'INBOX', { ...known, state })
      expect(again).toMatchObject({ verdict: { outcome: 'complete' } })
      expect(again.copies).toHaveLength(4)
    })

    it('says what went when it is read after all', async () => {
      const { account } = await scanned(40)
      const store = await account.open()
      await store.list()
      await using folder = await store.open(folderName('INBOX'))
      await account.other.command('SELECT', 'INBOX')
      const seen = new Set<Locator>()
      let last: ScanBatch | null = null
      for await (const batch of folder.scan({ state: null, copies: () => [] })) {
        for (const { locator } of batch.read) seen.add(locator)
        last = batch
      }
      await account.other.command('UID STORE', '5,39', '+FLAGS (\\Deleted)')
      await account.other.command('EXPUNGE')
      await account.append('INBOX', mail(41))
      expect(last?.verdict?.outcome).toBe('complete')
      const read = await readAll(
        folder,
        [...seen].filter((where) => /^uid=(4|5|6|39|40)$/.test(where)),
      )
      expect(read.map((bytes) => bytes !== null)).toEqual([true, false, true, false, true])
    })
  })
}

describe.skipIf(!isToBeTested(hasDovecot))('what scans of an account cost', () => {
  let dovecot: Dovecot
  beforeAll(async () => {
    dovecot = await startDovecot()
  })
  afterAll(() => dovecot?.[Symbol.asyncDispose]())

  it('few commands at first, and none for a folder that did not change', async () => {
    await using account = await makeAccount(dovecot)
    await account.other.command('CREATE', 'Work')
    for (let n = 1; n <= 20; n++) {
      await account.append('INBOX', mail(n))
      await account.append('Work', mail(n))
    }
    await using proxy = await startFaultProxy(dovecot.port)
    const scanBoth = async (...known: readonly KnownCopies[]) => {
      const store = await account.open({ port: proxy.port })
      await store.list()
      const found = []
      for (const [n, name] of ['INBOX', 'Work'].entries()) {
        await using folder = await store.open(folderName(name))
        const batches: ScanBatch[] = []
        for await (const batch of folder.scan(known[n] ?? { state: null, copies: () => [] })) batches.push(batch)
        found.push(batches)
      }
      await store[Symbol.asyncDispose]()
      return found
    }
    proxy.set(null)
    const [inbox = [], work = []] = await scanBoth()
    const commands = () =>
      proxy.said.client
        .toString('latin1')
        .match(/^[0-9A-F]+ (?!AUTHENTICATE|ID|LOGOUT)\S+(?: FETCH)?/gm)
        ?.map((line) => line.replace(/^\S+ /, ''))
    expect(commands()).toEqual(['NAMESPACE', 'ENABLE', 'LIST', 'EXAMINE', 'UID FETCH', 'EXAMINE', 'UID FETCH'])
    const known = [inbox, work].map((batches) =>
      knownAfter({
        copies: batches.flatMap(({ read }) => read),
        verdict: batches.at(-1)?.verdict ?? { outcome: 'unchanged' },
        ...{ kept: [], reflagged: [], troubles: [], foreign: [], octets: 0 },
      }),
    )
    proxy.set(null)
    await scanBoth(...known)
    expect(commands()).toEqual(['NAMESPACE', 'ENABLE', 'LIST'])
  })
})

/** What is known, as if it had been read under another UIDVALIDITY. */
function numberedOtherwise({ state, copies }: KnownCopies): KnownCopies {
  const other = (text: string): string => text.replace(/^(imap1 )?(\d+)/, '$17$2')
  return {
    state: state === null ? null : other(state),
    copies: () => [...copies()].map((copy) => ({ ...copy, stamp: other(copy.stamp) })),
  }
}
