import { expect, it } from 'vitest'
import { readFetch } from '../../../src/stores/imap/fetch-answer.js'

const lines = (...texts: string[]) => texts.map((text) => Buffer.from(text))

it('reads every item that is asked for', () => {
  const answer = lines(
    '* 7 FETCH (UID 12 FLAGS (\\Seen $Label1 été) INTERNALDATE "17-Jul-2024 02:44:25 -0700" RFC822.SIZE 34 EMAILID (M1) X-GM-MSGID 1278455344230334865 BODY[HEADER.FIELDS (FROM "X-Y]")] {5}\r\n',
    ' BODY[]<0> {3}\r\n',
    ')\r\n',
  )
  // A section that has a bracket in it is not understood, and left to the client.
  expect(readFetch(answer, [Buffer.from('From:'), Buffer.from('abc')])).toBeNull()
  const plain = answer.map((line) => Buffer.from(line.toString().replace(' "X-Y]"', ' TO')))
  expect(readFetch(plain, [Buffer.from('From:'), Buffer.from('abc')])).toEqual({
    uid: 12,
    flags: ['\\Seen', '$Label1', 'été'],
    size: 34,
    internalDate: '17-Jul-2024 02:44:25 -0700',
    emailId: 'M1',
    gmailId: '1278455344230334865',
    fields: Buffer.from('From:'),
    message: Buffer.from('abc'),
  })
})

it('reads quoted bodies, NIL and items it does not know', () => {
  const answer = lines('* 1 FETCH (MODSEQ (12) BODY[] "a\\"b\\\\c" UID 3 X (1 (2 "three") NIL) FLAGS ())\r\n')
  expect(readFetch(answer, [])).toMatchObject({ uid: 3, flags: [], message: Buffer.from('a"b\\c'), fields: null })
  expect(readFetch(lines('* 1 FETCH (BODY[] NIL UID 3)\r\n'), [])).toMatchObject({ uid: 3, message: null })
})

it.each([
  ['another answer', '* 1 EXPUNGE\r\n'],
  ['no UID', '* 1 FETCH (FLAGS ())\r\n'],
  ['no end', '* 1 FETCH (UID 3 FLAGS (\\Seen\r\n'],
  ['more behind it', '* 1 FETCH (UID 3) * 2 FETCH (UID 4)\r\n'],
  ['a tagged answer', 'A1 OK FETCH (UID 3)\r\n'],
])('leaves to the client what is %s', (_, text) => {
  expect(readFetch(lines(text), [])).toBeNull()
})
