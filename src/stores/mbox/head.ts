import type { LineEnding } from './candidate.js'

/** As far behind a From_ line is the end of the header section looked for. */
export const HEAD_LIMIT = 1 << 16

/**
 * Where the body begins of the message whose header begins at `at`: after the first empty line.
 *
 * @returns -1 where there is no empty line within `HEAD_LIMIT` or before the end of `octets`
 */
export function findBody(octets: Buffer, at: number, lineEnding: LineEnding): number {
  const limit = Math.min(octets.length, at + HEAD_LIMIT)
  if (octets[at] === lineEnding) return at + 1
  if (lineEnding === CR) return behind(octets.indexOf('\r\r', at), 2, limit)
  if (octets[at] === CR && octets[at + 1] === LF) return at + 2
  const first = octets.indexOf(LF, at)
  if (first < 0 || first >= limit) return -1
  return octets[first - 1] === CR
    ? firstOf(octets, at, limit, '\n\r\n', '\n\n')
    : firstOf(octets, at, limit, '\n\n', '\n\r\n')
}

const LF = 10
const CR = 13

/** Behind whichever comes first. `likely` is looked for first, so that the other is looked for in few octets. */
function firstOf(octets: Buffer, at: number, limit: number, likely: string, other: string): number {
  const found = behind(octets.indexOf(likely, at), likely.length, limit)
  const until = found < 0 ? limit : found
  const before = octets.subarray(at, until).indexOf(other)
  return before < 0 ? found : at + before + other.length
}

const behind = (index: number, length: number, limit: number): number =>
  index < 0 || index + length > limit ? -1 : index + length

const SPELLINGS = ['tent-Length', 'tent-length', 'TENT-LENGTH']
const LENGTH_FIELD = /^content-length[ \t]*:[ \t]*(\d{1,15})[ \t]*$/gim

/**
 * The values of the Content-Length fields in a header section.
 *
 * @param head - Latin-1
 */
export function declaredLengths(head: string): readonly number[] {
  if (!SPELLINGS.some((spelling) => head.includes(spelling))) return NO_LENGTHS
  return [...head.matchAll(LENGTH_FIELD)].map((match) => Number(match[1]))
}

const NO_LENGTHS: readonly number[] = []

const BOUNDARY =
  /^content-type[ \t]*:[ \t]*multipart\/(?:[^\r\n]|\r?\n[ \t]|\r[ \t])*?boundary=[ \t]*(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))/im

/** The boundary of a multipart message; null for any other. */
export function declaredBoundary(head: string): string | null {
  if (!head.includes('oundary=') && !head.includes('OUNDARY=')) return null
  const match = BOUNDARY.exec(head)
  return match?.[1] ?? match?.[2] ?? null
}
