import { createHash, type Hash, hash } from 'node:crypto'
import { fieldNames, type HeaderSection, walkHeader } from './header-section.js'
import { type Digest, digest } from './message.js'

/** Fields that stores and sync tools add to mail they hold: no part of the mail that travelled (docs/identity-and-duplicates.md). */
export const STORE_FIELDS: readonly string[] = [
  'status',
  'x-status',
  'x-keywords',
  'x-uid',
  'x-imap',
  'x-imapbase',
  'content-length',
  'lines',
  'x-mozilla-status',
  'x-mozilla-status2',
  'x-mozilla-keys',
  'x-account-key',
  'x-uidl',
  'x-tuid',
  'x-offlineimap',
  'x-gm-thrid',
  'x-gmail-labels',
]

/** Octets [start, end) of a field with its last line ending. */
export interface FieldSpan {
  readonly start: number
  readonly end: number
}

const LF = 10
const CR = 13
const QUOTE = 62
const QUOTED_FROM = Buffer.from('>From ')
const ROOM = 1 << 20
const PIECE = 1 << 16

/**
 * SHA-256 of the message as it travelled, whatever store holds it: the canonical octets are those of the header section
 * without `STORE_FIELDS`, an empty line, and the body without the line endings at its end; every line ends in LF, and
 * all `>` before `From ` at the start of a line are dropped.
 */
export function wireDigest(message: Buffer): Digest {
  const dropped: FieldSpan[] = []
  const section = walkHeader(message, STORE_FIELD_NAMES, (_name, start, _bodyStart, _bodyEnd, end) => {
    dropped.push({ start, end })
  })
  return wireDigestOf(message, section, dropped)
}

const STORE_FIELD_NAMES = fieldNames(STORE_FIELDS)

/** `wireDigest` of a message whose header has been walked already. */
export function wireDigestOf(message: Buffer, section: HeaderSection, dropped: readonly FieldSpan[]): Digest {
  const bodyEnd = endOfText(message, section.bodyStart)
  const isEmpty = bodyEnd === section.bodyStart
  const isPlain = message.indexOf(CR, section.start) < 0 && !hasQuotedFrom(message, section.start)
  if (isPlain && dropped.length === 0 && section.hasEmptyLine && (isEmpty || message[bodyEnd] === LF)) {
    return digest(hash('sha256', message.subarray(section.start, isEmpty ? section.end + 1 : bodyEnd + 1), 'hex'))
  }
  const sink = new CanonicalSink()
  let from = section.start
  for (const field of dropped) {
    sink.addLines(message, from, field.start, isPlain)
    from = field.end
  }
  sink.addLines(message, from, section.end, isPlain)
  sink.endLine()
  sink.addLineFeed()
  if (!isEmpty) {
    sink.addLines(message, section.bodyStart, bodyEnd, isPlain)
    sink.addLineFeed()
  }
  return sink.digest()
}

/** The end of the body without the line endings and empty lines at its end. */
function endOfText(message: Buffer, bodyStart: number): number {
  let end = message.length
  while (end > bodyStart && (message[end - 1] === LF || message[end - 1] === CR)) end--
  return end
}

/** Whether a line of a message without CR may begin with a quoted `From `. */
function hasQuotedFrom(message: Buffer, from: number): boolean {
  for (let at = message.indexOf(QUOTED_FROM, from); at >= 0; at = message.indexOf(QUOTED_FROM, at + 1)) {
    let before = at
    while (before > from && message[before - 1] === QUOTE) before--
    if (before === from || message[before - 1] === LF) return true
  }
  return false
}

/** Takes canonical octets into a block that is used for every message, and hashes it block by block. */
class CanonicalSink {
  private static readonly block = Buffer.allocUnsafeSlow(ROOM)
  private used = 0
  private last = LF
  private hash: Hash | null = null

  /** Adds whole lines; `isPlain`: they need no change. */
  addLines(message: Buffer, start: number, end: number, isPlain: boolean): void {
    if (isPlain) this.copy(message, start, end)
    else this.normalise(message, start, end)
  }

  /** Ends a last line that has no line ending. */
  endLine(): void {
    if (this.last !== LF) this.addLineFeed()
  }

  addLineFeed(): void {
    if (this.used === ROOM) this.flush()
    CanonicalSink.block[this.used++] = LF
    this.last = LF
  }

  digest(): Digest {
    const rest = CanonicalSink.block.subarray(0, this.used)
    return digest(this.hash ? this.hash.update(rest).digest('hex') : hash('sha256', rest, 'hex'))
  }

  private copy(message: Buffer, start: number, end: number): void {
    if (end > start) this.last = message[end - 1] ?? LF
    for (let at = start; at < end; ) {
      if (this.used === ROOM) this.flush()
      const count = Math.min(end - at, ROOM - this.used)
      message.copy(CanonicalSink.block, this.used, at, at + count)
      this.used += count
      at += count
    }
  }

  /** As text, since a string's own replacing outruns a loop over octets. */
  private normalise(message: Buffer, start: number, end: number): void {
    for (let at = start; at < end; ) {
      const to = pieceEnd(message, at, end)
      this.addText(canonicalText(message.toString('latin1', at, to)))
      at = to
    }
  }

  private addText(text: string): void {
    this.last = text.charCodeAt(text.length - 1)
    if (this.used + text.length > ROOM) this.flush()
    if (text.length > ROOM) this.hash?.update(text, 'latin1')
    else this.used += CanonicalSink.block.write(text, this.used, 'latin1')
  }

  private flush(): void {
    this.hash ??= createHash('sha256')
    this.hash.update(CanonicalSink.block.subarray(0, this.used))
    this.used = 0
  }
}

/** The end of the next whole lines that make up to a piece; a longer line is cut where neither CRLF nor quotes are torn. */
function pieceEnd(message: Buffer, at: number, end: number): number {
  if (end - at <= PIECE) return end
  const line = message.subarray(at, at + PIECE).lastIndexOf(LF)
  if (line >= 0) return at + line + 1
  let to = at + PIECE
  while (to < end && (message[to] === LF || message[to] === QUOTE || message[to - 1] === QUOTE)) to++
  return to
}

function canonicalText(lines: string): string {
  let text = lines
  if (text.includes('\r')) text = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n')
  return text.includes('>From ') ? text.replace(/^>+(?=From )/gm, '') : text
}
