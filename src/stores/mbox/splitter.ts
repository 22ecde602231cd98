import {
  type Candidate,
  type Dialect,
  examine,
  isBeyondDoubt,
  LOOK_AHEAD,
  mightSeparate,
  separates,
} from './candidate.js'
import { findBody, HEAD_LIMIT } from './head.js'
import { bodyEndOf, findLength, findPartBehind, isOverlong } from './message-end.js'
import { SeparatorSearch } from './separator-search.js'
import { MORE, type More, type OpenMessage, type SplitMessage, type SplitOptions } from './split-message.js'
import { PLAIN_START, type TextStart, TextStartSearch } from './text-start.js'
import { OctetWindow } from './window.js'

/** Larger messages are told of and not held. */
const MAX_MESSAGE = 2 ** 30
/** So many octets behind a place are at hand when it is looked at: its line and the next. */
const JUDGED_WITHIN = 2 * LOOK_AHEAD
/** So many octets before the place that is looked at stay at hand. */
const MARGIN = 128
/** So many octets before a separator line tell whether an empty line stands there. */
const LOOK_BEHIND = 3

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
    this.#window.moveTo(Math.max(0, offset - LOOK_BEHIND))
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
    if (!this.#window.reaches(this.#scan + JUDGED_WITHIN)) return MORE
    this.#isJumping = false
    return this.#window.octets.toString('latin1', at, at + 5) === 'From ' ? this.#examine(this.#scan) : null
  }

  #examine(offset: number): Candidate {
    const { octets, base } = this.#window
    const { lineEnding, offset: textStart } = this.#text
    return examine({ octets, at: offset - base, base, lineEnding, textStart })
  }

  #openFound(separator: Candidate): boolean {
    const { octets, base } = this.#window
    const body = findBody(octets, separator.next - base, this.#text.lineEnding)
    if (body < 0 && !this.#window.reaches(separator.next + HEAD_LIMIT)) return false
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
    if (offset >= 0) return this.#window.reaches(offset + JUDGED_WITHIN) ? this.#examine(offset) : MORE
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
    if (doesSeparate && !findLength(this.#open, place.offset, this.#window, this.#options, dialect)) return MORE
    const isInside = place.offset < (this.#open.believed?.next ?? 0)
    if (doesSeparate && !isInside) return this.#close(place)
    this.#tell(place, 'text')
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
    const doesSeparate = separates(place, dialect)
    this.#tell(place, doesSeparate ? 'separator' : 'none')
    if (!doesSeparate) return null
    this.#dialect = dialect
    this.#found = place
    this.#prefix = this.#prefixUpTo(place.offset)
    return null
  }

  #tell(place: Candidate, as: 'separator' | 'text' | 'none'): void {
    this.#options.watch?.(place, { as, isInPart: place.offset < this.#partEnd })
  }

  #endWithout(): null {
    if (this.#dialect === null) this.#prefix = this.#prefixUpTo(this.#window.end)
    return null
  }

  #prefixUpTo(offset: number): number {
    const { hasNuls, markLength, offset: start } = this.#text
    return hasNuls || offset > start ? offset - markLength : 0
  }

  /** Ends the open message before a separator, or at the end of the file. */
  #close(separator: Candidate | null): SplitMessage | More | null {
    const open = this.#open
    const { base, end } = this.#window
    const until = separator?.offset ?? end
    if (open === null || !findLength(open, until, this.#window, this.#options, this.#dialect)) return MORE
    const isSure = open.believed !== null || separator === null || open.isTooLarge
    const partEnd = isSure ? 0 : findPartBehind(open, separator, this.#window)
    if (partEnd === MORE) return MORE
    this.#partEnd = Math.max(this.#partEnd, partEnd)
    if (!isSure && isOverlong(open, until, this.#window)) {
      open.inDoubt = true
      this.#doubtNext = true
    }
    if (separator !== null) this.#tell(separator, 'separator')
    this.#open = null
    this.#found = separator
    this.#scan = until
    const bodyEnd = open.believed?.bodyEnd ?? bodyEndOf(open, separator, this.#window, this.#text.lineEnding)
    return {
      offset: open.separator.offset,
      fromLine: open.separator.line,
      start: open.separator.next,
      octets: open.isTooLarge ? NOTHING : this.#window.octets.subarray(open.separator.next - base, bodyEnd - base),
      hasLength: open.believed !== null,
      hasBareFrom: open.hasBareFrom,
      boundsInDoubt: open.inDoubt || (separator !== null && !isBeyondDoubt(separator)) || until < this.#partEnd,
      isTooLarge: open.isTooLarge,
    }
  }
}

const NOTHING = Buffer.alloc(0)
