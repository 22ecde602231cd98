import { hash } from 'node:crypto'
import { readContent } from '../../message/content.js'
import { readHeaderFacts, readWholeFacts } from '../../message/facts.js'
import { type EpochSeconds, epochSeconds, type MessageFacts } from '../../message/message.js'
import { sortedFlags } from '../flag-text.js'
import { type BodyFacts, type Locator, locator, type ScannedCopy } from '../store.js'
import { firstOctetsOf, isDoubtful } from './doubt.js'
import type { FetchedItems } from './items.js'

export const locatorOf = (uid: number): Locator => locator(`uid=${uid}`)

/** The UID in a locator; null: it is none of an account. */
export function uidOf(where: Locator): number | null {
  const match = /^uid=([1-9]\d{0,9})$/.exec(where)
  return match === null ? null : Number(match[1])
}

/** What a copy was read in. */
export interface CopyPlace {
  /** Names the account. */
  readonly account: string
  /** Names account and folder. */
  readonly identity: string
  readonly uidValidity: string | null
}

/** A copy as its header tells it. */
export function copyOf(items: FetchedItems, header: Buffer, place: CopyPlace): ScannedCopy {
  return makeCopy(items, readHeaderFacts(header, items.size ?? 0), header, place, null)
}

/** A copy as all of it tells it: what its header and its body would have told, read one after the other. */
export function wholeCopyOf(items: FetchedItems, message: Buffer, place: CopyPlace): ScannedCopy {
  const { facts, fields, wire } = readWholeFacts(message, items.size ?? 0)
  const header = isDoubtful(facts, fields) ? firstOctetsOf(message) : fields
  const content = facts.id === null ? readContent(message) : null
  return makeCopy(items, facts, header, place, { wire, content })
}

/** @param header - what tells it from others of its size and date */
function makeCopy(
  items: FetchedItems,
  facts: MessageFacts,
  header: Buffer,
  { account, identity, uidValidity }: CopyPlace,
  body: BodyFacts | null,
): ScannedCopy {
  const { uid, internalDate, emailId, gmailId } = items
  const received = internalDate === null ? null : parseInternalDate(internalDate)
  return {
    locator: locatorOf(uid),
    position: uid,
    facts,
    flags: readFlags(items.flags ?? []),
    received,
    stamp: uidValidity === null ? '' : `${uidValidity} ${proofOf(facts, received, header)}`,
    object: gmailId === null ? `${uid} ${uidValidity ?? ''} ${identity}` : `gmail ${gmailId} ${account}`,
    hasOtherNames: gmailId !== null,
    boundsInDoubt: false,
    emailId,
    body,
  }
}

/** What two messages of one folder have in common that are the same: octets, INTERNALDATE, and the header fields that were read. */
function proofOf({ size }: MessageFacts, received: EpochSeconds | null, header: Buffer): string {
  return `${size} ${received ?? ''} ${hash('sha256', header, 'base64url').slice(0, 22)}`
}

/** A stamp's parts; null where it is none. */
export interface Stamp {
  readonly uidValidity: string
  readonly size: number
  readonly received: number | null
  /** All but the UIDVALIDITY. */
  readonly proof: string
}

export function readStamp(stamp: string): Stamp | null {
  const match = /^(\d+) ((\d+) (-?\d*) \S+)$/.exec(stamp)
  if (match === null) return null
  const [, uidValidity = '', proof = '', size, received] = match
  return { uidValidity, proof, size: Number(size), received: received === '' ? null : Number(received) }
}

const SYSTEM_FLAGS = ['\\Answered', '\\Deleted', '\\Draft', '\\Flagged', '\\Seen']
const CANONICAL = new Map(SYSTEM_FLAGS.map((flag) => [flag.toLowerCase(), flag]))

/** Flags as results have them: system flags in their own spelling, `\Recent` (which is no flag of the message) left out. */
export function readFlags(flags: readonly string[]): readonly string[] {
  const key = flags.join(' ')
  const known = met.get(key)
  if (known !== undefined) return known
  const read = sortedFlags(
    flags.filter((flag) => flag.toLowerCase() !== '\\recent').map((flag) => CANONICAL.get(flag.toLowerCase()) ?? flag),
  )
  if (met.size < FLAG_SETS) met.set(key, read)
  return read
}

/** An account has few different sets of flags: each is made once. */
const met = new Map<string, readonly string[]>()
const FLAG_SETS = 1_000

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** Reads RFC 9051's `date-time` (`17-Jul-1996 02:44:25 -0700`); null where it is none. */
export function parseInternalDate(text: string): EpochSeconds | null {
  const match = /^ ?(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/.exec(text)
  if (match === null) return null
  const [day, , year, hour, minute, second] = match.slice(1).map(Number)
  const month = MONTHS.indexOf((match[2] ?? '').toLowerCase())
  if (month < 0) return null
  const date = new Date(0)
  date.setUTCFullYear(year ?? 0, month, day ?? 1)
  date.setUTCHours(hour ?? 0, minute ?? 0, second ?? 0)
  const offset = (Number(match[8]) * 60 + Number(match[9])) * 60
  const seconds = date.getTime() / 1_000 - (match[7] === '-' ? -offset : offset)
  return Number.isFinite(seconds) ? epochSeconds(seconds) : null
}
