import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findDuplicates } from '../../../src/audit/duplicates.js'
import { listMessages } from '../../../src/audit/listing.js'
import { findNoId } from '../../../src/audit/no-id.js'
import type { BodyChoice } from '../../../src/index/scan.js'
import { readFacts } from '../../../src/message/facts.js'
import type { Folder, ScannedCopy, Store } from '../../../src/stores/store.js'
import { makeAccount, scanOf, type TestAccount } from '../../support/accounts-on.js'
import { isToBeTested } from '../../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../../support/dovecot.js'
import { asCrlf } from '../../support/dovecot-maker.js'
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.js'
import { ODD } from '../../support/odd-mail.js'
import { scan } from '../../support/scanning.js'
import { knownAfter, mail, readAll } from '../../support/store-law.js'

/** Long enough that bodies outweigh all else. */
const LONG = 'A line that says nothing in particular.\n'.repeat(200)
const MAIL = [...Object.values(ODD), mail(1), mail(50, LONG), mail(50, LONG), mail(51, LONG)].map(asCrlf)
const OCTETS = MAIL.reduce((sum, raw) => sum + raw.length, 0)

/** The store as it is where nobody tells a scan that bodies are wanted: they are read after it. */
function readTwice(store: Store): Store {
  const open = async (...[name]: Parameters<Store['open']>): Promise<Folder> => {
    const folder = await store.open(name)
    return {
      name,
      abilities: folder.abilities,
      scan: (known, readers) => folder.scan(known, readers),
      read: (locators) => folder.read(locators),
      measure: () => folder.measure(),
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    }
  }
  const { spec, identity } = store
  return { spec, identity, open, list: () => store.list(), [Symbol.asyncDispose]: async () => {} }
}

describe.skipIf(!isToBeTested(hasDovecot))('a scan of an account that wants all bodies', () => {
  let dovecot: Dovecot
  let account: TestAccount
  let proxy: FaultProxy
  beforeAll(async () => {
    dovecot = await startDovecot()
    account = await makeAccount(dovecot)
    proxy = await startFaultProxy(dovecot.port)
    for (const raw of MAIL) await account.append('INBOX', raw, ['\\Seen'])
  })
  afterAll(async () => {
    await proxy?.[Symbol.asyncDispose]()
    await account?.[Symbol.asyncDispose]()
    await dovecot?.[Symbol.asyncDispose]()
  })

  /** What a run tells of the account; `via`: how its store is seen. */
  async function told(bodies: BodyChoice, cacheDirectory: string | null, via = (store: Store) => store) {
    await using scanned = await scan(via(await account.open()), { bodies, cacheDirectory })
    const { index, summary } = scanned
    if (bodies === 'all') await index.needWires()
    const duplicates = await findDuplicates([index], { by: 'id', scope: 'store', keep: [] })
    const noId = await findNoId([index])
    const listing = await listMessages([index])
    const answers = [duplicates.summary, [...duplicates.rows()], [...noId.rows()], [...listing.rows()]]
    const { read: _, kept: __, ...counts } = summary
    return JSON.stringify([counts, answers, index.folders(), scanned.problems]).replaceAll(/"row":\d+,?/g, '')
  }

  async function withCache<T>(use: (cacheDirectory: string) => Promise<T>): Promise<T> {
    const cacheDirectory = mkdtempSync(join(tmpdir(), 'mbaudit-full-'))
    try {
      return await use(cacheDirectory)
    } finally {
      rmSync(cacheDirectory, { recursive: true, force: true })
    }
  }

  it('tells of each message what its header told, and what its octets say', async () => {
    const headers = await scanOf(await account.open())
    const store = await account.open()
    const whole = await scanOf(store, 'INBOX', undefined, 'bodies')
    // Of a header that the server reads otherwise than we do, a part proves the message before its body is read, and the
    // fields do after: should the folder be numbered anew, its body is read again.
    const bom = Object.keys(ODD).indexOf('a byte order mark') + 1
    const without = ({ body: _, ...copy }: ScannedCopy) => (copy.position === bom ? { ...copy, stamp: '' } : copy)
    expect(whole.copies.map(without)).toEqual(headers.copies.map(without).sort((a, b) => a.position - b.position))
    expect(whole.verdict).toEqual(headers.verdict)
    const locators = whole.copies.map(({ locator }) => locator)
    await using folder = await store.open((await store.list()).folders[0]?.name ?? never())
    const read = await readAll(folder, locators)
    expect(whole.copies.map(({ body }) => body?.wire)).toEqual(read.map((raw) => readFacts(raw ?? never()).wire))
    expect(whole.copies.every(({ facts, body }) => (facts.id === null) === (body?.content !== null))).toBe(true)
  })

  it('gives the results that reading the bodies after it gives, whatever the index knows', async () => {
    const before = await told('all', null, readTwice)
    expect(await told('all', null)).toBe(before)
    await withCache(async (cache) => {
      await told('none', cache)
      expect(await told('all', cache)).toBe(before)
      expect(await told('all', cache, readTwice)).toBe(before)
    })
    for (const bodies of ['none', 'needed'] as const) {
      const fresh = await told(bodies, null)
      await withCache(async (cache) => {
        await told('all', cache)
        expect(await told(bodies, cache)).toBe(fresh)
      })
    }
  })

  it('has each body sent once, and none again', async () => {
    const sent = async (bodies: BodyChoice, cacheDirectory: string | null, via = (store: Store) => store) => {
      proxy.set(null)
      await using store = await account.open({ port: proxy.port, jobs: 1 })
      await using scanned = await scan(via(store), { bodies, cacheDirectory })
      if (bodies === 'all') await scanned.index.needWires()
      await findNoId([scanned.index])
      return proxy.said
    }
    const fetches = (said: FaultProxy['said']) => said.client.toString().match(/BODY\.PEEK\[\]/g)?.length ?? 0
    const before = await sent('all', null, readTwice)
    await withCache(async (cache) => {
      const cold = await sent('all', cache)
      expect([fetches(cold), cold.server.length - OCTETS < 10_000 + 200 * MAIL.length]).toEqual([1, true])
      expect(cold.server.length).toBeLessThan(before.server.length)
      const again = await sent('all', cache)
      expect([fetches(again), again.server.length < 5_000]).toEqual([0, true])
    })
    await withCache(async (cache) => {
      await sent('none', cache)
      await account.append('INBOX', asCrlf(mail(70)))
      const known = await sent('all', cache)
      expect(known.server.length).toBeLessThan(before.server.length)
    })
  })

  it('reads new messages with their bodies, and leaves known ones to their turn', async () => {
    const first = await scanOf(await account.open())
    await account.append('INBOX', asCrlf(mail(71)))
    const { copies, kept } = await scanOf(await account.open(), 'INBOX', knownAfter(first), 'bodies')
    expect([copies.map(({ body }) => body !== null), kept.length]).toEqual([[true], first.copies.length])
  })

  it('is taken up again where the connection breaks', async () => {
    const throughProxy = async () =>
      scanOf(await account.open({ port: proxy.port, jobs: 1 }), 'INBOX', undefined, 'bodies')
    proxy.set(null)
    const whole = await throughProxy()
    for (let after = 5_000; after < OCTETS; after += 30_011) {
      proxy.set({ kind: 'cut', from: 'server', after, connections: 1 })
      const { copies, verdict } = await throughProxy()
      expect(verdict).toEqual(whole.verdict)
      expect(copies.toSorted((a, b) => a.position - b.position)).toEqual(whole.copies)
    }
  })
})

function never(): never {
  throw new Error('there is none')
}
