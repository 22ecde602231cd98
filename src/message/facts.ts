import { parseDate } from './date.js'
import { decodeHeaderText } from './encoded-word.js'
import { fieldNames, type HeaderSection, unfold, walkHeader } from './header-section.js'
import { findMailboxFields } from './mailbox-fields.js'
import { type Digest, type MessageFacts, octets } from './message.js'
import { parseMessageId } from './message-id.js'
import { readStoredFlags } from './stored-flags.js'
import { type FieldSpan, STORE_FIELDS, wireDigestOf } from './wire.js'

/** Fields that tell a message's way: RFC 5322 §3.6.7, and what delivery agents add beside them. */
const TRACE_FIELDS: readonly string[] = [
  'received',
  'return-path',
  'delivered-to',
  'x-received',
  'x-original-to',
  'envelope-to',
  'authentication-results',
]
const SAID_FIELDS: readonly string[] = ['message-id', 'date', 'from', 'sender', 'subject']

const WANTED = fieldNames([...SAID_FIELDS, ...TRACE_FIELDS, ...STORE_FIELDS])
const TRACE = new Set(TRACE_FIELDS)
const STORED = new Set(STORE_FIELDS)

/** The fields that `readHeaderFacts` looks at. */
export const FACT_FIELDS: readonly string[] = [...SAID_FIELDS, ...TRACE_FIELDS]

/**
 * Reads what a message says of itself, in one pass over its header section and one over its octets.
 *
 * @param message - the octets of one message as stored, quoting included
 */
export function readFacts(message: Buffer): MessageFacts {
  const { said, dropped, traceFields, section } = readSaid(message)
  const wire = wireDigestOf(message, section, dropped)
  const flags = dropped.length === 0 ? NO_FLAGS : readHeaderFlags(message, said)
  return factsOf(said, traceFields, wire, message.length, flags)
}

/**
 * Reads what a message says of itself where its body is not at hand.
 *
 * @param header - a header section with at least the `FACT_FIELDS` of the message, or the message's first octets
 * @param size - octets of the whole message
 */
export function readHeaderFacts(header: Buffer, size: number): MessageFacts {
  const { said, traceFields } = readSaid(header)
  return factsOf(said, traceFields, null, size, NO_FLAGS)
}

/** What a whole message says, in the parts that reading its header and then its body would give. */
export interface WholeFacts {
  /** As `readHeaderFacts` has them. */
  readonly facts: MessageFacts
  /** Its `FACT_FIELDS` with an empty line, as a server gives HEADER.FIELDS (RFC 9051 §6.4.5.1). */
  readonly fields: Buffer
  readonly wire: Digest
}

/** @param size - octets of the message, as its store has it */
export function readWholeFacts(message: Buffer, size: number): WholeFacts {
  const fields: Buffer[] = []
  const { said, dropped, traceFields, section } = readSaid(message, fields)
  fields.push(EMPTY_LINE)
  return {
    facts: factsOf(said, traceFields, null, size, NO_FLAGS),
    fields: Buffer.concat(fields),
    wire: wireDigestOf(message, section, dropped),
  }
}

const EMPTY_LINE = Buffer.from('\r\n')

interface Said {
  /** Of each field the first, unfolded. */
  readonly said: ReadonlyMap<string, string>
  readonly dropped: readonly FieldSpan[]
  readonly traceFields: number
  readonly section: HeaderSection
}

/** @param fields - where the octets of `FACT_FIELDS` are put */
function readSaid(message: Buffer, fields: Buffer[] | null = null): Said {
  const said = new Map<string, string>()
  const dropped: FieldSpan[] = []
  let traceFields = 0
  const section = walkHeader(message, WANTED, (name, start, bodyStart, bodyEnd, end) => {
    const isStored = STORED.has(name)
    if (!isStored) fields?.push(message.subarray(start, end))
    if (TRACE.has(name)) {
      traceFields++
      return
    }
    if (isStored) dropped.push({ start, end })
    if (!said.has(name)) said.set(name, unfold(message.toString('latin1', bodyStart, bodyEnd)))
  })
  return { said, dropped, traceFields, section }
}

/** Makes the facts in one literal: objects put together from others cost much more, one a message. */
function factsOf(
  said: ReadonlyMap<string, string>,
  traceFields: number,
  wire: Digest | null,
  size: number,
  headerFlags: readonly string[],
): MessageFacts {
  const date = said.get('date')
  return {
    id: parseMessageId(said.get('message-id') ?? ''),
    date: date === undefined ? null : parseDate(date),
    from: decodeHeaderText(said.get('from') ?? said.get('sender') ?? ''),
    subject: decodeHeaderText(said.get('subject') ?? ''),
    traceFields,
    wire,
    size: octets(size),
    headerFlags,
  }
}

const NO_FLAGS: readonly string[] = []

/** Fields at the top of the header are what the mailbox wrote last: then those of Thunderbird came with the mail. */
function readHeaderFlags(message: Buffer, said: ReadonlyMap<string, string>): readonly string[] {
  const { flags, isLeading } = findMailboxFields(message)
  const saidIn = (name: string): string => flags.find((field) => field.name === name)?.value ?? ''
  return readStoredFlags({
    status: saidIn('status'),
    xStatus: saidIn('x-status'),
    keywords: saidIn('x-keywords'),
    mozillaStatus: isLeading ? '' : (said.get('x-mozilla-status') ?? ''),
    mozillaKeys: isLeading ? '' : (said.get('x-mozilla-keys') ?? ''),
  })
}
