import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDate } from '../../src/message/date.js'

const iso = (text: string): string | null => {
  const seconds = parseDate(text)
  return seconds === null ? null : new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}

describe('a date', () => {
  it.each([
    ['the standard form', 'Tue, 4 Jan 2011 16:44:27 +0100', '2011-01-04T15:44:27Z'],
    ['two blanks before a short day', 'Tue,  4 Jan 2011 16:44:27 +0100', '2011-01-04T15:44:27Z'],
    ['a comment', 'Tue, 04 Jan 2011 16:44:27 +0100 (CET)', '2011-01-04T15:44:27Z'],
    ['comments and blanks everywhere', 'Fri, 21 Nov(a(b)) 1997 09(c):   55  :  06 -0600', '1997-11-21T15:55:06Z'],
    ['no weekday', '4 Jan 2011 16:44:27 -0500', '2011-01-04T21:44:27Z'],
    ['a wrong weekday', 'Sun, 4 Jan 2011 16:44:27 -0500', '2011-01-04T21:44:27Z'],
    ['no comma', 'Tue 4 Jan 2011 16:44:27 -0500', '2011-01-04T21:44:27Z'],
    ['no seconds', 'Tue, 4 Jan 2011 16:44 -0500', '2011-01-04T21:44:00Z'],
    ['no zone: UTC', 'Tue, 4 Jan 2011 16:44:27', '2011-01-04T16:44:27Z'],
    ['folding', 'Tue, 4 Jan 2011\r\n 16:44:27 +0100', '2011-01-04T15:44:27Z'],
    ['a leap second', '31 Dec 2016 23:59:60 +0000', '2017-01-01T00:00:00Z'],
    ['a zone by name', 'Tue, 4 Jan 2011 16:44:27 PDT', '2011-01-04T23:44:27Z'],
    ['GMT', 'Thu, 01 Jan 1970 00:00:00 GMT', '1970-01-01T00:00:00Z'],
    ['a military zone: UTC', 'Thu, 1 Jan 1970 00:00:00 A', '1970-01-01T00:00:00Z'],
    ['a zone outside the standard', 'Tue, 4 Jan 2011 16:44:27 CEST', '2011-01-04T14:44:27Z'],
    ['an unknown zone: UTC', 'Tue, 4 Jan 2011 16:44:27 XYZZY', '2011-01-04T16:44:27Z'],
    ['a zone with a colon', 'Tue, 4 Jan 2011 16:44:27 +01:00', '2011-01-04T15:44:27Z'],
    ['a zone behind GMT', 'Tue, 4 Jan 2011 16:44:27 GMT+0100', '2011-01-04T15:44:27Z'],
    ['a zone of three digits', 'Tue, 4 Jan 2011 16:44:27 -500', '2011-01-04T21:44:27Z'],
    ['a zone without a sign', 'Thu, 27 Apr 95 01:14:08 0800', '1995-04-26T17:14:08Z'],
    ['a zone directly behind the time', 'Tue, 4 Jan 2011 16:44:27+0100', '2011-01-04T15:44:27Z'],
    ['junk behind the zone', 'Tue, 4 Jan 2011 16:44:27 +0100 foo bar', '2011-01-04T15:44:27Z'],
    ['two digits of a year', '4 Jan 99 10:00:00 +0000', '1999-01-04T10:00:00Z'],
    ['two digits of a year after 2000', '4 Jan 11 10:00:00 +0000', '2011-01-04T10:00:00Z'],
    ['three digits of a year', '4 Jan 103 10:00:00 +0000', '2003-01-04T10:00:00Z'],
    ['the year that followed 1999 in 2000', 'Sat, 1 Jan 19100 10:00:00 GMT', '2000-01-01T10:00:00Z'],
    ['asctime', 'Tue Jan  4 16:44:27 2011', '2011-01-04T16:44:27Z'],
    ['asctime with a zone before the year', 'Tue Jan  4 16:44:27 PST 2011', '2011-01-05T00:44:27Z'],
    ['asctime with a zone behind the year', 'Tue Jan  4 16:44:27 2011 +0100', '2011-01-04T15:44:27Z'],
    ['a zone of two words', 'Tue Jan  4 16:44:27 MET DST 2011', '2011-01-04T14:44:27Z'],
    ['ISO 8601', '2004-02-29T10:00:00Z', '2004-02-29T10:00:00Z'],
    ['ISO 8601 with a fraction and a zone', '2004-02-29T10:00:00.123+01:00', '2004-02-29T09:00:00Z'],
    ['ISO 8601 with a blank', '2004-02-29 10:00:00 +0100', '2004-02-29T09:00:00Z'],
    ['dashes', '29-Feb-2004 10:00:00 GMT', '2004-02-29T10:00:00Z'],
    ['dots in the time', '29 Feb 2004 10.00.01 +0000', '2004-02-29T10:00:01Z'],
    ['lower case', 'tue, 4 jan 2011 16:44:27 est', '2011-01-04T21:44:27Z'],
    ['full names', 'Tuesday, January 4th, 2011 4:44 PM', '2011-01-04T16:44:00Z'],
    ['twelve in the morning', '4 Jan 2011 12:10:00 AM', '2011-01-04T00:10:00Z'],
    ['another language’s weekday', 'Di, 4 Jan 2011 10:00:00 +0100', '2011-01-04T09:00:00Z'],
    ['a day before the epoch', '31 Dec 1969 23:59:59 +0000', '1969-12-31T23:59:59Z'],
    ['a leap day of a century', '29 Feb 2000 00:00:00 +0000', '2000-02-29T00:00:00Z'],
  ])('is read with %s', (_, text, expected) => {
    expect(iso(text)).toBe(expected)
  })

  it.each([
    '',
    'foo',
    'yesterday at noon',
    '31 Feb 2004 10:00:00 +0000',
    '29 Feb 1900 10:00:00 +0000',
    '0 Jan 2004 10:00:00 +0000',
    '32 Jan 2004 10:00:00 +0000',
    '4 Foo 2011 10:00:00 +0000',
    '4 Jan 2011 24:00:00 +0000',
    '4 Jan 2011 10:60:00 +0000',
    '4 Jan 2011 10:00:61 +0000',
    '4 Jan 2011 13:00:00 PM',
    'Jan 2011 10:00:00',
    '1294155867',
    'NaN NaN NaN',
    '=?utf-8?q?4_Jan_2011?=',
    '2004-13-01T10:00:00Z',
    '4 Jan 20111 10:00:00',
  ])('is not found in %j', (text) => {
    expect(parseDate(text)).toBeNull()
  })

  it('that was written in any zone is the same moment', () => {
    const date = fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(date, fc.integer({ min: -1439, max: 1439 }), (moment, zone) => {
        const seconds = Math.floor(moment.getTime() / 1000)
        const local = new Date((seconds + zone * 60) * 1000).toUTCString()
        const digits = `${Math.floor(Math.abs(zone) / 60)}`.padStart(2, '0') + `${Math.abs(zone) % 60}`.padStart(2, '0')
        const standard = local.replace('GMT', `${zone < 0 ? '-' : '+'}${digits}`)
        expect(parseDate(standard)).toBe(seconds)
        expect(parseDate(standard.replace(',', '').toLowerCase())).toBe(seconds)
      }),
    )
  })

  it('is a whole number or null, whatever the text', () => {
    const word = fc.constantFrom(
      'Tue,',
      '4',
      'Jan',
      '2011',
      '16:44:27',
      '+0100',
      'GMT',
      'PM',
      '(',
      ')',
      '-',
      '2011-01-04T1:2',
      '\\',
      '99',
      ':',
    )
    const text = fc.oneof(
      fc.string(),
      fc.array(word).map((words) => words.join(' ')),
      fc.array(word).map((words) => words.join('')),
    )
    fc.assert(
      fc.property(text, (input) => {
        const seconds = parseDate(input)
        expect(seconds === null || Number.isInteger(seconds)).toBe(true)
      }),
    )
  })
})
