import { isAscii, isUtf8 } from 'node:buffer'
import type { HeaderField } from '../../../message/header-section.js'
import type { MessageView } from '../message-view.js'
import type { MessageRule, Sighting } from '../rule.js'
import { counted, firstOnes, lineAt, NOTHING, nameAsWritten } from './sightings.js'

const MAX_OCTETS = 65_536
const MAX_FIELDS = 1000
const MAX_NAMED = 5

export const noHeader: MessageRule = {
  name: 'no-header',
  scope: 'message',
  severity: 'warning',
  summary: 'The message does not begin with a header field, and has none.',
  source: 'RFC 5322 §3.5',
  origin:
    'A file that is no mail, a message that lost its beginning, an empty line before the header, a wrong separator.',
  risk: 'Nobody can tell what it is; servers refuse it, and programs show a mail without sender, date and subject.',
  remedy:
    'Look at it: if it is the rest of another mail, put it back there; if it is no mail, move it out of the store.',
  detect: (mail) => {
    const at = mail.fields.length > 0 ? -1 : mail.octets.findIndex((octet) => octet > 32)
    if (at < 0) return NOTHING
    const { start, end } = mail.section
    return [
      { offset: at, detail: `${start === end ? 'an empty line, and then ' : 'it begins with '}${lineAt(mail, at)}` },
    ]
  },
}

export const noFrom: MessageRule = {
  name: 'no-from',
  scope: 'message',
  severity: 'warning',
  summary: 'The message has no From field.',
  source: 'RFC 5322 §3.6.2',
  origin: 'Drafts, notes that programs keep among mail, old bounces, a header that lost lines.',
  risk: 'Servers may refuse it when it is moved, and it cannot be found by who wrote it.',
  remedy: 'Look whether it is mail; a note of a program can stay where it is.',
  detect: (mail) => {
    const field = mail.fields.find(({ name }) => name === 'from')
    if (field) return field.value.trim() === '' ? [{ offset: field.start, detail: 'the From field is empty' }] : NOTHING
    const sender = mail.fields.some(({ name }) => name === 'sender') ? '; there is a Sender' : ''
    return mail.fields.length > 0 ? [{ offset: null, detail: `no From field in the header section${sender}` }] : NOTHING
  },
}

export const noHeaderEnd: MessageRule = {
  name: 'no-header-end',
  scope: 'message',
  severity: 'warning',
  summary: 'No empty line ends the header section, though there is text that is no header field.',
  source: 'RFC 5322 §2.1',
  origin:
    'A program that wrote mail without the empty line, or a message whose line endings or first lines were damaged.',
  risk: 'Programs differ on where the text begins: some show none of it, some lose header fields.',
  remedy: 'Take it from another copy or backup if there is one.',
  detect: (mail) => {
    const [first] = mail.section.hasEmptyLine || mail.fields.length === 0 ? NOTHING : oddLines(mail)
    return first
      ? [{ offset: first.offset, detail: `the first line that is no header field: ${first.detail}` }]
      : NOTHING
  },
}

export const malformedHeaderLine: MessageRule = {
  name: 'malformed-header-line',
  scope: 'message',
  severity: 'note',
  summary: 'The header section holds a line that is no header field.',
  source: 'RFC 5322 §2.2',
  origin: 'Folded lines that lost their white space, gateways and filters that write sentences into headers.',
  risk: 'Some programs end the header there, and take the fields behind it for text.',
  remedy: 'Nothing, as long as sender, date and subject are shown.',
  detect: (mail) =>
    mail.section.hasEmptyLine && mail.fields.length > 0 && coveredOctets(mail) < mail.section.end - mail.section.start
      ? firstOnes(oddLines(mail))
      : NOTHING,
}

function coveredOctets(mail: MessageView): number {
  return mail.fields.reduce((sum, { start, end }) => sum + end - start, 0)
}

/** Header lines that belong to no field: what lies between the fields. */
function oddLines(mail: MessageView): readonly Sighting[] {
  const { start, end } = mail.section
  const gaps: Sighting[] = []
  let at = start
  for (const field of [...mail.fields, { start: end, end }]) {
    if (field.start > at) gaps.push({ offset: at, detail: lineAt(mail, at) })
    at = field.end
  }
  return gaps
}

export const raw8bitHeader: MessageRule = {
  name: 'raw-8bit-header',
  scope: 'message',
  severity: 'note',
  summary: 'Header fields hold octets over 127 that are not encoded.',
  source: 'RFC 5322 §2.2, RFC 2047, RFC 6532',
  origin: 'Senders that leave out the encoding; mail in UTF-8 as RFC 6532 allows it between servers that agreed on it.',
  risk: 'Where it is not UTF-8, programs guess at the letters; servers that insist on ASCII refuse it or put `?` there.',
  remedy: 'Nothing; look at names and subjects after a migration.',
  detect: (mail) => {
    const { start, end } = mail.section
    if (mail.isAscii || isAscii(mail.octets.subarray(start, end))) return NOTHING
    const raw = mail.fields.filter((field) => !isAscii(octetsOf(mail, field)))
    const [first] = raw
    if (!first) return NOTHING
    const kind = raw.every((field) => isUtf8(octetsOf(mail, field))) ? 'valid UTF-8' : 'not UTF-8'
    return [{ offset: first.start, detail: `in ${namesOf(mail, raw)}; ${kind}: ${lineAt(mail, first.start)}` }]
  },
}

function octetsOf({ octets }: MessageView, { start, end }: HeaderField): Buffer {
  return octets.subarray(start, end)
}

function namesOf(mail: MessageView, fields: readonly HeaderField[]): string {
  const names = [...new Set(fields.map((field) => nameAsWritten(mail, field)))]
  const shown = names.slice(0, MAX_NAMED).join(', ')
  return names.length > MAX_NAMED ? `${shown} and ${names.length - MAX_NAMED} more` : shown
}

export const hugeHeader: MessageRule = {
  name: 'huge-header',
  scope: 'message',
  severity: 'note',
  summary: 'The header section is larger than 64 KiB or has more than 1,000 fields.',
  source: 'common limits of servers; RFC 5322 sets none',
  origin: 'Mail that went in a circle, very long lists of addresses, filters that write much, attacks.',
  risk: 'Servers and programs cut such headers off, or refuse the mail.',
  remedy: 'Look at it before it is moved; it may have to be left behind.',
  detect: (mail) => {
    const { start, end } = mail.section
    if (end - start <= MAX_OCTETS && mail.fields.length <= MAX_FIELDS) return NOTHING
    return [{ offset: start, detail: `${counted(end - start, 'octet')}, ${counted(mail.fields.length, 'field')}` }]
  },
}
