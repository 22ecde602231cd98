import { isBareFromLine, isDated, isHeaderField, isPatchLine, isStrictFromLine } from './separator.js'

/** LF, or CR for a file in which there is no LF. */
export type LineEnding = 10 | 13

/** A place that begins with `From `, and what stands around it. */
export interface Candidate {
  readonly offset: number
  /** Latin-1, without its line ending. */
  readonly line: string
  /** Offset of the next line. */
  readonly next: number
  /** Where the place is no start of a line: the octet before it. */
  readonly follows: number | null
  /** At the start of the file or after an empty line. */
  readonly isSetOff: boolean
  readonly isDated: boolean
  readonly isPatch: boolean
  readonly isBeforeHeader: boolean
}

/** How a file separates its messages, learnt from its first lines. */
export interface Dialect {
  readonly lineEnding: LineEnding
  /** Whether the file's first `From ` line has a date. */
  readonly firstIsDated: boolean
  /** Whether its first separator is one that `git format-patch` wrote. */
  readonly firstIsPatch: boolean
}

/** No line longer than this is a From_ line; as far behind its start must octets be at hand to judge it. */
export const LOOK_AHEAD = 8192

/** A place in octets that are at hand. */
export interface Place {
  readonly octets: Buffer
  /** Index into `octets`. */
  readonly at: number
  /** Offset of `octets` in the file. */
  readonly base: number
  readonly lineEnding: LineEnding
  /** Where the file's text starts, after a byte order mark and the like. */
  readonly textStart: number
}

/** Looks at a place that begins with `From `. */
export function examine({ octets, at, base, lineEnding, textStart }: Place): Candidate {
  const lineFeed = octets.indexOf(lineEnding, at)
  const next = lineFeed < 0 || lineFeed - at > LOOK_AHEAD ? Math.min(octets.length, at + LOOK_AHEAD) : lineFeed + 1
  const line = octets.toString('latin1', at, endOfText(octets, next))
  const isAtStart = base + at === textStart
  const before = octets[at - 1] ?? 0
  return {
    offset: base + at,
    line,
    next: base + next,
    follows: isAtStart || before === lineEnding ? null : before,
    isSetOff: isAtStart || emptyLineBefore(octets, at, lineEnding) > 0,
    isDated: isDated(line),
    isPatch: isPatchLine(line),
    isBeforeHeader: isHeaderField(octets, next, octets.length),
  }
}

/** Where the line that ends before `next` has its last octet but for the line ending. */
function endOfText(octets: Buffer, next: number): number {
  let end = next
  while (octets[end - 1] === 10 || octets[end - 1] === 13) end--
  return end
}

/** Octets of the empty line that ends at `at`; 0 where there is none. */
export function emptyLineBefore(octets: Buffer, at: number, lineEnding: LineEnding): 0 | 1 | 2 {
  if (octets[at - 1] !== lineEnding) return 0
  if (octets[at - 2] === lineEnding) return 1
  return lineEnding === 10 && octets[at - 2] === 13 && octets[at - 3] === 10 ? 2 : 0
}

/** Whether a message starts at the place (docs/deviations.md#separators). */
export function separates(place: Candidate, dialect: Dialect): boolean {
  if (place.follows !== null) return separatesInLine(place, place.follows)
  if (!place.isDated) return !dialect.firstIsDated && place.isSetOff && place.isBeforeHeader
  if (place.isPatch && !dialect.firstIsPatch) return false
  return place.isSetOff || place.isBeforeHeader
}

/** A From_ line behind a hole of NULs (a crash), or in the middle of a line (two programs appended at once). */
function separatesInLine(place: Candidate, before: number): boolean {
  if (!place.isBeforeHeader) return false
  return before === NUL ? place.isDated && !place.isPatch : isStrictFromLine(place.line) && !isQuote(before)
}

const NUL = 0
const isQuote = (octet: number): boolean => octet === 0x3e || octet === 0x20 || octet === 0x09

/** Whether every reader of mbox files takes the place for a separator. */
export function isBeyondDoubt(place: Candidate): boolean {
  return place.follows === null && place.isSetOff && place.isDated && place.isBeforeHeader
}

/**
 * Whether some reader takes the place for a separator. Prose that begins with `From ` is taken for one by bad readers alone
 * and does not count: else one in a hundred messages were in doubt.
 */
export function mightSeparate(place: Candidate): boolean {
  if (place.follows !== null) return false
  return place.isDated || (isBareFromLine(place.line) && place.isSetOff && place.isBeforeHeader)
}
