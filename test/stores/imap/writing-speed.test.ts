import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { wireDigest } from '../../../src/message/wire.js'
import { folderName } from '../../../src/stores/store.js'
import type { Outgoing, WritableFolder } from '../../../src/stores/writable.js'
import { isToBeTested } from '../../support/daemon.js'
import { type Dovecot, type DovecotOptions, hasDovecot, startDovecot } from '../../support/dovecot.js'
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.js'
import { accountAt } from '../../support/imap-accounts.js'
import { openForWriting } from '../../support/imap-writing.js'
import { mail } from '../../support/store-law.js'

const COUNT = 1_000

/** Stores messages in batches as large as the folder takes, and reads each batch back. */
async function storeAndReadBack(folder: WritableFolder): Promise<number> {
  const { messages: most } = folder.writing.atOnce
  let equal = 0
  for (let at = 0; at < COUNT; at += most) {
    const messages: Outgoing[] = Array.from({ length: Math.min(most, COUNT - at) }, (_, n) => {
      const bytes = mail(at + n, `line ${n}\n`.repeat(20 + (n % 200)))
      return {
        token: (at + n).toString(16).padStart(16, '0'),
        bytes,
        wire: wireDigest(bytes),
        flags: [],
        received: null,
      }
    })
    const work = { kind: 'append', messages } as const
    const outcomes = await folder.carryOut(work, await folder.prepare(work, ''))
    const locators = outcomes.flatMap((one) => (one.outcome === 'done' && one.locator !== null ? [one.locator] : []))
    let nth = 0
    for await (const { bytes } of folder.read(locators)) {
      if (bytes !== null && wireDigest(bytes) === messages[nth++]?.wire) equal++
    }
  }
  return equal
}

describe.skipIf(!isToBeTested(hasDovecot)).each([
  ['MULTIAPPEND', {}],
  ['LITERAL+ alone', { capability: 'IMAP4rev1 UIDPLUS LITERAL+' }],
] satisfies [string, DovecotOptions][])('storing by %s (scripts/install-test-servers.sh)', (_, options) => {
  let dovecot: Dovecot
  let proxy: FaultProxy
  beforeAll(async () => {
    dovecot = await startDovecot(options)
    proxy = await startFaultProxy(dovecot.port)
  })
  afterAll(async () => {
    await proxy?.[Symbol.asyncDispose]()
    await dovecot?.[Symbol.asyncDispose]()
  })

  it('waits for the server a few times a batch, and not for each message', async () => {
    await using store = await openForWriting(accountAt(proxy.port, { user: 'alice', jobs: 1 }))
    await using folder = await store.openForWriting(folderName('INBOX'))
    const before = proxy.turns()
    expect(await storeAndReadBack(folder)).toBe(COUNT)
    const batches = COUNT / folder.writing.atOnce.messages
    expect(proxy.turns() - before).toBeLessThanOrEqual(4 * batches)
  }, 60_000)
})
