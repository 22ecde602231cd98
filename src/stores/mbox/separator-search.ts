import type { LineEnding } from './candidate.js'
import type { OctetWindow } from './window.js'

/**
 * Finds places that may be From_ lines, by native searches alone: `From ` at the start of a line, behind a NUL, and (where
 * only an address can betray it) in the middle of a line.
 */
export class SeparatorSearch {
  readonly #window: OctetWindow
  readonly #atLine: NeedleSearch
  readonly #behindNul: NeedleSearch
  readonly #atSign: NeedleSearch
  /** How far lines were searched for a From_ line in their middle. */
  #middle = 0

  constructor(window: OctetWindow, lineEnding: LineEnding) {
    this.#window = window
    this.#atLine = new NeedleSearch(window, Buffer.from(`${String.fromCharCode(lineEnding)}From `), 1)
    this.#behindNul = new NeedleSearch(window, Buffer.from('\0From '), 1)
    this.#atSign = new NeedleSearch(window, AT, 0)
  }

  /**
   * The first place from `from` on; -1: none in what is at hand.
   *
   * @param bodyFrom - where the body begins: lines of the header are not searched in their middle
   */
  next(from: number, bodyFrom: number): number {
    const line = this.#atLine.next(from)
    const nul = this.#behindNul.next(from)
    const until = earlier(line, nul)
    return earlier(until, this.#inLine(Math.max(from, bodyFrom), until < 0 ? this.#window.end : until))
  }

  /** A From_ line `From sender@host …` in [from, until) that starts in the middle of a line. */
  #inLine(from: number, until: number): number {
    const { octets, base } = this.#window
    let at = this.#atSign.next(Math.max(from, this.#middle))
    while (at >= 0 && at < until) {
      const start = senderStart(octets, at - base)
      if (start >= from - base && isFrom(octets, start)) return base + start
      at = this.#atSign.next(at + 1)
    }
    this.#middle = Math.max(this.#middle, until)
    return -1
  }
}

const AT = 0x40
const SPACE = 0x20
const MAX_SENDER = 80

const earlier = (a: number, b: number): number => (a < 0 ? b : b < 0 ? a : Math.min(a, b))

/** Where `From ` would start, if the word around the `@` were the sender; -1 where that word is too long. */
function senderStart(octets: Buffer, at: number): number {
  const limit = at - MAX_SENDER
  let start = at - 1
  while (start > limit && (octets[start] ?? 0) > SPACE) start--
  return octets[start] === SPACE ? start - 4 : -1
}

function isFrom(octets: Buffer, start: number): boolean {
  return (
    octets[start] === 0x46 && octets[start + 1] === 0x72 && octets[start + 2] === 0x6f && octets[start + 3] === 0x6d
  )
}

/** Looks for a needle; remembers what it found, and how far it looked in vain. */
class NeedleSearch {
  readonly #window: OctetWindow
  readonly #needle: Buffer | number
  readonly #lead: number
  readonly #length: number
  #found = -1
  #searched = 0

  /** @param lead - how many of its octets stand before the place that is looked for */
  constructor(window: OctetWindow, needle: Buffer | number, lead: number) {
    this.#window = window
    this.#needle = needle
    this.#lead = lead
    this.#length = typeof needle === 'number' ? 1 : needle.length
  }

  next(from: number): number {
    if (this.#found >= from) return this.#found
    const { octets, base, end } = this.#window
    const index = octets.indexOf(this.#needle, Math.max(from - this.#lead, this.#searched, base) - base)
    this.#found = index < 0 ? -1 : base + index + this.#lead
    if (index < 0) this.#searched = end - this.#length + 1
    return this.#found
  }
}
