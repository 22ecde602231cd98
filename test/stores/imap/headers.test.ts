import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readFacts } from '../../../src/message/facts.js'
import { makeAccount, scanOf, type TestAccount } from '../../support/accounts-on.js'
import { isToBeTested } from '../../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../../support/dovecot.js'
import { asCrlf } from '../../support/dovecot-maker.js'
import { ODD } from '../../support/odd-mail.js'
import { mail, readAll } from '../../support/store-law.js'

describe.skipIf(!isToBeTested(hasDovecot))('messages of an account, by their headers', () => {
  let dovecot: Dovecot
  let account: TestAccount
  beforeAll(async () => {
    dovecot = await startDovecot()
    account = await makeAccount(dovecot)
    for (const raw of Object.values(ODD))
      await account.append('INBOX', asCrlf(raw), ['\\Seen', '$Label1', '2024:x', 'NonJunk'])
  })
  afterAll(async () => {
    await account?.[Symbol.asyncDispose]()
    await dovecot?.[Symbol.asyncDispose]()
  })

  it('say what the same octets say in any other store', async () => {
    const store = await account.open()
    const { copies, verdict } = await scanOf(store)
    expect(verdict.outcome).toBe('complete')
    const inOrder = [...copies].sort((a, b) => a.position - b.position)
    await using folder = await store.open((await store.list()).folders[0]?.name ?? never())
    const read = await readAll(
      folder,
      inOrder.map(({ locator }) => locator),
    )
    for (const [n, what] of Object.keys(ODD).entries()) {
      const { wire, headerFlags, ...facts } = readFacts(read[n] ?? never())
      expect([what, inOrder[n]?.facts]).toEqual([what, { ...facts, wire: null, headerFlags: [] }])
    }
    const ids = Object.fromEntries(Object.keys(ODD).map((what, n) => [what, inOrder[n]?.facts.id]))
    expect(ids).toMatchObject({
      'a folded Message-ID': '<folded@c>',
      'several Message-IDs': '<first@a>',
      'an empty Message-ID': null,
      'a blank before the colon': '<blank@a>',
      'no header at all': null,
      'a line that is no field': '<after@a>',
      'a quoted From_ line first': '<quoted@a>',
      'a byte order mark': '<bom@a>',
      'lines that end in a lone CR': '<cr@a>',
      'an ID after 40 KB of header': '<late@a>',
    })
  })

  it('have locators, places, flags and the date that the server received them', async () => {
    const [copy] = (await scanOf(await account.open())).copies
    expect(copy).toMatchObject({ locator: 'uid=1', position: 1, hasOtherNames: false, boundsInDoubt: false })
    expect(copy?.flags).toEqual(['$Label1', '2024:x', 'NonJunk', '\\Seen'])
    expect(Math.abs(Number(copy?.received) - Date.now() / 1_000)).toBeLessThan(600)
  })

  it('give their octets as the server keeps them, in the order asked for', async () => {
    const store = await account.open()
    const { copies } = await scanOf(store)
    await using folder = await store.open((await store.list()).folders[0]?.name ?? never())
    const locators = [...copies].sort((a, b) => b.position - a.position).map(({ locator }) => locator)
    const read = await readAll(folder, locators)
    const shown = Object.values(ODD).map((raw) => asCrlf(raw).toString('latin1'))
    // Dovecot itself takes a lone CR out where it ends a line or the message.
    const withoutCr = (texts: readonly (string | undefined)[]) => texts.map((text) => text?.replaceAll('\r', ''))
    expect(withoutCr(read.reverse().map((bytes) => bytes?.toString('latin1')))).toEqual(withoutCr(shown))
  })

  it('are not marked as seen, nor changed in any way', async () => {
    await account.append('INBOX', mail(77))
    const store = await account.open()
    const { copies } = await scanOf(store)
    await using folder = await store.open((await store.list()).folders[0]?.name ?? never())
    await readAll(
      folder,
      copies.map(({ locator }) => locator),
    )
    await account.other.command('SELECT', 'INBOX')
    expect(await account.other.command('UID SEARCH', 'UNSEEN')).toContain(`* SEARCH ${Object.keys(ODD).length + 1}\r\n`)
    await account.other.command('UNSELECT')
  })

  it('may be as large as 50 MB', async () => {
    const large = await makeAccount(dovecot)
    try {
      const body = `${'0123456789'.repeat(7)}\r\n`.repeat(730_000)
      const raw = Buffer.concat([asCrlf(mail(1, '')), Buffer.from(body)])
      await large.append('INBOX', raw)
      await large.append('INBOX', asCrlf(mail(2)))
      const store = await large.open()
      const { copies } = await scanOf(store)
      expect(copies.map(({ facts }) => Number(facts.size))).toEqual([raw.length, asCrlf(mail(2)).length])
      await using folder = await store.open((await store.list()).folders[0]?.name ?? never())
      const [first, second] = await readAll(
        folder,
        copies.map(({ locator }) => locator),
      )
      expect(first?.equals(raw)).toBe(true)
      expect(second?.equals(asCrlf(mail(2)))).toBe(true)
    } finally {
      await large[Symbol.asyncDispose]()
    }
  })
})

function never(): never {
  throw new Error('there is no folder')
}
