import { createHash } from 'node:crypto'
import { readHeaderFacts } from '../../message/facts.js'
import type { EpochSeconds, MessageFacts } from '../../message/message.js'
import type { Outgoing } from '../writable.js'
import { WireOctets } from './wire-octets.js'

/** A message as APPEND sends it. */
export interface Sendable {
  readonly flags: readonly string[]
  /** RFC 9051 `date-time`; null: the server puts its own. */
  readonly date: string | null
  readonly octets: WireOctets
}

/** @param keeps - whether the folder keeps a flag */
export function sendable({ bytes, flags, received }: Outgoing, keeps: (flag: string) => boolean): Sendable {
  return { flags: flags.filter(keeps), date: dateOf(received, bytes), octets: new WireOctets(bytes) }
}

/** Where servers disagree on what a date is: before it they refuse, or store another one. */
const EARLIEST = 0
const LATEST = Date.UTC(9999, 11, 31) / 1_000

/**
 * Why a received date is not kept, or may not be; null: it is. For one that is yet to come some servers (Dovecot) put the
 * present.
 *
 * @param now - milliseconds of Unix time
 */
export function whyNoDate(received: EpochSeconds | null, now: number): 'early' | 'late' | null {
  if (received === null) return null
  if (received < EARLIEST) return 'early'
  return received * 1_000 > now ? 'late' : null
}

function dateOf(received: EpochSeconds | null, bytes: Buffer): string | null {
  if (received !== null) return writeInternalDate(Math.min(LATEST, Math.max(EARLIEST, received)))
  const { date } = readHeaderFacts(bytes, bytes.length)
  return date !== null && date >= EARLIEST && date <= LATEST ? writeInternalDate(date) : null
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Writes RFC 9051's `date-time`, in UTC. */
export function writeInternalDate(seconds: number): string {
  const text = new Date(seconds * 1_000).toISOString()
  const month = MONTHS[Number(text.slice(5, 7)) - 1] ?? ''
  return `${text.slice(8, 10)}-${month}-${text.slice(0, 4)} ${text.slice(11, 19)} +0000`
}

/** What a message says of itself that a server that alters mail leaves alone; empty: nothing. */
export function headerKey({ id, date, from, subject }: MessageFacts): string {
  if (id === null && date === null) return ''
  return createHash('sha256')
    .update(JSON.stringify([id, date, from, subject]))
    .digest('base64url')
    .slice(0, 22)
}
