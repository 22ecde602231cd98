import { unfold } from '../../../message/header-section.js'
import { parseMessageId } from '../../../message/message-id.js'
import type { MessageView } from '../message-view.js'
import type { MessageRule, Sighting } from '../rule.js'
import { counted, NOTHING, quoted } from './sightings.js'

const SOURCE = 'RFC 5322 §3.6.4'
/** What notmuch and others keep of a Message-ID. */
const MAX_ID = 244

/** No Message-ID field in a header that has other fields. */
export const noMessageId: MessageRule = {
  name: 'no-message-id',
  scope: 'message',
  severity: 'warning',
  summary: 'The message has no Message-ID field.',
  source: SOURCE,
  origin: 'Drafts, messages saved before they were sent, old or careless senders, scanners and other devices.',
  risk: 'Programs that know mail by its Message-ID lose track of it: it can be copied twice, or not at all.',
  remedy: 'None is needed here: mbaudit knows such mail by its content. See `mbaudit noid` for all of it.',
  detect: (mail) =>
    mail.fields.length > 0 && mail.fieldsNamed('message-id').length === 0
      ? [{ offset: null, detail: 'no Message-ID field in the header section' }]
      : NOTHING,
}

export const emptyMessageId: MessageRule = {
  name: 'empty-message-id',
  scope: 'message',
  severity: 'warning',
  summary: 'The Message-ID field is empty.',
  source: SOURCE,
  origin: 'A sender or gateway that wrote the field without a value, or `<>`.',
  risk: 'Programs that take the empty value for an ID hold all such mail for one mail, and some delete all but one of it.',
  remedy: 'Do not let programs that compare IDs alone remove duplicates here; mbaudit counts it as mail with no ID.',
  detect: (mail) => {
    const [first] = mail.fieldsNamed('message-id')
    if (!first || parseMessageId(first.value) !== null) return NOTHING
    return [{ offset: first.start, detail: `the value is ${quoted(first.value)}` }]
  },
}

export const malformedMessageId: MessageRule = {
  name: 'malformed-message-id',
  scope: 'message',
  severity: 'note',
  summary: 'The Message-ID is not written as the standard has it.',
  source: SOURCE,
  origin: 'Senders that make up their own form, gateways that rewrite IDs, damage in the header.',
  risk: 'Programs read different IDs from it, so that copies of it may not be known for one mail, and replies lose their thread.',
  remedy:
    'Nothing: a header that was signed or answered is best left as it is. docs/deviations.md says how it is read.',
  detect: (mail) => {
    const [first] = mail.fieldsNamed('message-id')
    if (!first || parseMessageId(first.value) === null) return NOTHING
    const faults = faultsOf(unfold(first.value))
    return faults.length === 0
      ? NOTHING
      : [{ offset: first.start, detail: `${faults.join(', ')}: ${quoted(first.value)}` }]
  },
}

/** @param value - unfolded, Latin-1 */
function faultsOf(value: string): string[] {
  const open = value.indexOf('<')
  const close = open < 0 ? -1 : value.indexOf('>', open)
  const isEnclosed = close >= 0
  const id = isEnclosed ? value.slice(open + 1, close) : value.replace(/[<>]/g, '')
  const beside = isEnclosed ? `${value.slice(0, open)}${value.slice(close + 1)}`.replace(/<[^<>]*>/g, '') : ''
  return [
    ...(isEnclosed ? [] : ['no angle brackets around it']),
    ...(/[<>]/.test(isEnclosed ? `${id}${beside}` : '') ? ['an angle bracket too many'] : []),
    ...(/[ \t]/.test(id.trim()) || (isEnclosed && id !== id.trim()) ? ['white space inside'] : []),
    ...signFaults(id),
    ...(/[^\s<>,]/.test(beside) ? ['text beside it'] : []),
    ...(/[^\t -~]/.test(value) ? ['an octet that is not printable ASCII'] : []),
    ...(id.length > MAX_ID ? [`${id.length} characters, more than some programs keep`] : []),
  ]
}

/** A quoted first half may hold an `@` (RFC 5322 §4.5.4). */
function signFaults(id: string): string[] {
  const signs = id.replace(/"[^"]*"/g, '').split('@').length - 1
  if (signs === 0) return ['no @']
  return signs > 1 ? [`${signs} times @`] : []
}

export const severalMessageIds: MessageRule = {
  name: 'several-message-ids',
  scope: 'message',
  severity: 'warning',
  summary: 'The header section has more than one Message-ID field.',
  source: 'RFC 5322 §3.6',
  origin: 'A gateway, a mailing list or a sending tool that added its own without taking the first away.',
  risk: 'Some programs take the first, others the last: the same mail then has two identities.',
  remedy: 'Be careful with tools that remove duplicates by Message-ID; mbaudit takes the first.',
  detect: (mail) => {
    const [first, second, ...more] = mail.fieldsNamed('message-id')
    if (!first || !second) return NOTHING
    const values = new Set([first, second, ...more].map(({ value }) => parseMessageId(value)))
    const kinds = values.size === 1 ? 'all alike' : `${values.size} different values`
    return [
      { offset: second.start, detail: `${more.length + 2} fields, ${kinds}; the second: ${quoted(second.value)}` },
    ]
  },
}

export const severalIdsInOneField: MessageRule = {
  name: 'several-ids-in-one-field',
  scope: 'message',
  severity: 'note',
  summary: 'The Message-ID field holds more than one ID.',
  source: SOURCE,
  origin: 'A program that appended an ID of its own to the one that was there.',
  risk: 'Programs that read the last ID, or all of it as one, do not know the mail for the same.',
  remedy: 'Nothing: mbaudit takes the first.',
  detect: severalIds,
}

function severalIds(mail: MessageView): readonly Sighting[] {
  const [first] = mail.fieldsNamed('message-id')
  const ids = first?.value.match(/<[^<>]+>/g) ?? []
  if (!first || ids.length < 2) return NOTHING
  return [{ offset: first.start, detail: `${counted(ids.length, 'ID')}: ${quoted(first.value)}` }]
}
