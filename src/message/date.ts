import { secondsOf } from './calendar.js'
import { parseLenientDate } from './lenient-date.js'
import { type EpochSeconds, epochSeconds } from './message.js'

const SPACE = 32
const COMMA = 44
const COLON = 58

/** Three letters as one number, whatever their case. */
const key = (a: number, b: number, c: number): number => ((a | 32) << 16) | ((b | 32) << 8) | (c | 32)

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const MONTH_OF = new Map(
  MONTHS.map((name, n) => [key(name.charCodeAt(0), name.charCodeAt(1), name.charCodeAt(2)), n + 1]),
)

/**
 * Reads the body of a Date field as people and machines have written it for forty years.
 *
 * @param text - unfolded or folded, comments still in it
 * @returns null for what is no date (31 February, hour 25, words): a finding, not an error. Without a zone it is UTC.
 *
 * Source: RFC 5322 §3.3 and §4.3, read more leniently than its grammar; never by the platform's own `Date.parse`, which
 * differs between versions and time zones.
 */
export function parseDate(text: string): EpochSeconds | null {
  const seconds = parseStandardDate(text)
  return seconds === null ? parseLenientDate(text) : epochSeconds(seconds)
}

/** `Tue, 4 Jan 2011 16:44:27 +0100`, weekday optional: the form of nearly every message. null: look closer. */
function parseStandardDate(text: string): number | null {
  let at = text.charCodeAt(3) === COMMA && text.charCodeAt(4) === SPACE ? 5 : 0
  if (text.charCodeAt(at) === SPACE) at++
  let day = digit(text, at++)
  if (text.charCodeAt(at) !== SPACE) day = day * 10 + digit(text, at++)
  const month = MONTH_OF.get(key(text.charCodeAt(at + 1), text.charCodeAt(at + 2), text.charCodeAt(at + 3)))
  const year = twoDigits(text, at + 5) * 100 + twoDigits(text, at + 7)
  if (month === undefined || text.charCodeAt(at) !== SPACE || text.charCodeAt(at + 4) !== SPACE) return null
  const hour = twoDigits(text, at + 10)
  const minute = twoDigits(text, at + 13)
  const second = twoDigits(text, at + 16)
  if (text.charCodeAt(at + 9) !== SPACE || text.charCodeAt(at + 12) !== COLON) return null
  if (text.charCodeAt(at + 15) !== COLON || text.charCodeAt(at + 18) !== SPACE) return null
  const zone = standardZone(text, at + 19)
  const seconds = secondsOf(year, month, day, hour, minute, second)
  return seconds === null || Number.isNaN(zone) ? null : seconds - zone
}

/** Seconds east of UTC; NaN: not `+hhmm` at the end or before a comment. */
function standardZone(text: string, at: number): number {
  const end = text.charCodeAt(at + 5)
  if (at + 5 < text.length && !(end === SPACE && text[at + 6] === '(')) return Number.NaN
  const minutes = twoDigits(text, at + 1) * 60 + twoDigits(text, at + 3)
  if (!(twoDigits(text, at + 3) < 60)) return Number.NaN
  const sign = text.charCodeAt(at)
  return sign === 43 ? minutes * 60 : sign === 45 ? -minutes * 60 : Number.NaN
}

/** NaN for what is no digit, which makes every sum with it NaN. */
function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48
  return value >= 0 && value <= 9 ? value : Number.NaN
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1)
}
