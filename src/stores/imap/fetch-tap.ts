import type { ImapFlow } from 'imapflow'
import { readFetch } from './fetch-answer.js'
import type { FetchedItems } from './items.js'

/** Takes one answer; reading stops until it is done. */
export type TakeItems = (items: FetchedItems) => Promise<void> | undefined

/** What of the client's own reader of answers is needed; where it looks otherwise, nothing is tapped. */
interface Streamer {
  _transform(chunk: Buffer, encoding: string, next: (error?: Error) => void): void
  readonly state: unknown
  readonly lineBytes: unknown
  readonly inputBuffer: unknown
  readonly literals: unknown
}

/** Literals above this are left to the client, which refuses them. */
const LARGEST_LITERAL = 512 << 20
/** A line that came in more pieces is left to the client, which knows a limit. */
const LONGEST_LINE = 32
const LINE = 1
const LF = 10
const taps = new WeakMap<ImapFlow, FetchTap | null>()

/**
 * Hands the FETCH answers of a command over as they come, before the client reads them: its own reader takes longer than the
 * server, octet by octet. All else, and any answer that is not understood, goes on to the client.
 *
 * @returns ends it; null where this version of the client cannot be tapped
 */
export function tapFetches(client: ImapFlow, take: TakeItems): (() => void) | null {
  let tap = taps.get(client)
  if (tap === undefined) {
    tap = 'streamer' in client && isStreamer(client.streamer) ? new FetchTap(client.streamer) : null
    taps.set(client, tap)
  }
  return tap?.open(take) ?? null
}

function isStreamer(value: unknown): value is Streamer {
  if (typeof value !== 'object' || value === null || !('_transform' in value) || !('state' in value)) return false
  return 'lineBytes' in value && 'inputBuffer' in value && 'literals' in value && typeof value._transform === 'function'
}

class FetchTap {
  readonly #streamer: Streamer
  readonly #pass: (octets: Buffer) => Promise<void>
  #take: TakeItems | null = null
  /** The answer that is being read: its lines and, between them, its literals. */
  #lines: Buffer[] = []
  #literals: Buffer[] = []
  /** The beginning of a line. */
  #line: Buffer[] = []
  /** Octets that the last literal still lacks. */
  #lacking = 0

  constructor(streamer: Streamer) {
    this.#streamer = streamer
    const original = streamer._transform.bind(streamer)
    this.#pass = (octets) =>
      new Promise((resolve, reject) => original(octets, 'buffer', (error) => (error ? reject(error) : resolve())))
    streamer._transform = (chunk, encoding, next) => {
      if (this.#take === null && !this.#holds) original(chunk, encoding, next)
      else
        this.#read(chunk).then(
          () => next(),
          (error: unknown) => next(error instanceof Error ? error : new Error(String(error))),
        )
    }
  }

  open(take: TakeItems): () => void {
    this.#take = take
    return () => {
      if (this.#take === take) this.#take = null
    }
  }

  get #holds(): boolean {
    return this.#lines.length > 0 || this.#line.length > 0
  }

  async #read(chunk: Buffer): Promise<void> {
    if (!this.#holds && !this.#isBetweenAnswers) return this.#pass(chunk)
    let at = 0
    while (at < chunk.length) {
      if (this.#take === null) return this.#giveUp(chunk.subarray(at))
      if (this.#lacking > 0) at = this.#fill(chunk, at)
      else {
        const end = chunk.indexOf(LF, at)
        if (end < 0) {
          this.#line.push(chunk.subarray(at))
          if (this.#line.length > LONGEST_LINE) await this.#giveUp(NOTHING)
          return
        }
        const taken = this.#endLine(chunk.subarray(at, end + 1))
        if (taken !== undefined) await taken
        at = end + 1
      }
    }
  }

  /** Whether the client's reader has read all answers to their ends. */
  get #isBetweenAnswers(): boolean {
    const { state, lineBytes, inputBuffer, literals } = this.#streamer
    return state === LINE && lineBytes === 0 && isEmpty(inputBuffer) && isEmpty(literals)
  }

  /** A literal that has come as a whole is not copied. */
  #fill(chunk: Buffer, at: number): number {
    if (this.#literals.length < this.#lines.length) {
      if (chunk.length - at >= this.#lacking) {
        const end = at + this.#lacking
        this.#literals.push(chunk.subarray(at, end))
        this.#lacking = 0
        return end
      }
      this.#literals.push(Buffer.allocUnsafeSlow(this.#lacking))
    }
    const literal = this.#literals.at(-1) ?? NOTHING
    const count = Math.min(this.#lacking, chunk.length - at)
    chunk.copy(literal, literal.length - this.#lacking, at, at + count)
    this.#lacking -= count
    return at + count
  }

  #endLine(rest: Buffer): Promise<void> | undefined {
    const line = this.#line.length === 0 ? rest : Buffer.concat([...this.#line, rest])
    this.#line = []
    this.#lines.push(line)
    const size = announcedBy(line)
    if (size === null) return this.#endAnswer()
    if (size > LARGEST_LITERAL) return this.#giveUp(NOTHING)
    this.#lacking = size
    if (size === 0) this.#literals.push(NOTHING)
    return undefined
  }

  #endAnswer(): Promise<void> | undefined {
    const items = readFetch(this.#lines, this.#literals)
    if (items === null || this.#take === null) return this.#giveUp(NOTHING)
    this.#forget()
    return this.#take(items)
  }

  /** Lets the client read what is held, and what follows. */
  async #giveUp(rest: Buffer): Promise<void> {
    const held: Buffer[] = []
    for (const [nth, line] of this.#lines.entries()) {
      const literal = this.#literals[nth]
      held.push(line)
      if (literal === undefined) continue
      const isLast = nth === this.#literals.length - 1
      held.push(isLast ? literal.subarray(0, literal.length - this.#lacking) : literal)
    }
    held.push(...this.#line, rest)
    this.#forget()
    await this.#pass(Buffer.concat(held))
  }

  #forget(): void {
    this.#lines = []
    this.#literals = []
    this.#line = []
    this.#lacking = 0
  }
}

const NOTHING = Buffer.alloc(0)
const isEmpty = (value: unknown): boolean => Array.isArray(value) && value.length === 0

/** The size of the literal that follows a line; null: none follows. */
function announcedBy(line: Buffer): number | null {
  if (line.at(-1) !== LF) return null
  const match = /\{(\d{1,15})\}\r?\n$/.exec(line.toString('latin1', Math.max(0, line.length - 20)))
  return match === null ? null : Number(match[1])
}
