import { toUtf8 } from './charset.js'
import { type Delimiter, DelimiterFinder, MAX_BOUNDARY } from './delimiter.js'
import { canonicalEnvelope, ENVELOPE_FIELDS, type FieldBodies, readEnvelope } from './envelope.js'
import { type PartKind, partKind, readPartHeader } from './part-header.js'
import { canonicalLines, withoutLastLineEndings } from './text.js'
import { decodeTransfer } from './transfer-encoding.js'

/** A part that holds no other, made canonical: the same text or attachment, sent in any other way, gives the same. */
export interface Leaf {
  /** Lower case, without parameters. */
  readonly type: string
  /** Decoded file name; empty when it has none. */
  readonly name: string
  /** Transfer-decoded; text as UTF-8 with LF, without white space at line ends. */
  readonly octets: Buffer
  readonly isText: boolean
  /** Stands where a part was taken out after the message was received. */
  readonly isPlaceholder: boolean
}

export interface Leaves {
  readonly leaves: readonly Leaf[]
  /** false: the message breaks off, or something was taken out of it. */
  readonly isWhole: boolean
}

/** Parts nested deeper are not opened, and no more leaves than this are told apart: hostile mail stays cheap. */
export const MAX_DEPTH = 64
export const MAX_LEAVES = 10_000

interface Reading {
  readonly leaves: Leaf[]
  isWhole: boolean
}

/**
 * Finds the leaf parts of a message in their order, in one pass over its octets.
 *
 * - A multipart with no part in it (no boundary named, or never seen) is one leaf, its text as it stands.
 * - An attached message (message/rfc822) is opened: it gives a leaf of its From, To, Cc, Subject and Date as a person
 *   reads them, and then its own leaves. Its trace fields, boundaries and transfer encodings are no part of the mail.
 * - Preambles and epilogues are left out: nobody is shown them.
 *
 * @param bodies - of the message's own Content-* fields
 * @param bodyStart - where its body begins in `octets`
 */
export function readLeaves(octets: Buffer, bodies: FieldBodies, bodyStart: number): Leaves {
  const reading: Reading = { leaves: [], isWhole: true }
  readEntity(octets, partKind(bodies, 'text/plain'), bodyStart, 0, reading)
  return reading
}

function readEntity(octets: Buffer, entity: PartKind, bodyStart: number, depth: number, reading: Reading): void {
  const finder = new DelimiterFinder(octets)
  let part = entity
  let at = bodyStart
  let messages = depth
  for (;;) {
    while (isMessage(part) && part.encoding === 'none' && messages + finder.open.length < MAX_DEPTH) {
      messages++
      const header = readPartHeader(octets, afterFromLine(octets, at), finder)
      addMessage(part, header.bodies, reading)
      part = partKind(header.bodies, 'text/plain')
      at = header.bodyStart
    }
    let delimiter = readBody(octets, part, at, messages, finder, reading)
    while (delimiter?.isClose) {
      finder.close(delimiter.level)
      delimiter = finder.next(delimiter.next)
    }
    if (!delimiter) break
    finder.closeFrom(delimiter.level + 1)
    messages = finder.open[delimiter.level]?.messages ?? depth
    const header = readPartHeader(octets, delimiter.next, finder)
    part = partKind(header.bodies, finder.open[delimiter.level]?.isDigest ? 'message/rfc822' : 'text/plain')
    at = header.bodyStart
  }
  if (finder.isUnterminated()) reading.isWhole = false
}

