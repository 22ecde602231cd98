import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderName, type Locator, locator } from '../../../src/stores/store.js'
import { makeAccount, type TestAccount } from '../../support/accounts-on.js'
import { isToBeTested } from '../../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../../support/dovecot.js'
import { asCrlf } from '../../support/dovecot-maker.js'
import { startFaultProxy } from '../../support/fault-proxy.js'
import { mail } from '../../support/store-law.js'

const COUNT = 1_300
/** Large enough that what is read ahead cannot all be held. */
const LARGE = new Set([3, 501, 502, 503, 504, 505, 506, 1_200])
const bodyOf = (n: number): string => (LARGE.has(n) ? `${'x'.repeat(78)}\r\n`.repeat(60_000) : `Body ${n}\r\n`)

describe.skipIf(!isToBeTested(hasDovecot))('many messages, read by their locators', () => {
  let dovecot: Dovecot
  let account: TestAccount
  beforeAll(async () => {
    dovecot = await startDovecot({ storage: 'sdbox', connections: 3 })
    account = await makeAccount(dovecot)
    for (let n = 1; n <= COUNT; n++) await account.append('INBOX', asCrlf(mail(n, bodyOf(n))))
  }, 120_000)
  afterAll(async () => {
    await account?.[Symbol.asyncDispose]()
    await dovecot?.[Symbol.asyncDispose]()
  })

  const all = Array.from({ length: COUNT }, (_, n) => n + 1)
  const locators = (uids: Iterable<number>): Locator[] => [...uids].map((uid) => locator(`uid=${uid}`))

  async function readSubjects(
    uids: readonly number[],
    settings: Parameters<TestAccount['open']>[0],
  ): Promise<string[]> {
    const store = await account.open(settings)
    await using folder = await store.open(folderName('INBOX'))
    const found: string[] = []
    for await (const { bytes, problem, locator: where } of folder.read(locators(uids))) {
      expect(where).toBe(`uid=${uids[found.length]}`)
      const n = uids[found.length] ?? 0
      if (bytes !== null && LARGE.has(n)) expect(bytes.equals(asCrlf(mail(n, bodyOf(n))))).toBe(true)
      found.push(problem ?? /Subject: Mail (\d+)/.exec(bytes.toString('latin1', 0, 200))?.[1] ?? '')
    }
    await store[Symbol.asyncDispose]()
    return found
  }

  it.each([1, 2, 3, 8])('come in the order asked for, with %i connections at once', async (jobs) => {
    // The server allows two besides that of the other client.
    expect(await readSubjects(all, { jobs })).toEqual(all.map(String))
  })

  it('come in any order', async () => {
    const mixed = [...all.slice(700, 720).reverse(), 5, 5, 1, 1_300, ...all.slice(0, 30)]
    expect(await readSubjects(mixed, { jobs: 3 })).toEqual(mixed.map(String))
  })

  it('come though connections break again and again', async () => {
    await using proxy = await startFaultProxy(dovecot.port)
    proxy.set({ kind: 'cut', from: 'server', after: 6_000_000, connections: 6 })
    expect(await readSubjects(all, { jobs: 3, port: proxy.port })).toEqual(all.map(String))
    expect(proxy.connections()).toBeGreaterThan(3)
  })

  it('are told as missing where there are none', async () => {
    const found = await readSubjects([1, 2_000, 2, 4_000_000_000], { jobs: 1 })
    expect(found).toEqual(['1', 'it is gone', '2', 'it is gone'])
  })

  it('need not be read to the end', async () => {
    const store = await account.open({ jobs: 2 })
    await using folder = await store.open(folderName('INBOX'))
    let count = 0
    for await (const { bytes } of folder.read(locators(all))) {
      expect(bytes).not.toBeNull()
      if (++count === 10) break
    }
    await store[Symbol.asyncDispose]()
  })

  it('takes no more locators than it can answer soon', async () => {
    const store = await account.open({ jobs: 1 })
    await using folder = await store.open(folderName('INBOX'))
    let taken = 0
    function* walk(): Iterable<Locator> {
      for (const where of locators(all)) {
        taken++
        yield where
      }
    }
    for await (const _ of folder.read(walk())) break
    expect(taken).toBeLessThan(COUNT)
    await store[Symbol.asyncDispose]()
  })
})
