import {
  hugeHeader,
  malformedHeaderLine,
  noFrom,
  noHeader,
  noHeaderEnd,
  raw8bitHeader,
} from '../../../../src/audit/integrity/message/header-shape.js'
import { describeRule } from './rule-examples.js'

const WHOLE = 'From: ann@example.org\nSubject: a\n b\n\nHi: you\nthere\n'

describeRule(
  noHeader,
  { 'a message': WHOLE, nothing: '', 'octets 0': '\0\0\0', 'a header alone': 'From: a\n' },
  {
    text: ['¦Dear all,\nhi\n', 'it begins with "Dear all,"'],
    'an empty line before the header': [
      '\n¦From: ann@example.org\n\nHi\n',
      'an empty line, and then "From: ann@example.org"',
    ],
  },
)

describeRule(
  noFrom,
  { 'a message': WHOLE, 'no header at all': 'Hi\n' },
  {
    'no field': ['To: ann@example.org\n\nFrom: her\n', 'no From field in the header section'],
    'a Sender alone': ['Sender: ann@example.org\n\n', /; there is a Sender$/],
    'an empty field': ['To: a\n¦From: \n\n', 'the From field is empty'],
  },
)

describeRule(
  noHeaderEnd,
  { 'a message': WHOLE, 'a header alone': 'From: a\nTo: b\n', 'text alone': 'Hi\n' },
  { 'text behind the header': ['From: a\n¦Hi there\nhow are you?\n', /header field: "Hi there"$/] },
)

describeRule(
  malformedHeaderLine,
  {
    'a message': WHOLE,
    CRLF: WHOLE.replaceAll('\n', '\r\n'),
    'a From_ line': `From ann Tue Jan 4 16:44:27 2011\n${WHOLE}`,
  },
  {
    'lost folding': ['Subject: a\n¦long one\nFrom: a\n\n', '"long one"'],
    'a continuation first': ['¦ more\nFrom: a\n\n', '" more"'],
    'two places': ['From: a\n¦one\nTo: b\n¦two\n more\n\n', '"one"'],
  },
)

describeRule(
  raw8bitHeader,
  { 'a message': WHOLE, 'octets in the body': 'From: a\n\n\xe9\n' },
  {
    'Latin-1': ['From: a\n¦Subject: caf\xe9\n\n', 'in Subject; not UTF-8: "Subject: caf\\xE9"'],
    'UTF-8 in two fields': ['¦From: \xc3\xa9\nTo: b\nX-N: \xc3\xa9\n\n', 'in From, X-N; valid UTF-8: "From: \u00e9"'],
  },
)

describeRule(
  hugeHeader,
  { 'a message': WHOLE, 'a large body': `From: a\n\n${'a\n'.repeat(50_000)}` },
  {
    'many octets': [`¦From: a\nTo: ${'b, '.repeat(30_000)}\n\n`, /^900\d\d octets, 2 fields$/],
    'many fields': [`¦${'To: b\n'.repeat(1001)}\n`, '6006 octets, 1001 fields'],
  },
)