/** Reads the body of one part up to the delimiter behind it, which it gives back; null at the end of the octets. */
function readBody(
  octets: Buffer,
  part: PartKind,
  start: number,
  messages: number,
  finder: DelimiterFinder,
  reading: Reading,
): Delimiter | null {
  const level = finder.open.length
  if (part.isPlaceholder) reading.isWhole = false
  if (reading.leaves.length >= MAX_LEAVES) {
    addText(part, toUtf8(octets.subarray(start), ''), reading)
    return null
  }
  if (!part.type.startsWith('multipart/')) {
    const delimiter = finder.next(start)
    addLeaf(part, octets.subarray(start, delimiter?.bodyEnd), delimiter === null, messages + level, reading)
    return delimiter
  }
  const isOpened = part.boundary !== '' && part.boundary.length <= MAX_BOUNDARY && messages + level < MAX_DEPTH
  if (isOpened) finder.push({ boundary: part.boundary, isDigest: part.type === 'multipart/digest', messages })
  const delimiter = finder.next(start)
  if (isOpened && delimiter?.level === level && !delimiter.isClose) return delimiter
  if (isOpened && delimiter === null) reading.isWhole = false
  if (delimiter?.level !== level) finder.closeFrom(level)
  addText(part, toUtf8(octets.subarray(start, delimiter?.bodyEnd), ''), reading)
  return delimiter
}

const MESSAGE_TYPES = new Set(['message/rfc822', 'message/global', 'message/news'])
export const isMessage = (part: PartKind): boolean => MESSAGE_TYPES.has(part.type)

/** Many a mail program has put the separator line of its mbox into an attached message. */
export function afterFromLine(octets: Buffer, start: number): number {
  const at = octets[start] === 62 ? start + 1 : start
  if (octets.toString('latin1', at, at + 5) !== 'From ') return start
  for (let end = at; end < octets.length; end++) {
    if (octets[end] === 10) return end + 1
    if (octets[end] === 13) return octets[end + 1] === 10 ? end + 2 : end + 1
  }
  return octets.length
}

function addMessage(part: PartKind, bodies: FieldBodies, reading: Reading): void {
  const says = ENVELOPE_FIELDS.some((field) => bodies.has(field))
  const octets = Buffer.from(says ? canonicalEnvelope(readEnvelope(bodies)) : '')
  reading.leaves.push({
    type: 'message/rfc822',
    name: part.name,
    octets,
    isText: false,
    isPlaceholder: part.isPlaceholder,
  })
}

/** @param isLast - nothing but the end of the octets ends it, so that it may have been cut off */
function addLeaf(part: PartKind, encoded: Buffer, isLast: boolean, depth: number, reading: Reading): void {
  const isQuotable = part.encoding === 'quoted-printable'
  // Mbox writers quote lines of the encoded form: a line that a soft break made may have got a `>`.
  const stored = isQuotable
    ? withoutLastLineEndings(encoded.includes('>From ') ? canonicalLines(encoded, false) : encoded)
    : encoded
  const { octets, isCut } = decodeTransfer(stored, part.encoding)
  if (isCut && isLast) reading.isWhole = false
  if (isMessage(part) && depth < MAX_DEPTH) {
    readEncodedMessage(part, octets, depth, reading)
  } else if (part.type.startsWith('text/') || part.type.startsWith('message/')) {
    addText(part, toUtf8(octets, part.charset), reading)
  } else {
    const isEncoded = isQuotable || octets !== stored
    const plain = isEncoded ? octets : canonicalLines(octets, false)
    reading.leaves.push({
      type: part.type,
      name: part.name,
      octets: plain,
      isText: false,
      isPlaceholder: part.isPlaceholder,
    })
  }
}

/** An attached message in a transfer encoding, which RFC 2046 §5.2.1 forbids and some gateways do. */
function readEncodedMessage(part: PartKind, octets: Buffer, depth: number, reading: Reading): void {
  const header = readPartHeader(octets, afterFromLine(octets, 0), new DelimiterFinder(octets))
  addMessage(part, header.bodies, reading)
  readEntity(octets, partKind(header.bodies, 'text/plain'), header.bodyStart, depth + 1, reading)
}

function addText({ type, name, isPlaceholder }: PartKind, text: Buffer, reading: Reading): void {
  reading.leaves.push({ type, name, octets: canonicalLines(text, true), isText: true, isPlaceholder })
}
