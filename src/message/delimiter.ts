const LF = 10
const CR = 13
const DASH = 45
const AFTER_LF = Buffer.from('\n--')
const AFTER_CR = Buffer.from('\r--')

/** Longest boundary and delimiter line that are looked at: RFC 2046 allows a boundary 70 characters. */
export const MAX_BOUNDARY = 1000
const MAX_LINE = MAX_BOUNDARY + 100

/** A multipart whose delimiters are being looked for. */
export interface OpenMultipart {
  readonly boundary: string
  /** multipart/digest: its parts are messages unless they say otherwise. */
  readonly isDigest: boolean
  /** How many messages it is nested in. */
  readonly messages: number
}

/** A line that ends a part. */
export interface Delimiter {
  /** Index into `open` of the multipart it belongs to. */
  readonly level: number
  readonly isClose: boolean
  /** Where the part before it ends: the line ending before a delimiter is part of it (RFC 2046 §5.1.1). */
  readonly bodyEnd: number
  /** Where the next line begins. */
  readonly next: number
}

/**
 * Finds the delimiter lines of all multiparts that are open, from the start of the octets to their end, once: a line is
 * looked up by its text, however many multiparts are open. White space behind a boundary is allowed.
 */
export class DelimiterFinder {
  readonly open: OpenMultipart[] = []
  private readonly levels = new Map<string, number>()
  private readonly closed = new Set<string>()
  private readonly octets: Buffer
  private lf = -1
  private cr = -1

  constructor(octets: Buffer) {
    this.octets = octets
  }

  push(multipart: OpenMultipart): void {
    this.levels.set(multipart.boundary, this.open.length)
    this.open.push(multipart)
  }

  /** Whether a multipart is open that nothing has closed; one may share its boundary with another, and its end. */
  isUnterminated(): boolean {
    return this.open.some(({ boundary }) => !this.closed.has(boundary))
  }

  /** Closes a multipart at its own end. */
  close(level: number): void {
    this.closed.add(this.open[level]?.boundary ?? '')
    this.closeFrom(level)
  }

  /** Closes all multiparts from this level inwards. */
  closeFrom(level: number): void {
    while (this.open.length > level) {
      const boundary = this.open.pop()?.boundary ?? ''
      const outer = this.open.findLastIndex((multipart) => multipart.boundary === boundary)
      if (outer < 0) this.levels.delete(boundary)
      else this.levels.set(boundary, outer)
    }
  }

  /** The first delimiter line at or after `from`, which is the start of a line and never before an earlier `from`. */
  next(from: number): Delimiter | null {
    if (this.open.length === 0) return null
    for (let line = this.candidate(from); line < this.octets.length; line = this.candidate(line + 2)) {
      const delimiter = this.match(line, from)
      if (delimiter) return delimiter
    }
    return null
  }

  /** The delimiter that the line at `line` is, if it is one; the part before it began at `partStart`. */
  match(line: number, partStart: number): Delimiter | null {
    if (this.octets[line] !== DASH || this.octets[line + 1] !== DASH) return null
    const end = this.lineEnd(line)
    if (end < 0) return null
    const text = this.octets.toString('latin1', line + 2, end).trimEnd()
    const level = this.levels.get(text)
    const closed = level === undefined && text.endsWith('--') ? this.levels.get(text.slice(0, -2)) : undefined
    if (level === undefined && closed === undefined) return null
    return {
      level: level ?? closed ?? 0,
      isClose: level === undefined,
      bodyEnd: Math.max(partStart, this.beforeLine(line)),
      next: this.afterLine(end),
    }
  }

  /** The start of the next line at or after `from` that begins with `--`; the length when there is none. */
  private candidate(from: number): number {
    const isLineStart = from === 0 || this.octets[from - 1] === LF || this.octets[from - 1] === CR
    if (isLineStart && this.octets[from] === DASH && this.octets[from + 1] === DASH) return from
    if (this.lf < from) this.lf = this.find(AFTER_LF, from)
    if (this.cr < from) this.cr = this.find(AFTER_CR, from)
    return Math.min(this.lf + 1, this.cr + 1, this.octets.length)
  }

  private find(needle: Buffer, from: number): number {
    const found = this.octets.indexOf(needle, from)
    return found < 0 ? this.octets.length : found
  }

  /** -1: the line is too long to be a delimiter. */
  private lineEnd(line: number): number {
    const limit = Math.min(this.octets.length, line + MAX_LINE)
    for (let at = line + 2; at < limit; at++) if (this.octets[at] === LF || this.octets[at] === CR) return at
    return limit === this.octets.length ? limit : -1
  }

  private beforeLine(line: number): number {
    if (this.octets[line - 1] === LF) return this.octets[line - 2] === CR ? line - 2 : line - 1
    return line - 1
  }

  private afterLine(end: number): number {
    return this.octets[end] === CR && this.octets[end + 1] === LF ? end + 2 : Math.min(end + 1, this.octets.length)
  }
}
