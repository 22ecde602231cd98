import { expect, it } from 'vitest'
import { describeAlteration, isHarmless } from '../../src/apply/alteration.js'

const SENT = Buffer.from('From: a@b\nSubject: x\n\none\0 line  \nanother\n')
const kept = (change: (text: string) => string): string =>
  describeAlteration(SENT, Buffer.from(change(SENT.toString('latin1')), 'latin1'))

it.each([
  ['NUL octets were taken out', (text: string) => text.replace('\0', '')],
  ['NUL octets were taken out', (text: string) => text.replace('\0', '\x80').replaceAll('\n', '\r\n')],
  ['line ends were changed', (text: string) => text.replace('one\0 line', 'one\0\n line')],
  ['white space at the ends of lines was taken away', (text: string) => text.replace('line  ', 'line')],
  ['header fields were added: X-Spam', (text: string) => `X-Spam: no\n folded\n${text}`],
  ['header fields were changed: Subject', (text: string) => text.replace('Subject: x', 'Subject: [list] x')],
  ['the text was changed', (text: string) => text.replace('another', 'other')],
])('%s', (words, change) => {
  expect(kept(change)).toBe(words)
})

it('what takes the place of a message may differ in what nobody reads alone', () => {
  expect(isHarmless('header fields were added: X-Spam')).toBe(true)
  expect(isHarmless('line ends were changed')).toBe(true)
  expect(isHarmless('the text was changed')).toBe(false)
  expect(isHarmless('NUL octets were taken out')).toBe(false)
})
