import { describe, expect, it } from 'vitest'
import { parseMessageId } from '../../src/message/message-id.js'

describe('a Message-ID', () => {
  it.each([
    [' <a@b>', '<a@b>'],
    ['<a@b> (comment)', '<a@b>'],
    ['<first@x> <second@x>', '<first@x>'],
    ['\r\n <folded.\r\n\tin.two@x>', '<folded.in.two@x>'],
    ['<with blank@x>', '<withblank@x>'],
    ['bare@x', '<bare@x>'],
    ['bare@x (note)', '<bare@x(note)>'],
    ['<never closed@x', '<neverclosed@x>'],
    ['before <a@b>', '<a@b>'],
    ['<a@b>>', '<a@b>'],
    ['<<a@b>', '<<a@b>'],
    ['<caf\xe9@x>', '<caf\xe9@x>'],
    ['<no\xa0break@x>', '<no\xa0break@x>'],
  ])('%j is read as %s', (field, id) => expect(parseMessageId(field)).toBe(id))

  it.each(['', '   ', '<>', ' < > ', '<', '\r\n\t'])('%j is no ID', (field) => expect(parseMessageId(field)).toBeNull())
})
