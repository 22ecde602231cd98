import { syncToolFields } from '../../../../src/audit/integrity/message/traces.js'
import { describeRule } from './rule-examples.js'

describeRule(
  syncToolFields,
  {
    'a message': 'From: a\nX-Mailer: b\n\nHi\n',
    'the state of an mbox': ['From: a\nStatus: RO\nX-UID: 3\n\nHi\n', { storeType: 'mbox' }],
  },
  {
    mbsync: ['From: a\n¦X-TUID: abcdefghijkl\n\nHi\n', 'X-TUID; the first: "abcdefghijkl"'],
    'OfflineIMAP in an mbox': ['¦X-OfflineIMAP: 12-34\n\nHi\n', /^X-OfflineIMAP/, { storeType: 'mbox' }],
    'the state of an mbox elsewhere': ['¦Status: RO\nX-UID: 3\n\nHi\n', 'Status, X-UID; the first: "RO"'],
  },
)
