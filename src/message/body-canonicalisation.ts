import { createHash, type Hash } from 'node:crypto'
import type { BodyCanonicalisation, HashAlgorithm } from './dkim-signature.js'

/** Octets [start, end): whole lines, the last of which may lack its line ending. */
export interface Span {
  readonly start: number
  readonly end: number
}

/**
 * What ends a line: `any` of CRLF, LF, CR; `crlf-or-lf`, so that a lone CR is text; `lf` or `crlf` alone. Stores change
 * line endings at will, so several readings of the same octets may be the one that was signed.
 */
export type LineEndings = 'any' | 'crlf-or-lf' | 'lf' | 'crlf'

/** A body as it may have been when it was signed: spans of what is stored, one after the other, rewritten. */
export interface BodyText {
  readonly octets: Buffer
  readonly spans: readonly Span[]
  readonly lineEndings: LineEndings
  /** Is given whole lines with CRLF, as Latin-1. */
  readonly rewrite: ((lines: string) => string) | null
}

const LF = 10
const CR = 13
const PIECE = 1 << 18
const CRLF = '\r\n'
/** Octets that a line may not be cut before or after: line endings, white space, and what a rewriting looks at. */
const UNCUT: ReadonlySet<number> = new Set(Array.from('\r\n\t >F-', (octet) => octet.charCodeAt(0)))

/** Hashes a body in canonical form (RFC 6376 §3.4.3, §3.4.4), as a whole and up to given lengths. */
export class BodyHash {
  /** Canonical octets so far, without the last line ending. */
  octets = 0
  private readonly hash: Hash
  private readonly canonicalisation: BodyCanonicalisation
  /** Ascending. */
  private readonly lengths: readonly number[]
  private readonly atLength = new Map<number, string>()
  private next = 0
  /** Line endings at the end: nothing, until text follows. */
  private held = 0

  constructor(algorithm: HashAlgorithm, canonicalisation: BodyCanonicalisation, lengths: readonly number[] = []) {
    this.hash = createHash(algorithm)
    this.canonicalisation = canonicalisation
    this.lengths = lengths
  }

  addBody(body: BodyText): this {
    for (const text of canonicalPieces(body, this.canonicalisation)) this.add(text)
    return this
  }

  /** @param text - canonical lines with CRLF; the last may go on with the next text */
  add(text: string): void {
    let end = text.length
    while (end >= 2 && text.charCodeAt(end - 1) === LF && text.charCodeAt(end - 2) === CR) end -= 2
    if (end > 0) {
      if (this.held > 0) this.take(CRLF.repeat(this.held))
      this.held = 0
      this.take(end === text.length ? text : text.slice(0, end))
    }
    this.held += (text.length - end) / 2
  }

  /** The digest if the body ended here, hexadecimal. */
  peek(): string {
    return this.hash.copy().update(this.lastLineEnding()).digest('hex')
  }

  /** Ends the body. @returns the digest of its first `length` octets, or of the whole if it is shorter, hexadecimal */
  finish(): (length: number) => string {
    this.take(this.lastLineEnding())
    const whole = this.hash.digest('hex')
    return (length) => this.atLength.get(length) ?? whole
  }

  private lastLineEnding(): string {
    return this.octets > 0 || this.canonicalisation === 'simple' ? CRLF : ''
  }

  private take(text: string): void {
    let from = 0
    for (; this.next < this.lengths.length; this.next++) {
      const length = this.lengths[this.next] ?? Infinity
      const to = length - this.octets
      if (to > text.length - from) break
      this.update(text.slice(from, from + to))
      from += to
      this.atLength.set(length, this.hash.copy().digest('hex'))
    }
    this.update(from === 0 ? text : text.slice(from))
  }

  private update(text: string): void {
    this.hash.update(text, 'latin1')
    this.octets += text.length
  }
}

/** The lines of a body in canonical form, piece by piece; empty lines at the end are still there. */
export function* canonicalPieces(body: BodyText, canonicalisation: BodyCanonicalisation): Generator<string> {
  for (const { start, end } of body.spans) {
    for (let at = start; at < end; ) {
      const to = pieceEnd(body.octets, at, end)
      let text = withCrlf(body.octets.toString('latin1', at, to), body.lineEndings)
      if (to === end && !text.endsWith(CRLF)) text += CRLF
      if (body.rewrite) text = body.rewrite(text)
      yield canonicalisation === 'relaxed' ? relaxed(text) : text
      at = to
    }
  }
}

/** The end of the next whole lines that make up to a piece; of a longer line, a place where it can be cut. */
function pieceEnd(octets: Buffer, at: number, end: number): number {
  if (end - at <= PIECE) return end
  const piece = octets.subarray(at, at + PIECE)
  const line = Math.max(piece.lastIndexOf(LF), piece.lastIndexOf(CR, PIECE - 2))
  if (line >= 0) return at + line + 1 // a CR that LF follows is not the last of both
  let to = at + PIECE
  while (to < end && (UNCUT.has(octets[to] ?? 0) || UNCUT.has(octets[to - 1] ?? 0))) to++
  return to
}

function withCrlf(text: string, lineEndings: LineEndings): string {
  if (lineEndings === 'crlf') return text
  if (lineEndings === 'lf' || !text.includes('\r')) return text.replaceAll('\n', CRLF)
  const lines = text.replaceAll(CRLF, '\n')
  return (lineEndings === 'any' ? lines.replaceAll('\r', '\n') : lines).replaceAll('\n', CRLF)
}

/** RFC 6376 §3.4.4. */
function relaxed(text: string): string {
  return text.replace(/\t[ \t]*| [ \t]+/g, ' ').replaceAll(` ${CRLF}`, CRLF)
}
