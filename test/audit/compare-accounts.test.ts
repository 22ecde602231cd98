import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareStores } from '../../src/audit/compare/compare-stores.js'
import { COMPARE_ALL } from '../../src/audit/compare/comparison.js'
import type { Store } from '../../src/stores/store.js'
import { makeAccount, type TestAccount } from '../support/accounts-on.js'
import { isToBeTested } from '../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.js'
import { scan } from '../support/scanning.js'

const mail = (id: string, body = 'Text of it.') =>
  Buffer.from(
    `Message-ID: <${id}@x>\r\nDate: Mon, 1 Jan 2024 10:00:00 +0000\r\nFrom: ada@example.org\r\nSubject: ${id}\r\n\r\n${body}\r\n`,
  )

describe.skipIf(!isToBeTested(hasDovecot))('two accounts (Dovecot; scripts/install-test-servers.sh)', () => {
  let plain: Dovecot
  let prefixed: Dovecot
  beforeAll(async () => {
    plain = await startDovecot()
    prefixed = await startDovecot({ separator: '.', prefix: 'INBOX.' })
  })
  afterAll(async () => {
    await plain[Symbol.asyncDispose]()
    await prefixed[Symbol.asyncDispose]()
  })

  /** Names tell stores apart: each account is opened as what it is in the comparison. */
  const named = (store: Store, name: string): Store => ({
    spec: { ...store.spec, name },
    identity: store.identity,
    list: () => store.list(),
    open: (folder) => store.open(folder),
    subscriptions: async () => (await store.subscriptions?.()) ?? null,
    [Symbol.asyncDispose]: async () => {},
  })

  async function compare(master: TestAccount, slave: TestAccount) {
    const [one, other] = [named(await master.open(), 'master'), named(await slave.open(), 'slave')]
    await using here = await scan(one)
    await using there = await scan(other)
    const subscribed = { master: (await one.subscriptions?.()) ?? null, slave: (await other.subscriptions?.()) ?? null }
    using found = await compareStores(here.index, there.index, { ...COMPARE_ALL, subscribed })
    return {
      summary: found.summary,
      folders: found.folders,
      told: [...found.differences()].map(({ kind, id, masterFolder }) => `${kind} ${id} ${masterFolder}`),
    }
  }

  it('pair over separators, prefixes and modified UTF-7, by headers alone; subscriptions are compared', async () => {
    await using master = await makeAccount(plain)
    await using slave = await makeAccount(prefixed)
    await master.other.command('CREATE', '"Entw&APw-rfe/2024"')
    await slave.other.command('CREATE', '"INBOX.Entw&APw-rfe.2024"')
    await master.append('Entw&APw-rfe/2024', mail('a'), ['\\Seen', '$MdnSent'])
    await slave.append('INBOX.Entw&APw-rfe.2024', mail('a'), ['\\Seen', '$mdnsent'])
    await master.append('INBOX', mail('b'), ['\\Flagged'])
    await slave.append('INBOX', mail('b'))
    await master.append('INBOX', mail('c'))
    await slave.append('INBOX.Entw&APw-rfe.2024', mail('c'))
    await master.other.command('SUBSCRIBE', '"Entw&APw-rfe/2024"')
    const { told, summary, folders } = await compare(master, slave)
    expect(told).toEqual(['moved <c@x> INBOX', 'flags <b@x> INBOX'])
    expect(summary.evidence).toEqual({ headers: 3, digests: 0 })
    expect(folders.subscribed).toEqual({ masterOnly: ['Entwürfe/2024'], slaveOnly: [] })
  })

  it('bodies are read of several copies and of what was cut off', async () => {
    await using master = await makeAccount(plain)
    await using slave = await makeAccount(prefixed)
    for (const body of ['One.', 'Wholly different.']) await master.append('INBOX', mail('a', body))
    await slave.append('INBOX', mail('a', 'Wholly different.'))
    const long = 'A line of some length stands here.\r\n'.repeat(60)
    await master.append('INBOX', mail('b', `${long}The end.`))
    await slave.append('INBOX', mail('b', long.slice(0, 700)))
    const { told, summary } = await compare(master, slave)
    expect(told.sort()).toEqual(['changed <b@x> INBOX', 'missing <a@x> INBOX'])
    expect(summary.evidence).toEqual({ headers: 0, digests: 2 })
  })
})
