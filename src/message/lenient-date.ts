import { secondsOf } from './calendar.js'
import { type EpochSeconds, epochSeconds } from './message.js'

const MONTHS = 'january february march april may june july august september october november december'.split(' ')
const WEEKDAYS = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ')

/**
 * Zones by name, in minutes east of UTC: those of RFC 5322 §4.3, and others that are written in mail and mean one thing.
 * Any other name, and the military letters (§4.3: they were used wrongly), count as UTC.
 */
const ZONES: Readonly<Record<string, number>> = {
  ...{ edt: -240, est: -300, cdt: -300, cst: -360, mdt: -360, mst: -420, pdt: -420, pst: -480 },
  ...{ ast: -240, adt: -180, nst: -210, ndt: -150, hst: -600, akst: -540, akdt: -480 },
  ...{ wet: 0, west: 60, bst: 60, cet: 60, met: 60, mez: 60, cest: 120, mest: 120, mesz: 120, eet: 120, eest: 180 },
  ...{ msk: 180, msd: 240, hkt: 480, sgt: 480, jst: 540, kst: 540, aest: 600, aedt: 660, nzst: 720, nzdt: 780 },
}

/** What has been read of a date so far. */
interface Reading {
  year: number | null
  month: number | null
  day: number | null
  /** Seconds since midnight are made at the end: `PM` may follow. */
  time: { hour: number; minute: number; second: number } | null
  half: 'am' | 'pm' | null
  /** Minutes east of UTC. */
  zone: number | null
}

/**
 * The forms beside the standard one: asctime, ISO 8601, dashes and dots, full and lower-case names, missing weekday,
 * comma, seconds or zone, two- and three-digit years (RFC 5322 §4.3), zones by name, comments, junk behind the zone.
 */
export function parseLenientDate(text: string): EpochSeconds | null {
  const read: Reading = { year: null, month: null, day: null, time: null, half: null, zone: null }
  const words = withoutComments(text.slice(0, 1000))
    .replace(/(?<=\d)[ \t\r\n]*:[ \t\r\n]*(?=\d)/g, ':')
    .split(/[\s,]+/)
  let isFirst = true
  for (const word of words) {
    if (word === '') continue
    if (!takeDate(word, read) && !takeTime(word, read) && !takeWord(word, read)) {
      const isComplete = read.year !== null && read.month !== null && read.day !== null
      if (!isFirst && !read.time && !isComplete) return null
    }
    isFirst = false
  }
  return finish(read)
}

function finish(read: Reading): EpochSeconds | null {
  const { hour, minute, second } = read.time ?? { hour: 0, minute: 0, second: 0 }
  if (read.year === null || read.month === null || read.day === null) return null
  if (read.half && (hour < 1 || hour > 12)) return null
  const hours = read.half ? (hour % 12) + (read.half === 'pm' ? 12 : 0) : hour
  const seconds = secondsOf(read.year, read.month, read.day, hours, minute, second)
  return seconds === null ? null : epochSeconds(seconds - (read.zone ?? 0) * 60)
}

/** `2004-02-29`, `2004-02-29T10:00:00Z`, `29-Feb-2004`, `29Feb2004`, `29.02.2004`, or a number alone. */
function takeDate(word: string, read: Reading): boolean {
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:t(.*))?$/i.exec(word)
  if (iso && read.year === null) {
    setDay(read, Number(iso[1]), Number(iso[2]), Number(iso[3]))
    return !iso[4] || takeTime(iso[4], read)
  }
  const named = /^(\d{1,2})[-/.]?([a-z]{3,9})[-/.]?(\d{2,5})$/i.exec(word)
  const month = named ? monthOf(named[2] ?? '') : null
  if (named && month !== null && read.year === null) {
    setDay(read, yearOf(named[3] ?? ''), month, Number(named[1]))
    return true
  }
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(word)
  if (dotted && read.year === null) {
    setDay(read, Number(dotted[3]), Number(dotted[2]), Number(dotted[1]))
    return true
  }
  return takeNumber(word, read)
}

