import { type BelievedLength, believe, countsOtherLineEndings, LENGTH_AHEAD, LENGTH_BEHIND } from './believed-length.js'
import {
  type Candidate,
  type Dialect,
  emptyLineBefore,
  examine,
  isBeyondDoubt,
  mightSeparate,
  separates,
} from './candidate.js'
import { declaredBoundary, declaredLengths, findBody, HEAD_LIMIT } from './head.js'
import { SeparatorSearch } from './separator-search.js'
import { MORE, type More, type OpenMessage, type SplitMessage, type SplitOptions } from './split-message.js'
import { PLAIN_START, type TextStart, TextStartSearch } from './text-start.js'
import { OctetWindow } from './window.js'

/** Larger messages are told of and not held. */
const MAX_MESSAGE = 2 ** 30
/** How far behind an unfinished multipart its boundary is looked for. */
const MAX_PART = 1 << 18
/** How far ahead a Content-Length is followed in a file that can be read in order alone. */
const MAX_LENGTH = 1 << 26
/** So many octets before the place that is looked at stay at hand. */
const MARGIN = 128

/**
 * Splits an mbox file into its messages (docs/deviations.md#separators). It is fed with octets and asked for messages,
 * so that plain files are read synchronously and compressed ones as they come. Its answers do not depend on how it is fed.
 */
export class MboxSplitter {
  readonly #window = new OctetWindow()
  readonly #options: SplitOptions
  #search: SeparatorSearch | null = null
  #dialect: Dialect | null
  /** null: the start was found. */
  #start: TextStartSearch | null
  #text: TextStart = PLAIN_START
  #prefix = 0
  #firstFromIsDated: boolean | null = null
  /** What lies before it was searched. */
  #scan = 0
  #open: OpenMessage | null = null
  /** A separator whose message is to be opened. */
  #found: Candidate | null = null
  #isJumping = false
  #doubtNext = false
  /** Messages that start before it lie inside a multipart that began before them. */
  #partEnd = 0

  constructor(options: SplitOptions, dialect: Dialect | null = null) {
    this.#options = options
    this.#dialect = dialect
    this.#start = dialect === null ? new TextStartSearch(this.#window, options.far) : null
    if (dialect !== null) this.#text = { ...PLAIN_START, lineEnding: dialect.lineEnding }
  }

  /** How the file separates its messages; null as long as no message was found. */
  get dialect(): Dialect | null {
    return this.#dialect
  }

  /** Octets of what is no mail before the first message, or in a file without one. */
  get prefix(): number {
    return this.#prefix
  }

  /** Where the octets that are lacking stand. */
  get position(): number {
    return this.#window.end
  }

