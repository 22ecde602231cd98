import { bareCr, lineTooLong, mixedLineEndings, nulOctet } from '../../../../src/audit/integrity/message/lines.js'
import { describeRule } from './rule-examples.js'

const LF = 'From: a\n\nHi\nthere\n'
const CRLF = LF.replaceAll('\n', '\r\n')

describeRule(
  bareCr,
  { LF, CRLF, mixed: `${LF}${CRLF}` },
  {
    'one in a line': ['From: a\n\nHi¦\rthere\n', '1 of them; the first: "From: a␊␊Hi␍there␊"'],
    'one before CRLF': ['From: a\r\n\r\nHi¦\r\r\n', /^1 of them/],
    'lone CRs alone': ['From: a¦\r\rHi\r', 'all lines end in a lone CR (3)'],
  },
)

describeRule(
  mixedLineEndings,
  { LF, CRLF, 'lone CRs': 'From: a\r\rHi\r' },
  {
    'LF in the header': ['X-Spam: no\nFrom: a¦\r\n\r\nHi\r\n', 'CRLF at the end of 3 lines, LF alone at the end of 1'],
    'LF at the end': ['From: a\r\n\r\nHi¦\n', 'CRLF at the end of 2 lines, LF alone at the end of 1'],
  },
)

const allowed = 'a'.repeat(998)

describeRule(
  lineTooLong,
  {
    LF,
    '998 octets': `From: a\n\n${allowed}\n${allowed}\n`,
    '998 octets and CRLF': `From: a\r\n\r\n${allowed}\r\n${allowed}\r\n`,
    '998 octets and CR': `From: a\r\r${allowed}\r${allowed}\r`,
    '998 octets at the end': `From: a\n\n${allowed}`,
  },
  {
    '999 octets': [`From: a\n\n${allowed}\n¦b${allowed}\nHi\n`, /^1 line, the longest of 999 octets; the first: "baaa/],
    '999 octets and CRLF': [`From: a\r\n\r\n¦b${allowed}\r\n${allowed}\r\n`, /^1 line, the longest of 999/],
    '999 octets and CR': [`From: a\r\r¦b${allowed}\rHi\r`, /^1 line, the longest of 999/],
    'two at the end': [`From: a\n\nHi\n¦${allowed}bc\n${allowed}b`, /^2 lines, the longest of 1000 octets/],
  },
)

describeRule(
  nulOctet,
  { LF, CRLF },
  {
    one: ['From: a\n\nHi¦\0there\n', '1 octet 0; the first: "From: a␊␊Hi␀there␊"'],
    'a run': [`From: a\n\nHi¦${'\0'.repeat(4096)}\0\n\0`, /^4098 octets 0, the longest run 4097;/],
  },
)
