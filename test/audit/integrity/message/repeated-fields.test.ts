import {
  repeatedField,
  repeatedLesserField,
  repeatedStoreField,
} from '../../../../src/audit/integrity/message/repeated-fields.js'
import { describeRule } from './rule-examples.js'

const WHOLE = 'Received: a\nReceived: b\nFrom: ann@example.org\nCc: a\nStatus: RO\n\nFrom: her\n'

describeRule(
  repeatedField,
  { 'a message': WHOLE, 'two Message-IDs': 'Message-ID: <1@a>\nMessage-ID: <2@a>\n\n', 'two Cc': 'Cc: a\nCc: b\n\n' },
  {
    'two subjects': ['Subject: a\nFrom: b\n¦SUBJECT: c\n\n', 'SUBJECT 2 times, the second: "c"'],
    'three alike': ['Date: a\n¦Date: a\nDate: a\n\n', 'Date 3 times, all alike'],
    'two kinds': ['To: a\nFrom: b\n¦To: a\n¦From: c\n\n', 'To 2 times, all alike'],
  },
)

describeRule(
  repeatedLesserField,
  { 'a message': WHOLE, 'two subjects': 'Subject: a\nSubject: b\n\n' },
  { 'two Cc': ['Cc: a\n¦Cc: b\n\n', 'Cc 2 times, the second: "b"'] },
)

describeRule(
  repeatedStoreField,
  { 'a message': WHOLE },
  { 'two marks of Thunderbird': ['X-Mozilla-Status: 0001\n¦X-Mozilla-Status: 0009\n\n', /^X-Mozilla-Status 2 times/] },
)
