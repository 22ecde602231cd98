import { receivedImplausible, sizeReportedWrong } from '../../../../src/audit/integrity/message/accounts.js'
import { epochSeconds, octets } from '../../../../src/message/message.js'
import { describeRule, NOW, type Setting } from './rule-examples.js'

const MAIL = 'From: a\r\n\r\nHi\r\n'
const sized = (size: number, storeType: Setting['storeType'] = 'imap'): Setting => ({
  storeType,
  copy: { size: octets(size) },
})
const received = (seconds: number | null, storeType: Setting['storeType'] = 'imap'): Setting => ({
  storeType,
  copy: { received: seconds === null ? null : epochSeconds(seconds), size: octets(MAIL.length) },
})

describeRule(
  sizeReportedWrong,
  { 'the right size': [MAIL, sized(MAIL.length)], 'a store that reports none': [MAIL, sized(1, 'maildir')] },
  {
    'too large a size': [MAIL, `the server says 9999 octets, and sends ${MAIL.length}`, sized(9999)],
    'a size of 0': [MAIL, `the server says 0 octets, and sends ${MAIL.length}`, sized(0)],
  },
)

describeRule(
  receivedImplausible,
  {
    'a date of today': [MAIL, received(NOW)],
    'a clock that is a day ahead': [MAIL, received(NOW + 86_400)],
    'no date': [MAIL, received(null)],
    'the time of a file': [MAIL, received(0, 'maildir')],
  },
  {
    'the beginning of clocks': [MAIL, 'received 1970-01-01', received(0)],
    '30 December 1899': [MAIL, 'received 1899-12-30', received(-2_209_161_600)],
    'the future': [MAIL, 'received 2021-01-01', received(1_609_459_200)],
  },
)
