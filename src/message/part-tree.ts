import { type Delimiter, DelimiterFinder, MAX_BOUNDARY } from './delimiter.js'
import type { FieldBodies } from './envelope.js'
import { afterFromLine, isMessage, MAX_DEPTH, MAX_LEAVES } from './mime.js'
import { type PartKind, partKind, readPartHeader } from './part-header.js'

/** A part of a message, or the message itself, by offsets into its octets. */
interface Part {
  readonly kind: PartKind
  readonly bodies: FieldBodies
  /** Where its header begins. */
  readonly start: number
  readonly bodyStart: number
  /** How many multiparts and messages it lies in. */
  readonly depth: number
}

/** A part that holds no other. */
export interface LeafPart extends Part {
  /** Without the line ending before a delimiter, which belongs to that (RFC 2046 §5.1.1). */
  readonly bodyEnd: number
  /** Nothing but the end of the message ends it. */
  readonly isLast: boolean
}

/** A message in a message. */
export type MessagePart = Part

/** A multipart, whether or not a part was found in it. */
export interface MultipartPart extends Part {
  /** Empty when it names none. */
  readonly boundary: string
  /** Its delimiters were looked for up to its end; not so beyond the limits of nesting, of parts and of a boundary's length. */
  isFollowed: boolean
  /** Its delimiter line was found at least once. */
  isSeen: boolean
  isClosed: boolean
  /** A multipart that it lies in has the same boundary. */
  readonly isReused: boolean
  /** Where it ends: behind its close delimiter; without one at the delimiter of an outer multipart, or at the end. */
  end: number
}

/** The parts of a message, each kind in the order of their headers. */
export interface PartTree {
  readonly leaves: readonly LeafPart[]
  readonly multiparts: readonly MultipartPart[]
  readonly messages: readonly MessagePart[]
}

/**
 * Finds the parts of a message in one pass over its octets, as `readLeaves` does, but keeps where each of them lies and
 * decodes nothing. What is nested deeper than `readLeaves` goes, or comes after as many parts, is left out.
 *
 * @param bodies - of the message's own Content-* fields
 * @param bodyStart - where its body begins
 */
export function readPartTree(octets: Buffer, bodies: FieldBodies, start: number, bodyStart: number): PartTree {
  const walk = new PartWalk(octets)
  walk.read({ kind: partKind(bodies, 'text/plain'), bodies, start, bodyStart, depth: 0 })
  return walk
}

class PartWalk implements PartTree {
  readonly leaves: LeafPart[] = []
  readonly multiparts: MultipartPart[] = []
  readonly messages: MessagePart[] = []
  readonly #octets: Buffer
  readonly #finder: DelimiterFinder
  /** The multiparts that `#finder` has open, in its order. */
  readonly #open: MultipartPart[] = []

  constructor(octets: Buffer) {
    this.#octets = octets
    this.#finder = new DelimiterFinder(octets)
  }

  read(message: Part): void {
    let part = message
    while (this.leaves.length + this.multiparts.length + this.messages.length < MAX_LEAVES) {
      while (isMessage(part.kind) && part.kind.encoding === 'none' && part.depth < MAX_DEPTH) {
        this.messages.push(part)
        part = this.#partAt(afterFromLine(this.#octets, part.bodyStart), 'text/plain', part.depth + 1)
      }
      const delimiter = this.#behindClosed(this.#readBody(part))
      if (!delimiter) {
        this.#leave(0, this.#octets.length)
        return
      }
      this.#leave(delimiter.level + 1, delimiter.bodyEnd)
      const holder = this.#open[delimiter.level]
      const fallback = holder?.kind.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain'
      part = this.#partAt(delimiter.next, fallback, (holder?.depth ?? 0) + 1)
    }
    for (const multipart of this.#open) multipart.isFollowed = false
    this.#leave(0, this.#octets.length)
  }

  #partAt(start: number, fallback: string, depth: number): Part {
    const { bodies, bodyStart } = readPartHeader(this.#octets, start, this.#finder)
    return { kind: partKind(bodies, fallback), bodies, start, bodyStart, depth }
  }

  /** Reads a body up to the delimiter behind it, or to that of its own first part. */
  #readBody(part: Part): Delimiter | null {
    if (part.kind.type.startsWith('multipart/')) return this.#enter(part)
    const delimiter = this.#finder.next(part.bodyStart)
    const bodyEnd = delimiter?.bodyEnd ?? this.#octets.length
    this.leaves.push({ ...part, bodyEnd, isLast: delimiter === null })
    return delimiter
  }

  #enter(part: Part): Delimiter | null {
    const { boundary } = part.kind
    const isReused = this.#open.some((outer) => outer.boundary === boundary)
    const isFollowed = boundary !== '' && boundary.length <= MAX_BOUNDARY && part.depth < MAX_DEPTH
    const multipart: MultipartPart = {
      ...part,
      boundary,
      isFollowed,
      isSeen: false,
      isClosed: false,
      isReused,
      end: part.bodyStart,
    }
    this.multiparts.push(multipart)
    const level = this.#open.length
    if (isFollowed) {
      this.#open.push(multipart)
      this.#finder.push({ boundary, isDigest: false, messages: 0 })
    }
    const delimiter = this.#finder.next(part.bodyStart)
    multipart.end = delimiter?.bodyEnd ?? this.#octets.length
    if (delimiter?.level === level) multipart.isSeen = true
    else this.#leave(level, multipart.end)
    return delimiter
  }

  /** The first delimiter that opens a part; multiparts that end before it are closed. */
  #behindClosed(first: Delimiter | null): Delimiter | null {
    let delimiter = first
    while (delimiter?.isClose) {
      this.#leave(delimiter.level + 1, delimiter.bodyEnd)
      this.#close(delimiter)
      delimiter = this.#finder.next(delimiter.next)
    }
    return delimiter
  }

  /** Several multiparts that share a boundary share its close delimiter, too. */
  #close({ level, next }: Delimiter): void {
    const boundary = this.#open[level]?.boundary
    for (const multipart of this.#open) if (multipart.boundary === boundary) multipart.isClosed = true
    this.#leave(level, next)
  }

  #leave(level: number, end: number): void {
    for (const multipart of this.#open.splice(level)) multipart.end = end
    this.#finder.closeFrom(level)
  }
}
