import { parseDate } from './date.js'
import { decodeHeaderText } from './encoded-word.js'
import type { EpochSeconds } from './message.js'

/** The header fields by which a person knows a mail, decoded, unfolded, white space collapsed. */
export interface Envelope {
  /** The From field, or Sender where there is none. */
  readonly from: string
  readonly to: string
  readonly cc: string
  readonly subject: string
  /** null when missing or not a date; then `dateText` tells unlike ones apart. */
  readonly date: EpochSeconds | null
  readonly dateText: string
}

/** Field bodies by name in lower case, octets as Latin-1, still folded. */
export type FieldBodies = ReadonlyMap<string, string>

/** The fields of `Envelope`. To and Cc may be repeated and are then one list; of the others the first counts. */
export function addFieldBody(bodies: Map<string, string>, name: string, body: string): void {
  const first = bodies.get(name)
  if (first === undefined) bodies.set(name, body)
  else if ((name === 'to' || name === 'cc') && first.length + body.length < MAX_JOINED)
    bodies.set(name, `${first}, ${body}`)
}

/** Joining goes no further, so that a field repeated without end costs no more than its length. */
const MAX_JOINED = 1 << 20

export const ENVELOPE_FIELDS: readonly string[] = ['from', 'sender', 'to', 'cc', 'subject', 'date']

export function readEnvelope(bodies: FieldBodies): Envelope {
  const read = (name: string): string => decodeHeaderText(bodies.get(name) ?? '')
  const date = parseDate((bodies.get('date') ?? '').trim())
  return {
    from: bodies.has('from') ? read('from') : read('sender'),
    to: read('to'),
    cc: read('cc'),
    subject: read('subject'),
    date,
    dateText: date === null ? read('date') : '',
  }
}

/** Unambiguous text of an envelope, made to be digested. */
export function canonicalEnvelope({ from, to, cc, subject, date, dateText }: Envelope): string {
  return lengthPrefixed([from, to, cc, subject, date === null ? `no date ${dateText}` : String(date)])
}

/** Texts one after another so that no other list of texts gives the same. */
export function lengthPrefixed(texts: readonly string[]): string {
  return texts.map((text) => `${text.length}:${text}`).join('')
}
