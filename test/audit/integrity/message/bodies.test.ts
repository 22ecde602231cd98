import { bodyMissing, partlyDownloaded } from '../../../../src/audit/integrity/message/bodies.js'
import { describeRule } from './rule-examples.js'
import { signed } from './signing.js'

describeRule(
  bodyMissing,
  {
    'a body': 'Content-Length: 300\n\nHi\n',
    'an empty body with no sign of another': 'From: a\nSubject: call me\n\n',
    'a length of line ends': 'Content-Length: 2\n\n\n',
    'a signature over an empty body': `${signed('\n')}\n`,
    'an empty file': '',
    'octets 0': 'Content-Type: multipart/mixed; boundary=x\n\n\0\0\0\n',
  },
  {
    'a stated length': ['Content-Length: 300\n\n¦', 'the body is empty: Content-Length says 300 octets'],
    'stated lines': ['Lines: 12\n\n¦\n', 'the body is empty: Lines says 12 lines'],
    'a multipart': [
      'Content-Type: multipart/mixed; boundary=x\n\n¦',
      'the body is empty: "multipart/mixed" has no part',
    ],
    'a signature': [`${signed('Hi\n')}\n¦`, 'the body is empty: a body was signed by "example.org"'],
    'bounds in doubt': ['Lines: 12\n\n¦', /in doubt\)$/, { copy: { boundsInDoubt: true } }],
  },
)

describeRule(
  partlyDownloaded,
  { 'a whole message': 'X-Mozilla-Status: 0001\n\nHi\n', 'another program': 'From: a\n\nHi\n' },
  { 'the mark': ['From: a\n¦X-Mozilla-Status: 0401\n\nHi\n', 'X-Mozilla-Status is "0401"'] },
)
