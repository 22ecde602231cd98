import { expect, it } from 'vitest'
import { areSameButForBlanks } from '../../src/message/blanks.js'

const message = (body: string, id = 'a') => Buffer.from(`Subject: x\r\nMessage-ID: <${id}@b>\r\n\r\n${body}`, 'latin1')

it.each([
  ['line ends', 'one\r\r\ntwo\r\n', 'one\r\ntwo\r\n'],
  ['a lone CR that is gone', 'one\rtwo\r\n', 'onetwo\r\n'],
  ['blanks at the end of lines', 'one  \r\ntwo\r\n\r\n', 'one\r\ntwo\r\n'],
  ['NUL octets', 'one\0two\r\n', 'one\x80two\r\n'],
])('%s count for nothing', (_, body, kept) => {
  expect(areSameButForBlanks(message(body), message(kept, 'other'))).toBe(true)
})

it.each([
  ['another text', 'Disk 1 is full.\r\n', 'Disk 2 is full.\r\n'],
  ['a part of the text', 'one\r\ntwo\r\n', 'one\r\n'],
  ['nothing at all, on both', '\r\n', ''],
])('%s is no proof', (_, body, other) => {
  expect(areSameButForBlanks(message(body), message(other))).toBe(false)
})
