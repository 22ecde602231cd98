import { createHash, hash } from 'node:crypto'
import { toUtf8 } from './charset.js'
import {
  addFieldBody,
  canonicalEnvelope,
  ENVELOPE_FIELDS,
  type Envelope,
  lengthPrefixed,
  readEnvelope,
} from './envelope.js'
import { messageStart, walkHeader } from './header-section.js'
import { type Digest, digest } from './message.js'
import { type Leaf, readLeaves } from './mime.js'
import { PART_FIELDS } from './part-header.js'
import { canonicalLines } from './text.js'
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
  let expected = messageStart(message)
  const section = walkHeader(message, null, (name, start, bodyStart, bodyEnd, next) => {
    if (stray < 0 && start > expected) stray = expected
    expected = next
    if (READ.has(name)) addFieldBody(bodies, name, message.toString('latin1', bodyStart, bodyEnd))
  })
  if (stray < 0 && expected < section.end) stray = expected
  const envelope = readEnvelope(bodies)
  if (!section.hasEmptyLine && stray >= 0) return { envelope, leaves: [strayText(message, stray)], isWhole: true }
  const { leaves, isWhole } = readLeaves(message, bodies, section.bodyStart)
  return { envelope, leaves, isWhole: isWhole && !lacksBody(leaves, bodies) }
}

/**
 * Where no empty line ends the header section, the text of the message stands in it: all from the first line that is no
 * header field. Left out, two mails of one ID would be taken for the same.
 */
function strayText(message: Buffer, start: number): Leaf {
  const octets = canonicalLines(toUtf8(message.subarray(start), ''), true)
  return { type: 'text/plain', name: '', octets, isText: true, isPlaceholder: false }
}

/** A header section alone, which says that there was more: only it was fetched. */
function lacksBody(leaves: readonly Leaf[], bodies: ReadonlyMap<string, string>): boolean {
  if (leaves.some((leaf) => leaf.octets.length > 0)) return false
  const says = (name: string, least: number): boolean => Number(bodies.get(name)?.trim() ?? 0) > least
  const isPlain = /^\s*(?:text\b|$)/i.test(bodies.get('content-type') ?? '')
  const isEncoded = transferEncoding(bodies.get('content-transfer-encoding') ?? '') === 'base64'
  return says('content-length', 2) || says('lines', 0) || !isPlain || isEncoded
}
