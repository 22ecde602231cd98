import type { BodyText, LineEndings, Span } from './body-canonicalisation.js'
import { fieldNames, findHeaderSection, unfold, walkHeader } from './header-section.js'

export type AlterationCause = 'from-quoting' | 'footer' | 'truncated' | 'line-endings' | 'unknown'

/** A body that the stored one may have been made from. */
export interface Original {
  readonly body: BodyText
  readonly cause: AlterationCause
  /** How the stored body comes to be the signed one: `The body is as it was signed ${how}.` */
  readonly how: string
  /** Whether lines may have been added at its end besides. */
  readonly mayHaveFooter: boolean
  /** Whether something was put behind or around it. */
  readonly hasAddition: boolean
}

interface Delimiter extends Span {
  readonly isClosing: boolean
}

const LF = 10
const CR = 13
const SPACE = 32
const TAB = 9
const DASH = 45
const MAX_PARTS_TRIED = 3
const CONTENT_TYPE = fieldNames(['content-type'])

/** The body with every kind of line ending taken for one. */
export function storedBody(octets: Buffer, bodyStart: number): BodyText {
  return { octets, spans: [{ start: bodyStart, end: octets.length }], lineEndings: 'any', rewrite: null }
}

/** The same octets where line endings are mixed: some of them may have been text when the body was signed. */
export function otherReadings(stored: BodyText): BodyText[] {
  const body = bodyOf(stored)
  const kinds: LineEndings[] = []
  if (!body.includes(CR)) return []
  const hasCrlf = body.includes('\r\n')
  const hasLoneLf = findLone(body, LF, (at) => body[at - 1] === CR)
  if ((hasCrlf || hasLoneLf) && findLone(body, CR, (at) => body[at + 1] === LF)) kinds.push('crlf-or-lf')
  if (hasCrlf && hasLoneLf) kinds.push('crlf', 'lf')
  return kinds.map((lineEndings) => ({ ...stored, lineEndings }))
}

function findLone(body: Buffer, octet: number, isPaired: (at: number) => boolean): boolean {
  let at = body.indexOf(octet)
  while (at >= 0 && isPaired(at)) at = body.indexOf(octet, at + 1)
  return at >= 0
}

/** Bodies that the stored one may have been made from, the likeliest first. To try one costs a hash over the body. */
export function* possibleOriginals(stored: BodyText): Generator<Original> {
  const quotings = fromQuotings(stored)
  for (const original of quotings) yield { ...original, mayHaveFooter: false }
  const asStored: Original = { body: stored, cause: 'footer', how: '', mayHaveFooter: true, hasAddition: true }
  const delimiters = findDelimiters(stored)
  for (const original of [asStored, ...quotings]) {
    yield original
    yield* multipartOriginals(original, delimiters)
  }
  yield* damagedLines(stored)
}

function fromQuotings(stored: BodyText): Original[] {
  const bodyOctets = bodyOf(stored)
  const by = (how: string, rewrite: (lines: string) => string): Original => ({
    body: { ...stored, rewrite },
    cause: 'from-quoting',
    how,
    mayHaveFooter: true,
    hasAddition: false,
  })
  const originals: Original[] = []
  if (bodyOctets.includes('>From ')) {
    const how = 'once the ">" that was put before "From " at the start of lines is taken off'
    originals.push(by(how, (lines) => lines.replace(/^>From /gm, 'From ')))
    if (bodyOctets.includes('>>From ')) {
      originals.push(by(how, (lines) => lines.replace(/^>(?=>*From )/gm, '')))
      originals.push(by(how, (lines) => lines.replace(/^>+(?=From )/gm, ''))) // more than one program quoted
    }
    const back = 'once a ">" is put back before ">From " at the start of lines'
    originals.push(by(back, (lines) => lines.replace(/^(?=>+From )/gm, '>'))) // mboxo that was read as mboxrd
  }
  if (bodyOctets.includes('\nFrom ') || bodyOctets.subarray(0, 5).equals(Buffer.from('From '))) {
    const how = 'once a ">" is put back before "From " at the start of lines'
    originals.push(by(how, (lines) => lines.replace(/^From /gm, '>From ')))
  }
  return originals
}

