const LF = 10
const CR = 13

/** How many lines end in which way, and where each way is first met. */
export interface LineSurvey {
  readonly crlf: LineEndingCount
  readonly lf: LineEndingCount
  /** CR that no LF follows. */
  readonly cr: LineEndingCount
}

export interface LineEndingCount {
  readonly count: number
  /** Offset of the line ending; -1 when there is none. */
  readonly first: number
}

const NONE: LineEndingCount = { count: 0, first: -1 }

/** Counts line endings. Where there is no CR, lines are not counted: `lf.count` is 1 or 0. */
export function surveyLines(octets: Buffer): LineSurvey {
  if (!octets.includes(CR)) {
    const first = octets.indexOf(LF)
    return { crlf: NONE, lf: first < 0 ? NONE : { count: 1, first }, cr: NONE }
  }
  const counts = { crlf: 0, lf: 0, cr: 0 }
  const first = { crlf: -1, lf: -1, cr: -1 }
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at] ?? 0
    if (octet !== LF && octet !== CR) continue
    const kind = octet === LF ? 'lf' : octets[at + 1] === LF ? 'crlf' : 'cr'
    if (counts[kind]++ === 0) first[kind] = at
    if (kind === 'crlf') at++
  }
  return {
    crlf: { count: counts.crlf, first: first.crlf },
    lf: { count: counts.lf, first: first.lf },
    cr: { count: counts.cr, first: first.cr },
  }
}

/** Octets of a line without its line ending (RFC 5322 §2.1.1). */
export const MAX_LINE = 998

export interface LongLines {
  readonly count: number
  /** Where the first of them begins. */
  readonly first: number
  /** Octets of the longest. */
  readonly longest: number
}

/**
 * Finds lines that are longer than RFC 5322 §2.1.1 allows; null: there are none. It looks back from where a line would
 * have to end, so that it meets few line endings of a message with short lines.
 */
export function findLongLines(octets: Buffer): LongLines | null {
  let count = 0
  let first = -1
  let longest = 0
  let lf = -1
  let cr = -1
  for (let start = 0; start + MAX_LINE < octets.length; ) {
    if (lf < start) lf = next(octets, LF, start)
    if (lf <= start + MAX_LINE) {
      start = lastLineFeed(octets, start + MAX_LINE) + 1
      continue
    }
    if (cr < start) cr = next(octets, CR, start)
    const end = Math.min(lf, cr)
    if (end - start > MAX_LINE) {
      if (count++ === 0) first = start
      longest = Math.max(longest, end - start)
    }
    start = end + 1
  }
  return count === 0 ? null : { count, first, longest }
}

/** @param from - at or behind a line feed */
function lastLineFeed(octets: Buffer, from: number): number {
  let at = from
  while (octets[at] !== LF) at--
  return at
}

function next(octets: Buffer, octet: number, from: number): number {
  const found = octets.indexOf(octet, from)
  return found < 0 ? octets.length : found
}
