import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readFacts } from '../../../src/message/facts.js'
import { makeAccount, scanOf, type TestAccount } from '../../support/accounts-on.js'
import { isToBeTested } from '../../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../../support/dovecot.js'
import { asCrlf } from '../../support/dovecot-maker.js'
import { mail, readAll } from '../../support/store-law.js'

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const DATE = 'Date: Thu, 29 Feb 2024 10:00:00 +0000\n'
const TRACES =
  'Return-Path: <a@b>\nReceived: from a by b;\n\tThu, 29 Feb 2024 10:00:00 +0000\nReceived: from c\nDelivered-To: d@e\n'

/** Mail whose header servers and we could understand otherwise. */
const ODD: Readonly<Record<string, Buffer>> = {
  'an ordinary message': mail(1),
  'trace fields': latin1(`${TRACES}${mail(2).toString('latin1')}`),
  'a folded Message-ID': latin1(`From: a@b\nMessage-ID:\n <folded\n\t@c>\nSubject: s\n${DATE}\nx\n`),
  'several Message-IDs': latin1(`Message-ID: <first@a>\nFrom: a@b\nMessage-ID: <second@a>\n${DATE}\nx\n`),
  'an empty Message-ID': latin1(`From: a@b\nMessage-ID: <>\nSubject: s\n${DATE}\nx\n`),
  'a blank before the colon': latin1(`From: a@b\nMessage-ID : <blank@a>\nSubject : s\n${DATE}\nx\n`),
  'a lower-case name': latin1(`from: a@b\nmessage-id: <lower@a>\n${DATE}\nx\n`),
  '8-bit octets in the header': latin1(
    `From: J\xf6rg <a@b>\nSubject: Gr\xc3\xbc\xc3\x9fe\nMessage-ID: <\xf6@b>\n${DATE}\nx\n`,
  ),
  'RFC 2047 words': latin1(
    `From: =?UTF-8?Q?J=C3=B6rg?= <a@b>\nSubject: =?UTF-8?B?R3LDvMOfZQ==?=\nMessage-ID: <w@b>\n${DATE}\nx\n`,
  ),
  'no Message-ID': latin1(`From: a@b\nSubject: none\n${DATE}\nx\n`),
  'no header at all': latin1('\nOnly a body\n'),
  'a header that ends with the message': latin1(`From: a@b\nSubject: s\nMessage-ID: <end@a>\n${DATE}`),
  'a line that is no field': latin1(`From: a@b\nthis is no field\nMessage-ID: <after@a>\n${DATE}\nx\n`),
  'a From_ line inside': latin1(`From someone Thu Feb 29 10:00:00 2024\nFrom: a@b\nMessage-ID: <line@a>\n${DATE}\nx\n`),
  'a quoted From_ line first': latin1(
    `>From someone Thu Feb 29 10:00:00 2024\nFrom: a@b\nMessage-ID: <quoted@a>\n${DATE}\nx\n`,
  ),
  'a byte order mark': latin1(`\xef\xbb\xbfMessage-ID: <bom@a>\nFrom: a@b\n${DATE}\nx\n`),
  'lines that end in a lone CR': latin1(`From: a@b\rMessage-ID: <cr@a>\rSubject: s\r\rx\r`),
  'lines that end in CR CR LF': latin1(`From: a@b\r\r\nMessage-ID: <crcrlf@a>\r\r\nSubject: s\r\r\n\r\r\nx\r\r\n`),
  'a lone CR in a field': latin1(`From: a@b\nSubject: one\rMessage-ID: <inner@a>\n${DATE}\nx\n`),
  'a date that is none': latin1('From: a@b\nMessage-ID: <nodate@a>\nDate: yesterday\n\nx\n'),
  'a Sender in place of a From': latin1(`Sender: s@b\nMessage-ID: <sender@a>\n${DATE}\nx\n`),
  'a header of 40 KB before its Message-ID': latin1(
    `X-Long: ${'x'.repeat(70)}\n${`X-More: ${'y'.repeat(70)}\n`.repeat(500)}${DATE}\nx\n`,
  ),
  'an ID after 40 KB of header': latin1(
    `${`X-More: ${'y'.repeat(70)}\n`.repeat(500)}From: a@b\nno field\nMessage-ID: <late@a>\n${DATE}\nx\n`,
  ),
  'an ID of 990 octets': latin1(`From: a@b\nMessage-ID: <${'i'.repeat(980)}@b>\n${DATE}\nx\n`),
  'a comment after the ID': latin1(`From: a@b\nMessage-ID: <c@b> (comment)\n${DATE}\nx\n`),
  'no brackets': latin1(`From: a@b\nMessage-ID: bare@b\n${DATE}\nx\n`),
  'the words of an answer': latin1(
    `From: a@b\nMessage-ID: <f@b>\nSubject: * 3 FETCH (UID 9 FLAGS () {10}\n${DATE}\n* 1 EXPUNGE\n)\n`,
  ),
}

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