function setDay(read: Reading, year: number, month: number, day: number): void {
  read.year = year
  read.month = month
  read.day = day
}

/** A day of one or two digits (`4`, `4th`, `4.`) comes before a year of two. */
function takeNumber(word: string, read: Reading): boolean {
  const digits = /^(\d{1,5})(?:st|nd|rd|th|\.)?$/i.exec(word)?.[1]
  if (digits === undefined) return false
  if (digits.length <= 2 && read.day === null) read.day = Number(digits)
  else if (digits.length > 1 && read.year === null) read.year = yearOf(digits)
  else return false
  return true
}

/** RFC 5322 §4.3; 19100 to 19199 are the years that C's `tm_year` behind a fixed `19` made of 2000 to 2099. */
function yearOf(digits: string): number {
  const year = Number(digits)
  if (digits.length === 2) return year < 50 ? 2000 + year : 1900 + year
  if (digits.length === 3) return 1900 + year
  return year >= 19_100 && year <= 19_199 ? year - 17_100 : year
}

/** `16:44`, `16:44:27.123`, `10.00.00`, each perhaps with `PM` or a zone directly behind it. */
function takeTime(word: string, read: Reading): boolean {
  if (read.time) return false
  const match =
    /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?(?![\d:])(.*)$/.exec(word) ??
    /^(\d{1,2})\.(\d{2})(?:\.(\d{2}))?(?![\d.])(.*)$/.exec(word)
  if (!match) return false
  read.time = { hour: Number(match[1]), minute: Number(match[2]), second: Number(match[3] ?? 0) }
  if (match[4]) takeWord(match[4], read)
  return true
}

function takeWord(word: string, read: Reading): boolean {
  const name = word.toLowerCase().replace(/\.$/, '')
  const month = monthOf(name)
  if (month !== null && read.month === null) {
    read.month = month
    return true
  }
  if (isPrefixOfOne(name, WEEKDAYS)) return true
  if (!read.time) return false
  if (/^[ap]\.?m$/.test(name)) {
    read.half = name.startsWith('a') ? 'am' : 'pm'
    return true
  }
  return takeZone(name, read)
}

/** A zone stands behind the time. `MET DST` is an hour east of `MET`; a second zone changes nothing. */
function takeZone(name: string, read: Reading): boolean {
  const offset = /^(?:gmt|utc?|z)?([+-])(\d{1,2}):?(\d\d)?$/.exec(name)
  if (offset) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0)
    if (Number(offset[3] ?? 0) < 60) read.zone ??= offset[1] === '-' ? -minutes : minutes
    return true
  }
  const threeDigits = /^([+-])(\d)(\d\d)$/.exec(name)
  const noSign = /^\d{4}$/.test(name)
  if (name === 'dst' && read.zone !== null) read.zone += 60
  else if (threeDigits) return takeZone(`${threeDigits[1]}0${threeDigits[2]}${threeDigits[3]}`, read)
  else if (noSign) return takeZone(`+${name}`, read)
  else if (Object.hasOwn(ZONES, name)) read.zone ??= ZONES[name] ?? 0
  else if (/^(?:gmt|utc?|[a-ik-z])$/.test(name)) read.zone ??= 0
  else return false
  return true
}

function monthOf(name: string): number | null {
  const lower = name.toLowerCase()
  const at = lower.length < 3 ? -1 : MONTHS.findIndex((month) => month.startsWith(lower))
  return at < 0 ? (lower === 'sept' ? 9 : null) : at + 1
}

function isPrefixOfOne(name: string, names: readonly string[]): boolean {
  return name.length >= 3 && names.some((full) => full.startsWith(name))
}

/** Without RFC 5322 comments, which may nest; one that is not closed reaches to the end. */
export function withoutComments(text: string): string {
  if (!text.includes('(')) return text
  let out = ''
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const c = text[at]
    if (c === '(') depth++
    else if (c === ')' && depth > 0) depth--
    else if (c === '\\' && depth > 0) at++
    else if (depth === 0) out += c
    if (c === '(' && depth === 1) out += ' '
  }
  return out
}
