import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeHeaderText } from '../../src/message/encoded-word.js'

const b = (charset: string, octets: Buffer | string): string =>
  `=?${charset}?B?${Buffer.from(octets).toString('base64')}?=`
const q = (charset: string, octets: Buffer): string =>
  `=?${charset}?q?${[...octets].map((octet) => `=${octet.toString(16).padStart(2, '0')}`).join('')}?=`

describe('header text', () => {
  it.each([
    ['plain', 'plain'],
    ['  a\r\n\t b  ', 'a b'],
    ['=?UTF-8?Q?J=C3=B6rg_X?= <j@x>', 'Jörg X <j@x>'],
    ['"=?iso-8859-1?q?J=F6rg?=" <j@x>', '"Jörg" <j@x>'],
    ['=?us-ascii*en?q?a_b?=', 'a b'],
    ['=?utf-8?b?w7w=?=\r\n =?utf-8?b?w7w=?= x', 'üü x'],
    ['=?utf-8?b?w7w=?==?utf-8?b?w7w=?=', 'üü'],
    ['=?utf-8?q?a?= b =?utf-8?q?c?=', 'a b c'],
    ['=?utf-8?b?ww==?= =?utf-8?b?vA==?=', 'ü'],
    ['=?utf-8?B?w7w?=', 'ü'],
    ['=?utf-8?B?w7 w=!?=', 'ü'],
    ['=?utf-8?q?what? is?=', 'what? is'],
    ['=?utf-8?q??=x', 'x'],
    ['=?windows-1252?q?=93x=94?=', '“x”'],
    ['=?iso-8859-1?q?=80?=', '€'],
    ['=?koi8-r?Q?=F0=D2=C9=D7=C5=D4?=', 'Привет'],
    ['=?gb2312?B?1tDOxA==?=', '中文'],
    ['=?hz-gb-2312?Q?~{VPND~}?=', '中文'],
    ['=?iso-2022-jp?B?GyRCRnxLXDhsGyhC?=', '日本語'],
    ['=?iso-2022-kr?B?GyQpQw4/ZD1DDw==?=', '요시'],
    ['=?utf-7?Q?Hi_+Jjo-!?=', 'Hi ☺!'],
    ['=?cp850?q?=84?=', 'ä'],
    ['=?x-foo?Q?abc?= x', 'abc x'],
    ['=?x-foo?Q?abc=FF?= x', '=?x-foo?Q?abc=FF?= x'],
    ['=?unknown-8bit?q?caf=E9?=', 'café'],
    ['caf\xe9 \x93x\x94', 'café “x”'],
    ['caf\xc3\xa9', 'café'],
    ['=?broken', '=?broken'],
    ['=?a?b?', '=?a?b?'],
    ['=?=?=?', '=?=?=?'],
    ['a\x1b[31mb\x00', 'a\x1b[31mb\x00'],
  ])('%j reads %j', (written, read) => {
    expect(decodeHeaderText(written)).toBe(read)
  })

  it('that was encoded is given back, however its characters are split over words', () => {
    const text = fc.string({ unit: 'grapheme' }).map((raw) => raw.replace(/\s+/g, ' ').trim())
    const cuts = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 })
    fc.assert(
      fc.property(text, cuts, fc.boolean(), (input, lengths, isB) => {
        const octets = Buffer.from(input)
        const words: string[] = []
        for (let at = 0, n = 0; at < octets.length; n++) {
          const length = lengths[n % lengths.length] ?? 1
          const piece = octets.subarray(at, at + length)
          words.push(isB ? b('utf-8', piece) : q('UTF-8', piece))
          at += length
        }
        expect(decodeHeaderText(words.join('\r\n '))).toBe(input)
      }),
    )
  })

  it('never throws', () => {
    const piece = fc.constantFrom(
      '=?',
      '?=',
      '?',
      'q',
      'B',
      'utf-8',
      'utf-7',
      'iso-2022-jp',
      'x',
      '_',
      '=E4',
      '+A',
      '\xff',
      ' ',
      '\x1b$B',
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(typeof decodeHeaderText(pieces.join(''))).toBe('string')
      }),
    )
  })
})
