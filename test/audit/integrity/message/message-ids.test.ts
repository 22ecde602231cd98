import {
  emptyMessageId,
  malformedMessageId,
  noMessageId,
  severalIdsInOneField,
  severalMessageIds,
} from '../../../../src/audit/integrity/message/message-ids.js'
import { describeRule } from './rule-examples.js'

const WHOLE = 'From: ann@example.org\nMessage-ID: <1@example.org>\n\nHi\n'

describeRule(
  noMessageId,
  {
    'a message with an ID': WHOLE,
    'an empty ID': 'From: ann@example.org\nMessage-ID:\n\nHi\n',
    'a field with white space before the colon': 'Message-ID : <1@example.org>\n\nHi\n',
    'what has no header at all': 'Hi\nthere\n',
  },
  { 'a message without the field': ['From: ann@example.org\n\nMessage-ID: <1@example.org>\n', /^no Message-ID/] },
)

describeRule(
  emptyMessageId,
  { 'a message with an ID': WHOLE, 'no field': 'From: ann@example.org\n\nHi\n' },
  {
    'an empty field': ['From: ann@example.org\n¦Message-ID:\n\nHi\n', 'the value is ""'],
    'empty brackets': ['¦Message-ID: < >\n\nHi\n', 'the value is "< >"'],
    'white space over two lines': ['¦Message-ID:  \n \n\nHi\n', 'the value is ""'],
  },
)

describeRule(
  malformedMessageId,
  {
    'a usual ID': WHOLE,
    'a folded field': 'Message-ID:\n <1@example.org>\n\nHi\n',
    'a quoted first half': 'Message-ID: <"a@b"@example.org>\n\nHi\n',
    'several IDs': 'Message-ID: <1@example.org> <2@example.org>\n\nHi\n',
    'an empty one': 'Message-ID: <>\n\nHi\n',
  },
  {
    'no brackets': ['¦Message-ID: 1@example.org\n\n', 'no angle brackets around it: "1@example.org"'],
    'no closing bracket': ['¦Message-ID: <1@example.org\n\n', 'no angle brackets around it: "<1@example.org"'],
    'two brackets': ['¦Message-ID: <1@example.org>>\n\n', 'an angle bracket too many: "<1@example.org>>"'],
    'white space inside': ['¦Message-ID: <1 2@example.org>\n\n', 'white space inside: "<1 2@example.org>"'],
    'no @': ['¦Message-ID: <12>\n\n', 'no @: "<12>"'],
    'two of them': ['¦Message-ID: <1@a@example.org>\n\n', '2 times @: "<1@a@example.org>"'],
    'a comment': ['¦Message-ID: <1@example.org> (new)\n\n', 'text beside it: "<1@example.org> (new)"'],
    'octets over 127': ['¦Message-ID: <\xe91@example.org>\n\n', /^an octet that is not printable ASCII: "<\\xE91@/],
    'a very long one': [`¦Message-ID: <${'1'.repeat(300)}@example.org>\n\n`, /^312 characters, more than some/],
    'several faults': ['¦Message-ID: 1 2\n\n', 'no angle brackets around it, white space inside, no @: "1 2"'],
  },
)

describeRule(
  severalMessageIds,
  { 'one ID': WHOLE, 'one in the body': 'Message-ID: <1@example.org>\n\nMessage-ID: <2@example.org>\n' },
  {
    'two that differ': [
      'Message-ID: <1@example.org>\nFrom: a\n¦Message-Id: <2@example.org>\n\n',
      '2 fields, 2 different values; the second: "<2@example.org>"',
    ],
    'three alike': [
      'Message-ID: <1@a>\n¦Message-Id: <1@a>\nMessage-Id:\n <1@a>\n\n',
      '3 fields, all alike; the second: "<1@a>"',
    ],
  },
)

describeRule(
  severalIdsInOneField,
  { 'one ID': WHOLE, 'a comment': 'Message-ID: <1@example.org> (from <here)\n\n' },
  { two: ['¦Message-ID: <1@example.org> <2@example.org>\n\n', '2 IDs: "<1@example.org> <2@example.org>"'] },
)
