import { createHash, hash } from 'node:crypto'
import { toUtf8 } from './charset.js'
import { DelimiterFinder } from './delimiter.js'
import {
  addFieldBody,
  canonicalEnvelope,
  ENVELOPE_FIELDS,
  type Envelope,
  type FieldBodies,
  lengthPrefixed,
  readEnvelope,
} from './envelope.js'
import { messageStart, walkHeader } from './header-section.js'
import { type Digest, digest } from './message.js'
import { type Leaf, readLeaves } from './mime.js'
import { PART_FIELDS, partKind } from './part-header.js'
import { canonicalLines, withoutLastLineEndings } from './text.js'
import { transferEncoding } from './transfer-encoding.js'

/** What a person is given to read, as digests. */
export interface Content {
  /** Of From (or Sender), To, Cc, Subject, Date and `body`. */
  readonly content: Digest
  /** Of the leaf parts in order: type, file name, decoded octets. */
  readonly body: Digest
  /** Decoded octets of all leaf parts. */
  readonly octets: number
  /** false: the message breaks off, lacks its body, or something was taken out of it. */
  readonly isWhole: boolean
}

/** A message as a person reads it, decoded. */
export interface ReadableMessage {
  readonly envelope: Envelope
  readonly leaves: readonly Leaf[]
  readonly isWhole: boolean
}

const READ = new Set([...ENVELOPE_FIELDS, ...PART_FIELDS, 'content-length', 'lines'])

/**
 * Digests what a person reads, so that the same mail delivered twice, fetched twice or encoded anew (other boundaries,
 * transfer encodings, character sets, folding, encoded words, line endings, `>From ` quoting) is equal, and nothing else.
 */
export function readContent(message: Buffer): Content {
  const { envelope, leaves, isWhole } = readMessage(message)
  const body = bodyDigest(leaves)
  const octets = leaves.reduce((sum, leaf) => sum + leaf.octets.length, 0)
  return { content: contentDigest(envelope, body), body, octets, isWhole }
}

export function bodyDigest(leaves: readonly Leaf[]): Digest {
  const sha256 = createHash('sha256')
  for (const { type, name, octets } of leaves) {
    sha256.update(lengthPrefixed([type, name, String(octets.length)])).update(octets)
  }
  return digest(sha256.digest('hex'))
}

export function contentDigest(envelope: Envelope, body: Digest): Digest {
  return digest(hash('sha256', canonicalEnvelope(envelope) + body, 'hex'))
}

/** Decodes a message: the header fields a person knows it by, and its leaf parts. */
export function readMessage(message: Buffer): ReadableMessage {
  const bodies = new Map<string, string>()
  let stray = -1
  let lastEnd = messageStart(message)
  const section = walkHeader(message, null, (name, start, bodyStart, bodyEnd, next) => {
    if (stray < 0 && start > lastEnd) stray = lastEnd
    lastEnd = next
    if (READ.has(name)) addFieldBody(bodies, name, message.toString('latin1', bodyStart, bodyEnd))
  })
  if (stray < 0) stray = lastEnd
  const isInHeader = stray < section.end && hasDelimiter(message, bodies, stray, section.end)
  const bodyStart = isInHeader ? stray : section.bodyStart
  const { leaves, isWhole } = readLeaves(message, bodies, bodyStart)
  const text = isInHeader ? null : strayText(message.subarray(section.hasEmptyLine ? lastEnd : stray, section.end))
  const hasBody = text !== null || withoutLastLineEndings(message.subarray(bodyStart)).length > 0
  const all = text ? [text, ...leaves.filter((leaf) => leaf.octets.length > 0)] : leaves
  return { envelope: readEnvelope(bodies), leaves: all, isWhole: isWhole && (hasBody || !announcesBody(bodies)) }
}

/** Whether no empty line ends the header section of a multipart before its first part begins. */
function hasDelimiter(message: Buffer, bodies: FieldBodies, start: number, end: number): boolean {
  const { boundary } = partKind(bodies, 'text/plain')
  if (boundary === '') return false
  const finder = new DelimiterFinder(message.subarray(0, end))
  finder.push({ boundary, isDigest: false, messages: 0 })
  return finder.next(start) !== null
}

/**
 * Where no empty line ends the header section, text of the message stands at its end: lines that are no header field,
 * behind the last that is one. Left out, two mails of one ID would be taken for the same.
 */
function strayText(lines: Buffer): Leaf | null {
  const octets = canonicalLines(toUtf8(lines, ''), true)
  return octets.length === 0 ? null : { type: 'text/plain', name: '', octets, isText: true, isPlaceholder: false }
}

/** Whether the header tells of a body: with none behind it, only the header was fetched. */
function announcesBody(bodies: FieldBodies): boolean {
  const says = (name: string, least: number): boolean => Number(bodies.get(name)?.trim() ?? 0) > least
  const isPlain = /^\s*(?:text\b|$)/i.test(bodies.get('content-type') ?? '')
  const isEncoded = transferEncoding(bodies.get('content-transfer-encoding') ?? '') === 'base64'
  return says('content-length', 2) || says('lines', 0) || !isPlain || isEncoded
}
