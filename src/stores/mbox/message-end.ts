import { type BelievedLength, believe, countsOtherLineEndings, LENGTH_AHEAD, LENGTH_BEHIND } from './believed-length.js'
import { type Candidate, type Dialect, emptyLineBefore, type LineEnding } from './candidate.js'
import { declaredBoundary, declaredLengths } from './head.js'
import { MORE, type More, type OpenMessage, type SplitOptions } from './split-message.js'
import type { OctetWindow } from './window.js'

/** How far behind an unfinished multipart its boundary is looked for. */
const MAX_PART = 1 << 18
/** How far ahead a Content-Length is followed in a file that can be read in order alone. */
const MAX_LENGTH = 1 << 26

/**
 * Finds out whether a Content-Length field tells where a message ends.
 *
 * @param until - where the message ends by its separators
 * @returns false: more octets are needed
 */
export function findLength(
  open: OpenMessage,
  until: number,
  window: OctetWindow,
  options: SplitOptions,
  dialect: Dialect | null,
): boolean {
  if (open.believed !== undefined) return true
  open.head = headOf(open, until, window)
  let believed: BelievedLength | null = null
  for (const length of options.trustsLengths && dialect !== null ? declaredLengths(open.head) : []) {
    const answer = dialect && tryLength(open.bodyStart, length, window, options, dialect)
    if (answer === MORE) return false
    believed ??= answer
    if (answer === null) open.refutedEnd = open.bodyStart + length
  }
  open.believed = believed
  return true
}

function headOf({ separator, bodyStart, isTooLarge }: OpenMessage, until: number, window: OctetWindow): string {
  if (bodyStart < 0 || bodyStart > until || isTooLarge) return ''
  return window.octets.toString('latin1', separator.next - window.base, bodyStart - window.base)
}

function tryLength(
  bodyStart: number,
  length: number,
  window: OctetWindow,
  { far }: SplitOptions,
  dialect: Dialect,
): BelievedLength | More | null {
  const bodyEnd = bodyStart + length
  if (far !== null && bodyEnd > far.size) return null
  if (window.reaches(bodyEnd + LENGTH_AHEAD)) return believe(window, bodyEnd, dialect)
  if (far === null) return length > MAX_LENGTH ? null : MORE
  const base = Math.max(bodyEnd - LENGTH_BEHIND, 0)
  const octets = far.peek(base, LENGTH_AHEAD + LENGTH_BEHIND)
  return believe({ octets, base, isEnd: base + octets.length >= far.size }, bodyEnd, dialect)
}

/** Where the body ends by its separators: before the empty line that the format puts behind a message. */
export function bodyEndOf(
  open: OpenMessage,
  separator: Candidate | null,
  window: OctetWindow,
  lineEnding: LineEnding,
): number {
  const until = separator?.offset ?? window.end
  if (separator !== null && separator.follows !== null) return until
  return Math.max(until - emptyLineBefore(window.octets, until - window.base, lineEnding), open.separator.next)
}

/** Whether a Content-Length that is not believed reaches beyond the message, so that who believes it reads on. */
export function isOverlong(open: OpenMessage, until: number, { octets, base }: OctetWindow): boolean {
  if (open.refutedEnd <= until) return false
  const body = octets.subarray(open.bodyStart - base, until - base)
  return !countsOtherLineEndings(body, open.refutedEnd - open.bodyStart)
}

/**
 * Where the parts of a message go on behind the separator: a mail lies inside a mail then, with its From_ line.
 *
 * @returns 0: they do not
 */
export function findPartBehind(open: OpenMessage, separator: Candidate, window: OctetWindow): number | More {
  const boundary = declaredBoundary(open.head)
  if (boundary === null) return 0
  const { octets, base } = window
  const from = separator.offset - base
  const body = octets.subarray(open.bodyStart - base, from)
  if (body.lastIndexOf(`--${boundary}--`, undefined, 'latin1') >= 0) return 0
  if (!window.reaches(separator.offset + MAX_PART)) return MORE
  const behind = octets.subarray(from, from + MAX_PART)
  const at = behind.indexOf(boundary, 0, 'latin1')
  const isDelimiter = at > 2 && /[\r\n]--/.test(behind.toString('latin1', at - 3, at))
  return isDelimiter ? separator.offset + at : 0
}