  makeRoom(): Buffer {
    const open = this.#open
    const from = open?.separator.offset ?? this.#found?.offset ?? this.#scan
    if (open !== null && this.#window.end - from > MAX_MESSAGE) open.isTooLarge = true
    return this.#window.makeRoom((open?.isTooLarge ? this.#scan : from) - MARGIN)
  }

  took(count: number): void {
    this.#window.took(count)
  }

  /** Goes to a separator line whose place is known; `next` gives its message, or null when none stands there any more. */
  moveTo(offset: number): void {
    this.#window.moveTo(offset)
    this.#search = null
    this.#open = null
    this.#found = null
    this.#scan = offset
    this.#isJumping = true
  }

  /** The next message; null: there is none. */
  next(): SplitMessage | More | null {
    if (this.#start !== null && !this.#findStart(this.#start)) return MORE
    if (this.#isJumping) {
      const found = this.#land()
      if (found === MORE || found === null) return found
      this.#found = found
    }
    for (;;) {
      if (this.#found !== null && !this.#openFound(this.#found)) return MORE
      const place = this.#nextPlace()
      if (place === MORE) return MORE
      if (place === null && this.#open === null) return this.#endWithout()
      const message = place === null ? this.#close(null) : this.#pass(place)
      if (message !== null) return message
    }
  }

  #findStart(start: TextStartSearch): boolean {
    const text = start.find()
    this.#scan = start.offset
    if (text === null) return false
    this.#text = text
    this.#start = null
    return true
  }

  #land(): Candidate | More | null {
    const at = this.#scan - this.#window.base
    if (!this.#reaches(this.#scan + LENGTH_AHEAD)) return MORE
    this.#isJumping = false
    return this.#window.octets.toString('latin1', at, at + 5) === 'From ' ? this.#examine(this.#scan) : null
  }

  /** Whether the octets up to an offset are at hand, or all there are. */
  #reaches(offset: number): boolean {
    return this.#window.isEnd || this.#window.end >= offset
  }

  #examine(offset: number): Candidate {
    const { octets, base } = this.#window
    const { lineEnding, offset: textStart } = this.#text
    return examine({ octets, at: offset - base, base, lineEnding, textStart })
  }

  #openFound(separator: Candidate): boolean {
    const { octets, base } = this.#window
    const body = findBody(octets, separator.next - base, this.#text.lineEnding)
    if (body < 0 && !this.#reaches(separator.next + HEAD_LIMIT)) return false
    this.#found = null
    this.#scan = separator.next
    this.#open = {
      separator,
      bodyStart: body < 0 ? -1 : base + body,
      inDoubt: this.#doubtNext || !isBeyondDoubt(separator) || separator.offset < this.#partEnd,
      hasBareFrom: false,
      isTooLarge: false,
      head: '',
      believed: undefined,
      refutedEnd: 0,
    }
    this.#doubtNext = false
    return true
  }

  /** The next place that may be a separator; null: there is none up to the end. */
  #nextPlace(): Candidate | More | null {
    const offset = this.#nextOffset()
    if (offset >= 0) return this.#reaches(offset + LENGTH_AHEAD) ? this.#examine(offset) : MORE
    this.#scan = Math.max(this.#scan, this.#window.end - MARGIN)
    return this.#window.isEnd ? null : MORE
  }

  #nextOffset(): number {
    const { octets, base, end } = this.#window
    const from = this.#scan
    if (from === this.#text.offset && octets.toString('latin1', from - base, from - base + 5) === 'From ') return from
    this.#search ??= new SeparatorSearch(this.#window, this.#text.lineEnding)
    const open = this.#open
    return this.#search.next(from, open === null ? end : Math.max(open.bodyStart, open.separator.next))
  }

  /** Takes note of a place; gives the message that ends there. */
  #pass(place: Candidate): SplitMessage | More | null {
    if (this.#open === null) return this.#passPrefix(place)
    const dialect = this.#dialect
    const doesSeparate = dialect !== null && separates(place, dialect)
    if (doesSeparate && !this.#findLength(this.#open, place.offset)) return MORE
    const isInside = place.offset < (this.#open.believed?.next ?? 0)
    if (doesSeparate && !isInside) return this.#close(place)
    this.#open.inDoubt ||= doesSeparate || mightSeparate(place)
    this.#open.hasBareFrom ||= place.follows === null
    this.#scan = place.next
    return null
  }

  #passPrefix(place: Candidate): null {
    this.#firstFromIsDated ??= place.isDated
    const dialect: Dialect = {
      lineEnding: this.#text.lineEnding,
      firstIsDated: this.#firstFromIsDated,
      firstIsPatch: place.isPatch,
    }
    this.#scan = place.next
    if (!separates(place, dialect)) return null
    this.#dialect = dialect
    this.#found = place
    this.#prefix = this.#prefixUpTo(place.offset)
    return null
  }

  #endWithout(): null {
    if (this.#dialect === null) this.#prefix = this.#prefixUpTo(this.#window.end)
    return null
  }

  #prefixUpTo(offset: number): number {
    const { hasNuls, markLength, offset: start } = this.#text
    return hasNuls || offset > start ? offset - markLength : 0
  }

