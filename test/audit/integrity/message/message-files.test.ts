import {
  byteOrderMark,
  compressedFile,
  emptyOrNulFile,
  separatorInFile,
  sizeSuffixMismatch,
} from '../../../../src/audit/integrity/message/message-files.js'
import { locator } from '../../../../src/stores/store.js'
import { describeRule, type Setting } from './rule-examples.js'

const LF = 'From: a\n\nHi\n'
const CRLF = LF.replaceAll('\n', '\r\n')
const named = (name: string): Setting => ({ copy: { locator: locator(`file=${name}`) } })
const inMbox: Setting = { storeType: 'mbox' }

describeRule(
  emptyOrNulFile,
  { LF, 'some NUL': `\0\0${LF}`, 'nothing in an mbox': ['', inMbox] },
  { nothing: ['', 'the file is empty'], 'NUL alone': [`¦${'\0'.repeat(3000)}`, 'all of its 3000 octets are NUL'] },
)

describeRule(
  sizeSuffixMismatch,
  {
    'no size in the name': [LF, named('1.M1.host')],
    'both right, LF': [LF, named('1.M1.host,S=12,W=15')],
    'both right, CRLF': [CRLF, named('1.M1.host,S=15,W=15')],
    'right, among other fields': [LF, named('1.M1.host,S=12,U=7')],
    'two files of one name': [LF, named('1.M1.host,S=12/new:2,')],
    'compressed by Dovecot': ['\x1f\x8b\x08\0\0', named('1.M1.host,S=99,W=101')],
    'another kind of store': [LF, { ...named('1,S=99.eml'), storeType: 'eml' }],
  },
  {
    'S=': [LF, 'the name says 9999 octets (S=), the file has 12', named('1.M1.host,S=9999,W=15')],
    'W=': [LF, 'the name says 12 octets with CRLF (W=), the message has 15', named('1.M1.host,S=12,W=12')],
    'S= of a file that was cut': [
      LF.slice(0, -3),
      'the name says 12 octets (S=), the file has 9',
      named('1.M1.host,S=12'),
    ],
  },
)

describeRule(
  separatorInFile,
  { LF, 'From: as first field': 'From : a\n\n', 'an mbox keeps its own': [`From a\n${LF}`, inMbox] },
  {
    'one on top': [`¦From a@b Thu Jan  1 00:00:00 2004\n${LF}`, 'it begins with "From a@b Thu Jan  1 00:00:00 2004"'],
    'a quoted one': [`¦>From a@b Thu Jan  1 00:00:00 2004\n${LF}`, /^it begins with ">From a@b/],
  },
)

describeRule(
  byteOrderMark,
  { LF, 'one in the text': 'From: a\n\n\xef\xbb\xbfHi\n' },
  {
    'UTF-8': [`¦\xef\xbb\xbf${LF}`, 'the mark of UTF-8'],
    'UTF-16': ['¦\xff\xfeF\0r\0', 'the mark of UTF-16, little endian'],
  },
)

describeRule(
  compressedFile,
  { LF, 'in an mbox': ['\x1f\x8b\x08\0', inMbox] },
  {
    gzip: ['¦\x1f\x8b\x08\0\0', 'it begins as gzip does'],
    'encrypted by Dovecot': ['¦CRYPTED\x03\x07\x02', "it begins as Dovecot's encryption does"],
  },
)
