import { once } from 'node:events'
import { Writable } from 'node:stream'
import type { ImapFlow, ImapResponse } from 'imapflow'
import { executing } from './command.js'
import type { WireOctets } from './wire-octets.js'

/** A part of a command: a line that announces a literal, and the literal. */
export interface Part {
  /** All of it, of the first part after the tag; without its line ending. */
  readonly line: string
  readonly octets: WireOctets
  /** Whether the server is to ask for the literal first. */
  readonly waits: boolean
}

/**
 * Sends a command with literals. They go out as fast as the connection takes them: imapflow itself would have all of them in
 * memory once more.
 *
 * @throws as `execute`
 */
export async function executeInParts(client: ImapFlow, parts: readonly Part[]): Promise<ImapResponse> {
  const sending = new Sending(client, parts)
  try {
    const { response, next } = await executing(client).exec(parts[0]?.line ?? '', [], {
      untagged: {},
      onSend: () => sending.goOn('sent'),
      onPlusTag: () => sending.goOn('asked'),
    })
    // The next command must not come between.
    await sending.end()
    next()
    return response
  } finally {
    await sending.end()
  }
}

const CRLF = '\r\n'
const AT_ONCE = 1 << 18

class Sending {
  readonly #client: ImapFlow
  readonly #parts: readonly Part[]
  #next = 0
  #done: Promise<void> = Promise.resolve()

  constructor(client: ImapFlow, parts: readonly Part[]) {
    this.#client = client
    this.#parts = parts
  }

  /** Sends the next literal, and all that may follow it, if its turn has come. */
  goOn(why: 'sent' | 'asked'): void {
    const first = this.#parts[this.#next]
    if (first === undefined || first.waits !== (why === 'asked')) return
    const from = this.#next
    const waiting = this.#parts.findIndex(({ waits }, at) => at > from && waits)
    const to = waiting < 0 ? this.#parts.length : waiting
    this.#next = to
    this.#done = this.#write(this.#octetsOf(from, to)).catch(() => this.#client.close())
  }

  /** Resolves when nothing more is being sent. What the server does not ask for stays unsent. */
  end(): Promise<void> {
    this.#next = this.#parts.length
    return this.#done
  }

  *#octetsOf(from: number, to: number): Generator<Buffer> {
    for (let at = from; at < to; at++) {
      const after = this.#parts[at + 1]
      yield* this.#parts[at]?.octets.pieces() ?? []
      yield Buffer.from(`${after?.line ?? ''}${CRLF}`)
    }
  }

  async #write(octets: Iterable<Buffer>): Promise<void> {
    const socket: unknown = Reflect.get(this.#client, 'writeSocket')
    if (!(socket instanceof Writable)) throw new TypeError('this version of imapflow lets nobody else write')
    for (const block of gathered(octets)) {
      if (socket.destroyed) return
      if (!socket.write(block)) await room(socket)
    }
  }
}

/** Resolves when more can be written, or nothing ever. */
async function room(socket: Writable): Promise<void> {
  const ending = new AbortController()
  const { signal } = ending
  try {
    await Promise.race(
      ['drain', 'close', 'error'].map((event) => once(socket, event, { signal }).catch(() => undefined)),
    )
  } finally {
    ending.abort()
  }
}

/** Puts small pieces together; large ones go as they are. */
function* gathered(pieces: Iterable<Buffer>): Generator<Buffer> {
  let small: Buffer[] = []
  let length = 0
  for (const piece of pieces) {
    if (length + piece.length > AT_ONCE && length > 0) {
      yield Buffer.concat(small, length)
      small = []
      length = 0
    }
    if (piece.length >= AT_ONCE) yield piece
    else {
      small.push(piece)
      length += piece.length
    }
  }
  if (length > 0) yield Buffer.concat(small, length)
}
