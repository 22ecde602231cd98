import { describe, expect, it } from 'vitest'
import { locatorOf, parseInternalDate, readFlags, readStamp, uidOf } from '../../../src/stores/imap/copy.js'
import { hasSameUids, isUntouched, readState, writeState } from '../../../src/stores/imap/state.js'
import { locator } from '../../../src/stores/store.js'

describe('what is kept of a message of an account', () => {
  it.each([
    ['29-Feb-2024 10:00:03 +0000', '2024-02-29T10:00:03Z'],
    [' 7-Feb-1994 21:52:25 -0800', '1994-02-08T05:52:25Z'],
    ['07-feb-1994 21:52:25 +0530', '1994-02-07T16:22:25Z'],
    ['30-Dec-1899 00:00:00 +0000', '1899-12-30T00:00:00Z'],
    ['01-Jan-0001 00:00:00 +0000', '0001-01-01T00:00:00Z'],
  ])('INTERNALDATE %s is %s', (text, date) => {
    expect(parseInternalDate(text)).toBe(Date.parse(date) / 1_000)
  })

  it.each(['', 'yesterday', '29-Fev-2024 10:00:03 +0000', '2024-02-29T10:00:03Z'])(
    'INTERNALDATE "%s" is none',
    (text) => {
      expect(parseInternalDate(text)).toBeNull()
    },
  )

  it('flags are sorted, in one spelling, without \\Recent', () => {
    expect(readFlags(['todo', '\\SEEN', '\\Recent', '\\seen', '$Forwarded', '\\Own'])).toEqual([
      '$Forwarded',
      '\\Own',
      '\\Seen',
      'todo',
    ])
  })

  it('a locator names a UID', () => {
    expect(uidOf(locatorOf(812))).toBe(812)
    for (const text of ['uid=0', 'uid=-1', 'number=3', 'uid=12x']) expect(uidOf(locator(text))).toBeNull()
  })

  it('a stamp says of which UIDs it is, and what it proves', () => {
    expect(readStamp('17 5120 -3 abc-_')).toEqual({
      uidValidity: '17',
      size: 5_120,
      received: -3,
      proof: '5120 -3 abc-_',
    })
    expect(readStamp('17 5120  abc')?.received).toBeNull()
    expect(readStamp('')).toBeNull()
  })
})

describe('how a folder stands', () => {
  const state = { uidValidity: '17', uidNext: 9, exists: 5, modseq: 40n, mailboxId: 'F1' }

  it('is written and read again', () => {
    expect(readState(writeState(state))).toEqual(state)
    const bare = { uidValidity: null, uidNext: null, exists: null, modseq: null, mailboxId: null }
    expect(readState(writeState(bare))).toEqual(bare)
    expect(readState('maildir 1')).toBeNull()
  })

  it.each([
    ['nothing', {}, true, true],
    ['a flag', { modseq: 41n }, false, true],
    ['a message more', { uidNext: 10, exists: 6, modseq: 41n }, false, true],
    ['a message less', { exists: 4 }, false, true],
    ['one for another', { uidNext: 10 }, false, true],
    ['the UIDVALIDITY', { uidValidity: '18' }, false, false],
    ['the folder itself', { mailboxId: 'F2' }, false, false],
    ['UIDNEXT, backwards', { uidNext: 8 }, false, false],
    ['HIGHESTMODSEQ, backwards', { modseq: 39n }, false, false],
    ['what the server tells', { modseq: null, mailboxId: null }, false, true],
  ])('with %s changed', (_, change, untouched, same) => {
    const now = { ...state, ...change }
    expect([isUntouched(state, now), hasSameUids(state, now)]).toEqual([untouched, same])
  })
})
