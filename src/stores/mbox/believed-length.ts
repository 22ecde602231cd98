import { type Dialect, examine, LOOK_AHEAD, separates } from './candidate.js'

/** A stretch of a file that was looked at. */
export interface Stretch {
  readonly octets: Buffer
  /** Offset of its first octet. */
  readonly base: number
  /** Whether the file ends behind it. */
  readonly isEnd: boolean
}

/** Where a message ends by a Content-Length field that tells the truth. */
export interface BelievedLength {
  readonly bodyEnd: number
  /** Where the next separator stands, or the file ends. */
  readonly next: number
}

/** So many octets behind the place must be at hand to judge it, and a few before. */
export const LENGTH_AHEAD = 2 * LOOK_AHEAD
export const LENGTH_BEHIND = 4

/**
 * Whether a Content-Length is to be believed that lets the body end at `bodyEnd`: up to three octets of line endings on,
 * a separator or the end must stand there. The field is often older than the file, or counted other line endings.
 */
export function believe(stretch: Stretch, bodyEnd: number, dialect: Dialect): BelievedLength | null {
  const { octets, base } = stretch
  let at = bodyEnd - base
  if (at > octets.length) return null
  for (let skipped = 0; skipped < 3 && (octets[at] === 10 || octets[at] === 13); skipped++) at++
  if (at === octets.length) return stretch.isEnd ? { bodyEnd, next: base + at } : null
  if (octets[at - 1] !== dialect.lineEnding || octets.toString('latin1', at, at + 5) !== 'From ') return null
  const place = examine({ octets, at, base, lineEnding: dialect.lineEnding, textStart: 0 })
  return separates(place, dialect) ? { bodyEnd, next: place.offset } : null
}

/** Whether a length is what the body had before its line endings were made other ones: then it says nothing of the bounds. */
export function countsOtherLineEndings(body: Buffer, length: number): boolean {
  let lines = 0
  for (let at = body.indexOf(10); at >= 0; at = body.indexOf(10, at + 1)) lines++
  return Math.abs(body.length + lines - length) <= 4
}
