import type { ImapFlow, ImapResponse } from 'imapflow'
import { executeAtOnce, executeInLine } from './at-once.js'
import { atom, execute, textOf, type Word } from './command.js'
import { isUnicode } from './folders.js'
import { encodedPath } from './names.js'
import type { Sendable } from './outgoing.js'
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
  const response = hasLiteralPlus(client)
    ? await executeAtOnce(client, firstLine(client, path, messages), Buffer.concat(restOf(client, messages)))
    : await execute(client, 'APPEND', [
        encodedPath(path, isUnicode(client)),
        ...messages.flatMap((one) => words(client, one)),
      ])
  return storedAt(codeOf(response), messages.length)
}

/** Stores messages with an APPEND each. @returns null for those that were refused */
export async function appendInLine(
  client: ImapFlow,
  path: string,
  messages: readonly Sendable[],
): Promise<readonly (StoredAt | null)[]> {
  const pieces: Buffer[] = []
  for (const [at, one] of messages.entries()) {
    if (at > 0) pieces.push(Buffer.from(`\r\np${at} ${firstLine(client, path, [one])}\r\n`))
    pieces.push(one.octets)
  }
  const ends = await executeInLine(client, firstLine(client, path, messages), Buffer.concat(pieces), messages.length)
  return ends.map(({ status, appendUid }) => (status === 'OK' ? storedAt(appendUid, 1) : null))
}

/** `APPEND "folder" (\Seen) "date" {n+}` of the first message. */
function firstLine(client: ImapFlow, path: string, [first]: readonly Sendable[]): string {
  const name = encodedPath(path, isUnicode(client)).replace(/["\\]/g, '\\$&')
  return `APPEND "${name}"${first === undefined ? '' : announced(client, first)}`
}

/** What follows the first line: the first message, and each other one after what announces it. */
function restOf(client: ImapFlow, messages: readonly Sendable[]): Buffer[] {
  return messages.flatMap((one, at) =>
    at === 0 ? [one.octets] : [Buffer.from(`${announced(client, one)}\r\n`), one.octets],
  )
}

function announced(client: ImapFlow, { flags, date, octets }: Sendable): string {
  const isLiteral8 = needsLiteral8(client, octets)
  return ` (${flags.join(' ')})${date === null ? '' : ` "${date}"`} ${isLiteral8 ? '~' : ''}{${octets.length}+}`
}

function words(client: ImapFlow, { flags, date, octets }: Sendable): Word[] {
  const literal = { type: 'LITERAL', value: octets, isLiteral8: needsLiteral8(client, octets) } as const
  return [flags.map(atom), ...(date === null ? [] : [date]), literal]
}

const needsLiteral8 = (client: ImapFlow, octets: Buffer): boolean =>
  client.capabilities.has('BINARY') && octets.includes(0)

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
