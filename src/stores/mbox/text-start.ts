import type { LineEnding } from './candidate.js'
import type { FarSight } from './split-message.js'
import type { OctetWindow } from './window.js'

/** Where the text of a file starts, and how its lines end. */
export interface TextStart {
  readonly offset: number
  readonly lineEnding: LineEnding
  /** Octets of a byte order mark. */
  readonly markLength: number
  /** Whether NULs stand before it, as a crash leaves them. */
  readonly hasNuls: boolean
}

/** Of a file that has nothing before its text. */
export const PLAIN_START: TextStart = { offset: 0, lineEnding: 10, markLength: 0, hasNuls: false }

/** Octets of what is no mail, where the first message starts at an offset or nothing but it stands before it. */
export function prefixUpTo({ hasNuls, markLength, offset: start }: TextStart, offset: number): number {
  return hasNuls || offset > start ? offset - markLength : 0
}

const LF = 10
const CR = 13
const NUL = 0
/** By so many octets without a line feed a file shows that it has lone CRs. */
const LINE_FEED_LIMIT = 1 << 19
const ENOUGH = 8192

/** Looks for the start of the text, in a file that is fed octet by octet: past a byte order mark, NULs and empty lines. */
export class TextStartSearch {
  readonly #window: OctetWindow
  readonly #far: FarSight | null
  #lineEnding: LineEnding | null = null
  #markLength = 0
  #hasNuls = false
  /** What lies before it is passed. */
  offset = 0

  constructor(window: OctetWindow, far: FarSight | null) {
    this.#window = window
    this.#far = far
  }

  /** null: more octets are needed. */
  find(): TextStart | null {
    this.#lineEnding ??= this.#learnLineEnding()
    if (this.#lineEnding === null) return null
    const { octets, base, isEnd } = this.#window
    let at = this.offset - base
    for (; at < octets.length; at++) {
      const octet = octets[at]
      if (octet !== NUL && octet !== LF && octet !== CR) break
      this.#hasNuls ||= octet === NUL
    }
    this.offset = base + at
    if (at === octets.length && !isEnd) return null
    return {
      offset: this.offset,
      lineEnding: this.#lineEnding,
      markLength: this.#markLength,
      hasNuls: this.#hasNuls,
    }
  }

  #learnLineEnding(): LineEnding | null {
    const { octets, isEnd } = this.#window
    const hasLineFeed = octets.indexOf(LF) >= 0
    if (!isEnd && octets.length < (hasLineFeed ? ENOUGH : LINE_FEED_LIMIT)) return null
    this.#markLength = octets.toString('latin1', 0, 3) === '\xef\xbb\xbf' ? 3 : 0
    this.offset = this.#markLength
    const isFarFed = !hasLineFeed && !isEnd && this.#far?.hasLineFeed() === true
    return hasLineFeed || isFarFed || octets.indexOf(CR) < 0 ? LF : CR
  }
}
