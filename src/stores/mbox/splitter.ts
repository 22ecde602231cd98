import { type Candidate, type Dialect, isBeyondDoubt, LOOK_AHEAD, mightSeparate, separates } from './candidate.js'
import { findBody, HEAD_LIMIT } from './head.js'
import { bodyEndOf, findLength, findPartBehind, isOverlong } from './message-end.js'
import { PlaceSearch } from './place-search.js'
import {
  MORE,
  type More,
  type OpenMessage,
  openMessage,
  type SplitMessage,
  type SplitOptions,
  type SplitState,
} from './split-message.js'
import { PLAIN_START, prefixUpTo, TextStartSearch } from './text-start.js'
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
  readonly #window: OctetWindow
  readonly #options: SplitOptions
  #places: PlaceSearch
  #dialect: Dialect | null
  /** null: the start was found. */
  #start: TextStartSearch | null
  #prefix = 0
  #firstFromIsDated: boolean | null = null
  /** What lies before it was searched. */
  #scan = 0
  #open: OpenMessage | null = null
  /** A separator whose message is to be opened. */
  #found: Candidate | null = null
  #isJumping = false
  /** Where the search for a first separator is given up. */
  #searchEnd = Number.POSITIVE_INFINITY
  #doubtNext = false
  /** Messages that start before it lie inside a multipart that began before them. */
  #partEnd = 0

  /** @param window - whose memory is used, by one splitter at a time */
  constructor(options: SplitOptions, dialect: Dialect | null = null, window: OctetWindow = new OctetWindow()) {
    this.#options = options
    this.#window = window
    this.#dialect = dialect
    this.#start = dialect === null ? new TextStartSearch(this.#window, options.far) : null
    const lineEnding = dialect?.lineEnding ?? PLAIN_START.lineEnding
    this.#places = new PlaceSearch(window, { ...PLAIN_START, lineEnding })
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

  /** How to go on from the separator that ended the last message; null: none did. */
  get state(): SplitState | null {
    if (this.#found === null) return null
    return { offset: this.#found.offset, doubtNext: this.#doubtNext, partEnd: this.#partEnd }
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
    this.#places = new PlaceSearch(this.#window, this.#places.text)
    this.#open = null
    this.#found = null
    this.#scan = offset
    this.#isJumping = true
  }

  /** Goes on as a splitter would that read the file up to this separator. */
  resume({ offset, doubtNext, partEnd }: SplitState): void {
    this.moveTo(offset)
    this.#doubtNext = doubtNext
    this.#partEnd = partEnd
  }

  /** Goes to the first separator in [from, until) that is beyond doubt, and gives no message where there is none. */
  seek(from: number, until: number): void {
    this.moveTo(from)
    this.#isJumping = false
    this.#searchEnd = until
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
      if (place === null && this.#open === null) {
        if (this.#dialect === null) this.#prefix = prefixUpTo(this.#places.text, this.#window.end)
        return null
      }
      const message = place === null ? this.#close(null) : this.#pass(place)
      if (message !== null) return message
    }
  }

  #findStart(start: TextStartSearch): boolean {
    const text = start.find()
    this.#scan = start.offset
    if (text === null) return false
    this.#places = new PlaceSearch(this.#window, text)
    this.#start = null
    return true
  }

  #land(): Candidate | More | null {
    const at = this.#scan - this.#window.base
    if (!this.#window.reaches(this.#scan + JUDGED_WITHIN)) return MORE
    this.#isJumping = false
    return this.#window.octets.toString('latin1', at, at + 5) === 'From ' ? this.#places.examine(this.#scan) : null
  }

  #openFound(separator: Candidate): boolean {
    const { octets, base } = this.#window
    const body = findBody(octets, separator.next - base, this.#places.text.lineEnding)
    if (body < 0 && !this.#window.reaches(separator.next + HEAD_LIMIT)) return false
    this.#found = null
    this.#scan = separator.next
    const inDoubt = this.#doubtNext || !isBeyondDoubt(separator) || separator.offset < this.#partEnd
    this.#open = openMessage(separator, body < 0 ? -1 : base + body, inDoubt)
    this.#doubtNext = false
    return true
  }

  /** The next place that may be a separator; null: there is none up to the end. */
  #nextPlace(): Candidate | More | null {
    if (this.#open === null && this.#scan >= this.#searchEnd) return null
    const offset = this.#places.next(this.#scan, this.#open)
    if (offset >= 0) return this.#window.reaches(offset + JUDGED_WITHIN) ? this.#places.examine(offset) : MORE
    this.#scan = Math.max(this.#scan, this.#window.end - MARGIN)
    return this.#window.isEnd ? null : MORE
  }

  /** Takes note of a place; gives the message that ends there. */
  #pass(place: Candidate): SplitMessage | More | null {
    const dialect = this.#dialect
    if (this.#open === null) return dialect === null ? this.#passPrefix(place) : this.#passUnread(place, dialect)
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
      lineEnding: this.#places.text.lineEnding,
      firstIsDated: this.#firstFromIsDated,
      firstIsPatch: place.isPatch,
    }
    this.#scan = place.next
    const doesSeparate = separates(place, dialect)
    this.#tell(place, doesSeparate ? 'separator' : 'none')
    if (!doesSeparate) return null
    this.#dialect = dialect
    this.#found = place
    this.#prefix = prefixUpTo(this.#places.text, place.offset)
    return null
  }

  /** Takes a separator that is beyond doubt for one where a message starts, whatever stands before it. */
  #passUnread(place: Candidate, dialect: Dialect): null {
    this.#scan = place.next
    if (place.offset < this.#searchEnd && separates(place, dialect) && isBeyondDoubt(place)) this.#found = place
    return null
  }

  #tell(place: Candidate, as: 'separator' | 'text' | 'none'): void {
    this.#options.watch?.(place, { as, isInPart: place.offset < this.#partEnd })
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
    const bodyEnd = open.believed?.bodyEnd ?? bodyEndOf(open, separator, this.#window, this.#places.text.lineEnding)
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
