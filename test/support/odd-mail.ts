import { mail } from './store-law.js'

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const DATE = 'Date: Thu, 29 Feb 2024 10:00:00 +0000\n'
const TRACES =
  'Return-Path: <a@b>\nReceived: from a by b;\n\tThu, 29 Feb 2024 10:00:00 +0000\nReceived: from c\nDelivered-To: d@e\n'

/** Mail whose header servers and we could understand otherwise. */
export const ODD: Readonly<Record<string, Buffer>> = {
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
