const LF = 10
const CR = 13
const NUL = 0
const PIECE = 1 << 18

/**
 * A message as it goes over the wire: each bare LF gets its CR, a lone CR stays. That is made piece by piece as it is sent, so
 * that a large message lies in memory once.
 */
export class WireOctets {
  readonly #bytes: Buffer
  readonly #isReady: boolean
  /** Octets that are sent. */
  readonly size: number

  constructor(bytes: Buffer) {
    const bare = countBare(bytes, undefined)
    this.#bytes = bytes
    this.#isReady = bare === 0
    this.size = bytes.length + bare
  }

  get hasNul(): boolean {
    return this.#bytes.includes(NUL)
  }

  /** All of them, in their order. */
  *pieces(): Generator<Buffer> {
    const bytes = this.#bytes
    for (let at = 0; at < bytes.length; at += PIECE) {
      const piece = bytes.subarray(at, at + PIECE)
      yield this.#isReady ? piece : withCrlf(piece, bytes[at - 1])
    }
  }
}

/** @param before - the octet that stands before the piece */
function countBare(piece: Buffer, before: number | undefined): number {
  let bare = 0
  for (let at = piece.indexOf(LF); at >= 0; at = piece.indexOf(LF, at + 1))
    if ((at === 0 ? before : piece[at - 1]) !== CR) bare++
  return bare
}

function withCrlf(piece: Buffer, before: number | undefined): Buffer {
  const made = Buffer.allocUnsafe(piece.length + countBare(piece, before))
  let length = 0
  let from = 0
  for (let at = piece.indexOf(LF); at >= 0; at = piece.indexOf(LF, at + 1)) {
    if ((at === 0 ? before : piece[at - 1]) === CR) continue
    length += piece.copy(made, length, from, at)
    made[length++] = CR
    from = at
  }
  piece.copy(made, length, from)
  return made
}
