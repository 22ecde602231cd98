import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { displayWidth, fitWidth, showVisibly, wrapWords } from '../../src/report/visible-text.js'

describe('text from mail', () => {
  it('cannot steer a terminal', () => {
    expect(showVisibly('a\u001b[31mb\u0007\r\n\t\u007f\u009b')).toBe('a␛[31mb␇␍␊␉␡\ufffd')
  })
  it('cannot turn the reading direction or hide', () => {
    expect(showVisibly('\u202egnp.exe\u2066x\u200b\ufeff')).toBe('\ufffdgnp.exe\ufffdx\ufffd\ufffd')
  })
  it('stays as it is otherwise', () => expect(showVisibly('Grüße 日本 🎉 👨‍👩‍👧')).toBe('Grüße 日本 🎉 👨‍👩‍👧'))
  it('loses lone surrogates', () => expect(showVisibly('a\ud800b')).toBe('a\ufffdb'))
  it('never lets a control through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(showVisibly(text)).not.toMatch(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u)
      }),
    )
  })
})

describe('widths', () => {
  it('counts wide letters twice and marks not at all', () => {
    expect([displayWidth('abc'), displayWidth('日本'), displayWidth('e\u0301'), displayWidth('🎉')]).toEqual([
      3, 4, 1, 2,
    ])
  })
  it('cuts what is too wide, never through a wide letter', () => {
    expect([fitWidth('日本語', 5), fitWidth('日本語', 6), fitWidth('abcdef', 4), fitWidth('abc', 0)]).toEqual([
      '日本…',
      '日本語',
      'abc…',
      '',
    ])
  })
  it('fits whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, width) => {
        expect(displayWidth(fitWidth(text, width))).toBeLessThanOrEqual(width)
      }),
    )
  })
  it('wraps at blanks, and cuts words that are wider than a line', () => {
    expect(wrapWords('one two three', 8)).toBe('one two\nthree')
    expect(wrapWords('abcdefghij kl', 4)).toBe('abcd\nefgh\nij\nkl')
  })
})
