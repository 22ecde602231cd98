import type { MessageView } from '../message-view.js'
import type { MessageRule, Sighting } from '../rule.js'
import { NOTHING, nameAsWritten, quoted } from './sightings.js'

/** What a mail says, and how it is read, hangs on these; a repeated Message-ID has a rule of its own. */
const TELLING: ReadonlySet<string> = new Set([
  'from',
  'to',
  'subject',
  'date',
  'content-type',
  'content-transfer-encoding',
])
const OTHERS: ReadonlySet<string> = new Set([
  ...['sender', 'reply-to', 'cc', 'bcc', 'in-reply-to', 'references'],
  ...['mime-version', 'content-id', 'content-description', 'content-disposition', 'return-path'],
])
const OF_STORES: ReadonlySet<string> = new Set([
  ...['status', 'x-status', 'x-keywords', 'x-uid', 'x-imap', 'x-imapbase', 'content-length', 'lines', 'x-uidl'],
  ...['x-mozilla-status', 'x-mozilla-status2', 'x-mozilla-keys', 'x-account-key', 'x-tuid', 'x-offlineimap'],
])

export const repeatedField: MessageRule = {
  name: 'repeated-field',
  scope: 'message',
  severity: 'warning',
  summary: 'A field that may stand once, and that tells what the mail is, stands more than once.',
  source: 'RFC 5322 §3.6, RFC 2045 §3',
  origin: 'Gateways, lists and filters that add a field without taking the old one away; two headers run together.',
  risk: 'Some programs take the first, others the last: they show different senders, dates or texts for one mail.',
  remedy: 'Look at the mail in the program you trust. mbaudit takes the first.',
  detect: (mail) => repeated(mail, TELLING),
}

export const repeatedLesserField: MessageRule = {
  name: 'repeated-lesser-field',
  scope: 'message',
  severity: 'note',
  summary: 'A field that may stand once, such as Cc, References or MIME-Version, stands more than once.',
  source: 'RFC 5322 §3.6, RFC 2045 §4, RFC 5321 §4.4',
  origin: 'Gateways, lists and filters that add a field without taking the old one away; delivery twice over.',
  risk: 'Programs may leave one of the values out, and a server may refuse the mail when it is moved.',
  remedy: 'Nothing, as long as the mail is shown well.',
  detect: (mail) => repeated(mail, OTHERS),
}

export const repeatedStoreField: MessageRule = {
  name: 'repeated-store-field',
  scope: 'message',
  severity: 'note',
  summary:
    'A field in which a mail program keeps its own notes (Status, X-UID, X-Mozilla-Status …) stands more than once.',
  source: 'mbox(5); Mozilla bug 561703',
  origin: 'Mail moved from one program to another, each of which writes its own; folders compacted or copied badly.',
  risk: 'Flags (read, answered, deleted) are read from one or from the other, and copies look different that are one mail.',
  remedy:
    'Let the program that owns the store rebuild it; mbaudit takes the first, and leaves all of them out when it compares.',
  detect: (mail) => repeated(mail, OF_STORES),
}

/** One sighting a name, at its second field. */
function repeated(mail: MessageView, names: ReadonlySet<string>): readonly Sighting[] {
  const counts = new Map<string, number>()
  for (const { name } of mail.fields) if (names.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1)
  const twice = [...counts].filter(([, count]) => count > 1)
  return twice.length === 0 ? NOTHING : twice.map(([name, count]) => sightingOf(mail, name, count))
}

function sightingOf(mail: MessageView, name: string, count: number): Sighting {
  const fields = mail.fieldsNamed(name)
  const [first, second] = fields
  if (!first || !second) return { offset: null, detail: name }
  const isAlike = fields.every(({ value }) => value.trim() === first.value.trim())
  const values = isAlike ? 'all alike' : `the second: ${quoted(second.value)}`
  return { offset: second.start, detail: `${nameAsWritten(mail, second)} ${count} times, ${values}` }
}
