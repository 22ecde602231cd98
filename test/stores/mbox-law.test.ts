import { describe } from 'vitest'
import { mboxMaker } from '../support/mbox-writer.js'
import { storeLaw } from '../support/store-law.js'

const WHOLE = 'an mbox is read as a whole: no message of it is unreadable by itself'
const NEWLINE = 'without Content-Length a message ends with its last line ending'

describe('mboxrd', () =>
  storeLaw(mboxMaker('mboxrd'), {
    'gives back a message without a final newline': NEWLINE,
    'goes on past a message that cannot be read, and fails the folder': WHOLE,
  }))

describe('mboxo', () =>
  storeLaw(mboxMaker('mboxo'), {
    'gives back a message without a final newline': NEWLINE,
    'gives back a quoted From line': 'mboxo quotes `From ` alone: what was `>From ` before cannot be told',
    'goes on past a message that cannot be read, and fails the folder': WHOLE,
  }))

describe('mboxcl2', () =>
  storeLaw(mboxMaker('mboxcl2', { variant: 'mboxcl2' }), {
    'tells the size of the message alone': 'the Content-Length field counts',
    'goes on past a message that cannot be read, and fails the folder': WHOLE,
  }))
