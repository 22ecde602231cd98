import { parseDate } from '../../message/date.js'
import { type EpochSeconds, epochSeconds } from '../../message/message.js'

/** What stands in a From_ line: `From sender date`. */
export interface FromLine {
  /** The envelope sender, as written; empty where there is none. */
  readonly sender: string
  /** Read as UTC where no zone is given; null where there is no whole date. */
  readonly date: EpochSeconds | null
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const MONTH = MONTHS.join('|')
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const CLOCK = String.raw`\d{1,2}:\d\d(?::\d\d)?(?!\d)`
const MONTH_FIRST = String.raw`\b(?:${MONTH})\s+\d{1,2},?\s+${CLOCK}`
const DAY_FIRST = String.raw`\b\d{1,2}\s+(?:${MONTH}),?\s+\d{4},?\s+${CLOCK}`
const SHORT_YEAR = String.raw`\b\d{1,2}\s+(?:${MONTH})\s+\d\d\s+${CLOCK}`
const DATED = new RegExp(`${MONTH_FIRST}|${DAY_FIRST}`)
const NETSCAPE = /^From -\s*$/
/** The head of a mail that `git format-patch` wrote: the date is a constant. */
const PATCH = /^From (?:[0-9a-f]{40}|[0-9a-f]{64}) Mon Sep 17 00:00:00 2001\s*$/
/** A From_ line as a program writes it and hardly anyone else: found in the middle of a line, only this is one. */
const STRICT = new RegExp(String.raw`^From \S+@\S+\s+${DAY} (?:${MONTH}) [ \d]\d \d\d:\d\d:\d\d \d{4}\s*$`)
const ASCTIME = new RegExp(String.raw`(?:${DAY} )?(${MONTH})  ?(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})\s*$`)

/**
 * Whether a line that begins with `From ` carries a date, or is Netscape's `From -`. The address is not looked at: it may
 * hold blanks, quotes and 8-bit octets, or be missing.
 *
 * @param line - Latin-1, without its line ending
 */
export function isDated(line: string): boolean {
  return DATED.test(line) || NETSCAPE.test(line)
}

export function isPatchLine(line: string): boolean {
  return PATCH.test(line)
}

/** Whether a line says in full who sent when, the way delivery agents write it. */
export function isStrictFromLine(line: string): boolean {
  return STRICT.test(line)
}

/** Whether an undated line is one of those that programs write for want of a date: `From `, or an address and no more. */
export function isBareFromLine(line: string): boolean {
  return /^From (?:\S+@\S+)?\s*$/.test(line)
}

/** Reads a From_ line, whoever wrote it (docs/deviations.md#from-line). */
export function parseFromLine(line: string): FromLine {
  const asctime = ASCTIME.exec(line)
  if (asctime !== null) return { sender: line.slice(5, asctime.index).trim(), date: dateOf(asctime) }
  const start = dateStart(line)
  if (start < 0)
    return {
      sender: line
        .slice(5)
        .replace(/^-?\s*$/, '')
        .trim(),
      date: null,
    }
  return { sender: line.slice(5, start).trim(), date: oddDate(line.slice(start).replace(REMOTE, '').trim()) }
}

/** Years after which the calendar of RFC 5322 repeats itself, and their seconds. */
const CYCLE = 400
const CYCLE_SECONDS = 146_097 * 86_400

function dateOf(asctime: RegExpExecArray): EpochSeconds | null {
  const [, month = '', day, hour, minute, second, year] = asctime
  // Date.UTC takes a year below 100 for one of the last century.
  const inCycle = Date.UTC(
    Number(year) + CYCLE,
    MONTHS.indexOf(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  return epochSeconds(inCycle / 1000 - CYCLE_SECONDS)
}

/** What UUCP put behind the date (RFC 976). */
const REMOTE = /\s+(?:remote from|forwarded by)\s.*$/
const DATE_START = new RegExp(
  String.raw`(?:${DAY}[a-z]*,?\s+)?(?:${MONTH_FIRST}|${DAY_FIRST}|${SHORT_YEAR})|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d`,
)

function dateStart(line: string): number {
  return DATE_START.exec(line)?.index ?? -1
}

const PARTS = new RegExp(
  String.raw`^(?:${DAY}[a-z]*,?\s+)?(${MONTH})\s+(\d{1,2}),?\s+(${CLOCK})\s*(?:\.\d+)?\s*(.*?)\s*(\d{4})?\s*([-+]\d{4}|[A-Z]{1,5})?$`,
)

/** Dates with the zone before or behind the year, in RFC 5322 order, or as ISO 8601 has them. */
function oddDate(text: string): EpochSeconds | null {
  const parts = PARTS.exec(text)
  if (parts === null) return parseDate(/^\d{4}-/.test(text) && !/(?:Z|[-+]\d\d:?\d\d)$/.test(text) ? `${text}Z` : text)
  const [, month, day, clock, between, year, behind] = parts
  if (year === undefined) return null
  return parseDate(`${day} ${month} ${year} ${clock} ${behind ?? (between || '+0000')}`)
}

/**
 * Whether a header field begins at `at`: a name that starts with a letter, then a colon. A URL is none. A `>From ` line in
 * between, as relays once put there, is passed over.
 *
 * @param end - how far the octets go
 */
export function isHeaderField(octets: Buffer, at: number, end: number): boolean {
  const start = isQuotedFrom(octets, at) ? nextLine(octets, at, end) : at
  const first = (octets[start] ?? 0) | 0x20
  if (start >= end || first < 0x61 || first > 0x7a) return false
  let to = start + 1
  while (to < end && isNameOctet(octets[to] ?? 0)) to++
  const nameEnd = to
  while (to < end && (octets[to] === 0x20 || octets[to] === 0x09)) to++
  if (to >= end || octets[to] !== COLON || nameEnd - start > MAX_NAME) return false
  return !(octets[to + 1] === SLASH && octets[to + 2] === SLASH)
}

const COLON = 0x3a
const SLASH = 0x2f
const MAX_NAME = 200

const isNameOctet = (octet: number): boolean => octet > 0x20 && octet < 0x7f && octet !== COLON

function isQuotedFrom(octets: Buffer, at: number): boolean {
  return octets[at] === 0x3e && octets.toString('latin1', at, at + 6) === '>From '
}

function nextLine(octets: Buffer, at: number, end: number): number {
  for (let to = at; to < end; to++) {
    if (octets[to] === 0x0a) return to + 1
    if (octets[to] === 0x0d) return octets[to + 1] === 0x0a ? to + 2 : to + 1
  }
  return end
}
