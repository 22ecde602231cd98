import type { ImapFlow, ImapResponse } from 'imapflow'
import { executeInLine } from './at-once.js'
import { textOf } from './command.js'
import { isUnicode } from './folders.js'
import { encodedPath } from './names.js'
import type { Sendable } from './outgoing.js'
import { executeInParts } from './part-by-part.js'
import { readOrderedSet } from './uid-set.js'

/** Where messages were stored. */
export interface StoredAt {
  readonly uidValidity: string | null
  /** One for each message, in their order; null: the server does not say. */
  readonly uids: readonly number[] | null
}

/**
 * How several messages go: `together` as one command (MULTIAPPEND, RFC 3502), all of them stored or none; `inLine` as commands
 * that do not wait for each other; `oneByOne`.
 */
export type Way = 'together' | 'inLine' | 'oneByOne'

export function wayOf(client: ImapFlow): Way {
  if (client.capabilities.has('MULTIAPPEND')) return 'together'
  return hasLiteralPlus(client) ? 'inLine' : 'oneByOne'
}

const hasLiteralPlus = (client: ImapFlow): boolean => client.capabilities.has('LITERAL+')

/**
 * Stores messages with one APPEND, without waiting inside it where the server allows that. Several: only where it knows
 * MULTIAPPEND, and none of them empty, which would take the whole command back.
 */
export async function appendTogether(client: ImapFlow, path: string, messages: readonly Sendable[]): Promise<StoredAt> {
  const parts = messages.map((one, at) => ({
    line: `${at === 0 ? beginning(client, path) : ''}${announced(client, one)}`,
    octets: one.octets,
    waits: !mayGoOn(client, one),
  }))
  return storedAt(codeOf(await executeInParts(client, parts)), messages.length)
}

/** Stores messages with an APPEND each. @returns null for those that were refused */
export async function appendInLine(
  client: ImapFlow,
  path: string,
  messages: readonly Sendable[],
): Promise<readonly (StoredAt | null)[]> {
  const lines = messages.map((one) => `${beginning(client, path)}${announced(client, one)}`)
  const pieces: Buffer[] = []
  for (const [at, { octets }] of messages.entries()) {
    if (at > 0) pieces.push(Buffer.from(`\r\np${at} ${lines[at]}\r\n`))
    pieces.push(...octets.pieces())
  }
  const ends = await executeInLine(client, lines[0] ?? '', Buffer.concat(pieces), messages.length)
  return ends.map(({ status, appendUid }) => (status === 'OK' ? storedAt(appendUid, 1) : null))
}

function beginning(client: ImapFlow, path: string): string {
  const name = encodedPath(path, isUnicode(client)).replace(/["\\]/g, '\\$&')
  return `APPEND "${name}"`
}

/** ` (\Seen) "date" {n+}`, which stands before the message. */
function announced(client: ImapFlow, one: Sendable): string {
  const { flags, date, octets } = one
  const isLiteral8 = client.capabilities.has('BINARY') && octets.hasNul
  const literal = `${isLiteral8 ? '~' : ''}{${octets.size}${mayGoOn(client, one) ? '+' : ''}}`
  return ` (${flags.join(' ')})${date === null ? '' : ` "${date}"`} ${literal}`
}

/** The largest message that may be sent without waiting where the server knows LITERAL- alone (RFC 7888). */
const SMALL = 4_096

/** Whether a message may follow what announces it at once. */
function mayGoOn(client: ImapFlow, { octets: { size } }: Sendable): boolean {
  return hasLiteralPlus(client) || (client.capabilities.has('LITERAL-') && size <= SMALL)
}

/** Reads what stands after APPENDUID (RFC 4315): UIDVALIDITY, and a UID for each message. */
function storedAt(told: ImapResponse['attributes'] | null, count: number): StoredAt {
  const uidValidity = textOf(told?.[0])
  const uids = readOrderedSet(textOf(told?.[1]) ?? '')
  const isWhole = uidValidity !== null && uids !== null && uids.length === count
  return isWhole ? { uidValidity, uids } : { uidValidity: null, uids: null }
}

function codeOf({ attributes }: ImapResponse): ImapResponse['attributes'] | null {
  const section = attributes?.[0]?.section
  return textOf(section?.[0])?.toUpperCase() === 'APPENDUID' ? (section?.slice(1) ?? null) : null
}
