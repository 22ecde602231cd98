import { afterEach, describe, expect, it } from 'vitest'
import { scanOf } from '../../support/accounts-on.js'
import { asCrlf } from '../../support/dovecot-maker.js'
import { accountAt } from '../../support/imap-accounts.js'
import { openAccount } from '../../support/imap-store.js'
import { serving } from '../../support/mail-server.js'
import { startSmallImap } from '../../support/small-imap.js'
import { mail } from '../../support/store-law.js'

describe('what servers tell of a message being another one', () => {
  const open: AsyncDisposable[] = []
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
  })

  /** A folder of two messages, of which FETCH tells these further items. */
  async function scanWith(capability: string, more: (uid: number) => string) {
    const messages = [4, 9].map((uid) => ({ uid, raw: asCrlf(mail(uid)) }))
    const asked: string[] = []
    const server = await startSmallImap({
      capability: `IMAP4rev1 NAMESPACE AUTH=PLAIN SASL-IR ${capability}`,
      on: serving({
        messages,
        onFetch: ({ line, send, ok }, uids, served) => {
          asked.push(line)
          for (const message of messages.filter(({ uid }) => uids.includes(uid)))
            send(served(message).replace('(UID', `(${more(message.uid)} UID`))
          ok()
          return true
        },
      }),
    })
    const store = await openAccount(accountAt(server.port))
    open.push(server, store)
    return { ...(await scanOf(store)), asked: asked.join('\n') }
  }

  it('X-GM-MSGID names the object, whatever label it is seen under', async () => {
    const { copies, asked } = await scanWith('X-GM-EXT-1', () => 'X-GM-MSGID 1278455344230334865')
    expect(asked).toContain(' X-GM-MSGID ')
    expect(asked).not.toContain('EMAILID')
    expect(copies.map(({ hasOtherNames }) => hasOtherNames)).toEqual([true, true])
    expect(copies[0]?.object).toBe(copies[1]?.object)
    expect(copies[0]?.object).toContain('1278455344230334865')
  })

  it('EMAILID is kept, and two copies stay two objects', async () => {
    const { copies, asked } = await scanWith('OBJECTID', () => 'EMAILID (M00000001)')
    expect(asked).toContain(' EMAILID ')
    expect(copies.map(({ emailId, hasOtherNames }) => [emailId, hasOtherNames])).toEqual([
      ['M00000001', false],
      ['M00000001', false],
    ])
    expect(copies[0]?.object).not.toBe(copies[1]?.object)
  })

  it('nothing else is asked of a server that offers neither', async () => {
    const { copies, asked } = await scanWith('', (uid) => `X-OTHER ${uid}`)
    expect(asked).not.toMatch(/X-GM-MSGID|EMAILID|MODSEQ|ENVELOPE[^-]/)
    expect(copies.map(({ emailId }) => emailId)).toEqual([null, null])
  })
})
