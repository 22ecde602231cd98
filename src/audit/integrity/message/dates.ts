import { parseDate } from '../../../message/date.js'
import { type HeaderField, unfold } from '../../../message/header-section.js'
import { type EpochSeconds, epochSeconds } from '../../../message/message.js'
import type { MessageView } from '../message-view.js'
import type { MessageRule, Sighting } from '../rule.js'
import { NOTHING, quoted } from './sightings.js'

const SOURCE = 'RFC 5322 §3.6.1'
const DAY = 86_400
/** Time zones and clocks that are a little wrong stay within this. */
const TOLERANCE = 2 * DAY
/** No mail of an earlier date is in the form of RFC 822 and its successors in a store of today, but for clocks that were not set. */
const EARLIEST = epochSeconds(Date.UTC(1990, 0, 1) / 1000)

export const noDate: MessageRule = {
  name: 'no-date',
  scope: 'message',
  severity: 'warning',
  summary: 'The message has no Date field.',
  source: 'RFC 5322 §3.6',
  origin: 'Drafts, devices without a clock, careless senders, a header that lost lines.',
  risk: 'Programs sort it by chance: to 1970, to today, or by when the file was written, which a migration changes.',
  remedy: 'Keep the times of the files when the store is moved: they may be all that tells when it came.',
  detect: (mail) =>
    mail.fields.length > 0 && !dateField(mail)
      ? [{ offset: null, detail: 'no Date field in the header section' }]
      : NOTHING,
}

export const unparsableDate: MessageRule = {
  name: 'unparsable-date',
  scope: 'message',
  severity: 'note',
  summary: 'The Date field holds no date.',
  source: 'RFC 5322 §3.3',
  origin: 'Senders with a broken clock or date format, templates that were not filled in, spam.',
  risk: 'Programs sort it by chance, and servers may give it the time of a migration.',
  remedy: 'Keep the times of the files when the store is moved.',
  detect: (mail) => {
    const field = dateField(mail)
    if (!field || dateOf(field) !== null) return NOTHING
    return [{ offset: field.start, detail: `no date: ${quoted(field.value)}` }]
  },
}

export const implausibleDate: MessageRule = {
  name: 'implausible-date',
  scope: 'message',
  severity: 'note',
  summary: 'The Date field lies before 1990, or more than two days after this check.',
  source: SOURCE,
  origin: 'A clock that was not set, a year of two digits read wrongly, spam that wants to stand on top.',
  risk: 'It stands at the wrong end of every list, and rules that archive or delete by age take it for what it is not.',
  remedy: 'Leave it out of rules that go by age.',
  detect: (mail) => {
    const field = dateField(mail)
    const date = field ? dateOf(field) : null
    if (!field || date === null || (date >= EARLIEST && date <= mail.now + TOLERANCE)) return NOTHING
    return [{ offset: field.start, detail: `${quoted(field.value)} is ${readable(date)}` }]
  },
}

export const dateInFuture: MessageRule = {
  name: 'date-in-future',
  scope: 'message',
  severity: 'note',
  summary: 'The Date field lies more than two days after the message was received.',
  source: SOURCE,
  origin: 'A wrong clock at the sender, or spam that wants to stand on top.',
  risk: 'It is sorted wrongly, and rules that go by age take it for younger than it is.',
  remedy: 'Go by the received date where the program lets you.',
  detect: (mail) => againstReceived(mail, (date, received) => date > received + TOLERANCE),
}

export const dateDiffersFromReceived: MessageRule = {
  name: 'date-differs-from-received',
  scope: 'message',
  severity: 'note',
  isOptional: true,
  summary: 'The Date field and the last Received field are more than two days apart.',
  source: SOURCE,
  origin: 'Wrong clocks, mail that waited, mail that was sent again; of old mail some nine in a hundred.',
  risk: 'Programs that go by one date and programs that go by the other sort it differently.',
  remedy: 'Nothing; good to know before rules that go by age are set up.',
  detect: (mail) => againstReceived(mail, (date, received) => Math.abs(date - received) > TOLERANCE),
}

function againstReceived(
  mail: MessageView,
  isOff: (date: EpochSeconds, received: EpochSeconds) => boolean,
): readonly Sighting[] {
  const field = dateField(mail)
  const date = field ? dateOf(field) : null
  const received = receivedDate(mail)
  if (!field || date === null || received === null || !isOff(date, received)) return NOTHING
  return [{ offset: field.start, detail: `dated ${readable(date)}, received ${readable(received)}` }]
}

function dateField(mail: MessageView): HeaderField | undefined {
  return mail.fields.find(({ name }) => name === 'date')
}

function dateOf(field: HeaderField): EpochSeconds | null {
  return parseDate(unfold(field.value))
}

/** The date of the topmost Received field: that of the last hop (RFC 5321 §4.4). */
function receivedDate(mail: MessageView): EpochSeconds | null {
  const field = mail.fields.find(({ name }) => name === 'received')
  const semicolon = field?.value.lastIndexOf(';') ?? -1
  return field && semicolon >= 0 ? parseDate(unfold(field.value.slice(semicolon + 1))) : null
}

function readable(date: EpochSeconds): string {
  const time = new Date(date * 1000)
  return Number.isNaN(time.getTime()) ? 'a year beyond reckoning' : time.toISOString().replace('.000Z', 'Z')
}
