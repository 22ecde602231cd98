import { describe } from 'vitest'
import { writingLaw } from '../support/writing-law.js'
import { localPlaces } from '../support/writing-places.js'

const NEWLINE = 'without Content-Length a message ends with its last line ending'
const MBOXO = 'mboxo quotes `From ` alone: what was `>From ` before cannot be told'
const MOVED = {
  'leaves alone what is gone, and what is another message now': 'places move when a message before them goes',
}

describe('a tree of mbox files', () =>
  writingLaw(localPlaces('mbox', null), { ...MOVED, 'keeps a message without a final newline': NEWLINE }))

describe('a tree of mboxo files', () =>
  writingLaw(localPlaces('mbox', null, { variant: 'mboxo' }), {
    ...MOVED,
    'keeps a message without a final newline': NEWLINE,
    'keeps a quoted From line': MBOXO,
  }))

describe('a tree of mboxcl2 files', () =>
  writingLaw(localPlaces('mbox', null, { variant: 'mboxcl2' }), {
    ...MOVED,
    'is read while it is written to': 'the size that a scan tells counts the Content-Length field',
  }))
