import {
  dateDiffersFromReceived,
  dateInFuture,
  implausibleDate,
  noDate,
  unparsableDate,
} from '../../../../src/audit/integrity/message/dates.js'
import { describeRule } from './rule-examples.js'

const WHOLE = 'Date: Tue, 4 Jan 2011 16:44:27 +0100\n\nHi\n'
const received = (date: string): string => `Received: from a by b; ${date}\n`

describeRule(
  noDate,
  { 'a date': WHOLE, 'no header at all': 'Hi there\n', 'a field that holds none': 'Date: soon\n\n' },
  { 'no field': ['From: ann@example.org\n\nDate: today\n', 'no Date field in the header section'] },
)

describeRule(
  unparsableDate,
  { 'a date': WHOLE, 'an old form': 'Date: 4-Jan-11 16:44 MET\n\n', 'no field': 'From: a\n\n' },
  {
    words: ['From: a\n¦Date: soon, my love\n\n', 'no date: "soon, my love"'],
    'a day that is none': ['¦Date: Thu, 31 Feb 2011 16:44:27 +0100\n\n', /^no date: "Thu, 31 Feb/],
    'an empty field': ['¦Date: \n\n', 'no date: ""'],
  },
)

describeRule(
  implausibleDate,
  { 'a date': WHOLE, tomorrow: 'Date: Thu, 2 Jan 2020 00:00:00 +0000\n\n', words: 'Date: soon\n\n' },
  {
    1970: ['¦Date: Thu, 1 Jan 1970 00:00:00 +0000\n\n', /is 1970-01-01T00:00:00Z$/],
    'next week': ['From: a\n¦Date: Wed, 8 Jan 2020 00:00:00 +0000\n\n', /is 2020-01-08T00:00:00Z$/],
  },
)

describeRule(
  dateInFuture,
  {
    'a date without Received': WHOLE,
    'mail that took long': `${received('Tue, 11 Jan 2011 16:44:30 +0100')}${WHOLE}`,
    'a clock an hour ahead': `${received('Tue, 4 Jan 2011 15:44:30 +0100')}${WHOLE}`,
    'a Received without date': `Received: from a by b\n${WHOLE}`,
  },
  {
    'a clock a week ahead': [
      `${received('Tue, 28 Dec 2010 16:44:27 +0100')}¦${WHOLE}`,
      'dated 2011-01-04T15:44:27Z, received 2010-12-28T15:44:27Z',
    ],
  },
)

describeRule(
  dateDiffersFromReceived,
  { 'a minute': `${received('Tue, 4 Jan 2011 16:45:30 +0100')}${WHOLE}` },
  {
    'mail that took a week': [
      `${received('Tue, 11 Jan 2011 16:44:27 +0100')}${received('Tue, 4 Jan 2011 16:44:27 +0100')}¦${WHOLE}`,
      'dated 2011-01-04T15:44:27Z, received 2011-01-11T15:44:27Z',
    ],
  },
)