function* damagedLines(stored: BodyText): Generator<Original> {
  const bodyOctets = bodyOf(stored)
  const by = (how: string, rewrite: (lines: string) => string): Original => ({
    body: { ...stored, rewrite },
    cause: 'line-endings',
    how,
    mayHaveFooter: false,
    hasAddition: false,
  })
  if (bodyOctets.includes('\n--\n') || bodyOctets.includes('\n--\r\n')) {
    yield by('once the space is put back after "--"', (lines) => lines.replaceAll('\r\n--\r\n', '\r\n-- \r\n'))
  }
  if (bodyOctets.includes(0x80)) {
    yield by('with octet 0 in the places of octet 128', (lines) => lines.replaceAll('\x80', '\0'))
  }
}

function bodyOf(stored: BodyText): Buffer {
  return stored.octets.subarray(stored.spans[0]?.start)
}

/** What a mailing list does to a multipart: it adds a part, or makes the whole a part of a new one. */
function* multipartOriginals(from: Original, delimiters: readonly Delimiter[]): Generator<Original> {
  const closing = delimiters.findIndex((delimiter) => delimiter.isClosing)
  const body = from.body.spans[0]
  if (closing < 1 || !body) return
  const by = (how: string, ...spans: Span[]): Original => ({
    body: { ...from.body, spans },
    cause: from.cause,
    how: from.how === '' ? how : `${from.how}, and ${how}`,
    mayHaveFooter: false,
    hasAddition: true,
  })
  const startOf = (index: number): number => delimiters[index]?.start ?? body.end
  for (let parts = 1; parts <= MAX_PARTS_TRIED && parts < closing; parts++) {
    const kept = { start: body.start, end: startOf(closing - parts) }
    const how =
      parts === 1 ? 'without the last part, which was added' : `without the last ${parts} parts, which were added`
    yield by(how, kept, { start: startOf(closing), end: body.end })
  }
  for (let part = 0; part < closing && part < MAX_PARTS_TRIED; part++) {
    const header = delimiters[part]?.end ?? body.end
    const start = header + findHeaderSection(from.body.octets.subarray(header, startOf(part + 1))).bodyStart
    yield by(`as part ${part + 1} of what it was wrapped into`, { start, end: startOf(part + 1) })
  }
}

/** Whether the message is a multipart whose end is missing. */
export function isOpenMultipart(stored: BodyText): boolean {
  const delimiters = findDelimiters(stored)
  return delimiters.length > 0 && !delimiters.some((delimiter) => delimiter.isClosing)
}

/** The delimiter lines of the outermost multipart (RFC 2046 §5.1.1), up to the closing one. */
function findDelimiters({ octets, spans }: BodyText): Delimiter[] {
  const boundary = boundaryOf(octets)
  const delimiters: Delimiter[] = []
  if (boundary === null) return delimiters
  const mark = Buffer.from(`--${boundary}`, 'latin1')
  const bodyStart = spans[0]?.start ?? 0
  for (let at = octets.indexOf(mark, bodyStart); at >= 0; at = octets.indexOf(mark, at + mark.length)) {
    if (at > bodyStart && octets[at - 1] !== LF && octets[at - 1] !== CR) continue
    const delimiter = delimiterAt(octets, at, at + mark.length)
    if (delimiter) delimiters.push(delimiter)
    if (delimiter?.isClosing) break
  }
  return delimiters
}

/** A line that goes on after the boundary is the delimiter of another multipart. */
function delimiterAt(octets: Buffer, start: number, markEnd: number): Delimiter | null {
  const isClosing = octets[markEnd] === DASH && octets[markEnd + 1] === DASH
  let end = isClosing ? markEnd + 2 : markEnd
  while (octets[end] === SPACE || octets[end] === TAB) end++
  if (octets[end] === CR) end++
  if (octets[end] === LF) end++
  const isWhole = end >= octets.length || octets[end - 1] === LF || octets[end - 1] === CR
  return isWhole ? { start, end: Math.min(end, octets.length), isClosing } : null
}

function boundaryOf(message: Buffer): string | null {
  let type = ''
  walkHeader(message, CONTENT_TYPE, (_name, _start, from, to) => {
    if (type === '') type = unfold(message.toString('latin1', from, to))
  })
  const found = /^multipart\/.*?;[ \t]*boundary[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^ \t;"]+))/i.exec(type)
  return found ? (found[1]?.replace(/\\(.)/g, '$1') ?? found[2] ?? null) : null
}