  /** Finds out whether a Content-Length field tells where the message ends. */
  #findLength(open: OpenMessage, until: number): boolean {
    if (open.believed !== undefined) return true
    open.head = this.#headOf(open, until)
    const dialect = this.#dialect
    let believed: BelievedLength | null = null
    for (const length of this.#options.trustsLengths ? declaredLengths(open.head) : []) {
      const answer = dialect && this.#tryLength(open.bodyStart, length, dialect)
      if (answer === MORE) return false
      believed ??= answer
      if (answer === null) open.refutedEnd = open.bodyStart + length
    }
    open.believed = believed
    return true
  }

  #headOf({ separator, bodyStart, isTooLarge }: OpenMessage, until: number): string {
    const { octets, base } = this.#window
    if (bodyStart < 0 || bodyStart > until || isTooLarge) return ''
    return octets.toString('latin1', separator.next - base, bodyStart - base)
  }

  #tryLength(bodyStart: number, length: number, dialect: Dialect): BelievedLength | More | null {
    const bodyEnd = bodyStart + length
    const { far } = this.#options
    if (far !== null && bodyEnd > far.size) return null
    if (this.#reaches(bodyEnd + LENGTH_AHEAD)) return believe(this.#window, bodyEnd, dialect)
    if (far === null) return length > MAX_LENGTH ? null : MORE
    const base = Math.max(bodyEnd - LENGTH_BEHIND, 0)
    const octets = far.peek(base, LENGTH_AHEAD + LENGTH_BEHIND)
    return believe({ octets, base, isEnd: base + octets.length >= far.size }, bodyEnd, dialect)
  }

  /** Ends the open message before a separator, or at the end of the file. */
  #close(separator: Candidate | null): SplitMessage | More | null {
    const open = this.#open
    const { base, end } = this.#window
    const until = separator?.offset ?? end
    if (open === null || !this.#findLength(open, until)) return MORE
    const isSure = open.believed !== null || separator === null || open.isTooLarge
    if (!isSure && !this.#endsItsParts(open, separator)) return MORE
    if (!isSure && this.#isOverlong(open, until)) {
      open.inDoubt = true
      this.#doubtNext = true
    }
    this.#open = null
    this.#found = separator
    this.#scan = until
    const bodyEnd = open.believed?.bodyEnd ?? this.#bodyEnd(open, separator, until)
    return {
      offset: open.separator.offset,
      fromLine: open.separator.line,
      octets: open.isTooLarge ? NOTHING : this.#window.octets.subarray(open.separator.next - base, bodyEnd - base),
      hasLength: open.believed !== null,
      hasBareFrom: open.hasBareFrom,
      boundsInDoubt: open.inDoubt || (separator !== null && !isBeyondDoubt(separator)) || until < this.#partEnd,
      isTooLarge: open.isTooLarge,
    }
  }

  /** The end of the message without the empty line before a separator. */
  #bodyEnd(open: OpenMessage, separator: Candidate | null, until: number): number {
    if (separator !== null && separator.follows !== null) return until
    const { octets, base } = this.#window
    return Math.max(until - emptyLineBefore(octets, until - base, this.#text.lineEnding), open.separator.next)
  }

  /** Whether a Content-Length that is not believed reaches beyond the message, so that who believes it reads on. */
  #isOverlong(open: OpenMessage, until: number): boolean {
    if (open.refutedEnd <= until) return false
    const { octets, base } = this.#window
    const body = octets.subarray(open.bodyStart - base, until - base)
    return !countsOtherLineEndings(body, open.refutedEnd - open.bodyStart)
  }

  /** Notes where the parts of the open message end, if they go on behind the separator: a mail inside a mail then. */
  #endsItsParts(open: OpenMessage, separator: Candidate): boolean {
    const boundary = declaredBoundary(open.head)
    if (boundary === null) return true
    const { octets, base } = this.#window
    const body = octets.subarray(open.bodyStart - base, separator.offset - base)
    if (body.lastIndexOf(`--${boundary}--`, undefined, 'latin1') >= 0) return true
    if (!this.#reaches(separator.offset + MAX_PART)) return false
    const behind = octets.subarray(separator.offset - base, separator.offset - base + MAX_PART)
    const at = behind.indexOf(boundary, 0, 'latin1')
    const isDelimiter = at > 2 && /[\r\n]--/.test(behind.toString('latin1', at - 3, at))
    if (isDelimiter) this.#partEnd = Math.max(this.#partEnd, separator.offset + at)
    return true
  }
}

const NOTHING = Buffer.alloc(0)
