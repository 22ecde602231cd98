const ROOM = 1 << 20
const LEAST_FREE = ROOM / 2
const MODERATE = 1 << 23
const LARGE = 1 << 26
const NO_ROOM = Buffer.alloc(0)

/**
 * The stretch of a file that lies in memory. Places are offsets into the file; `octets` begins at `base`.
 * Grows for a message that is larger than the room, and shrinks again behind it.
 */
export class OctetWindow {
  #room = Buffer.allocUnsafe(ROOM)
  /** What is at hand. Written over by `makeRoom`: never keep a view of it. */
  octets: Buffer = this.#room.subarray(0, 0)
  /** Offset of the first octet at hand. */
  base = 0
  /** Whether the file ends behind `octets`. */
  isEnd = false

  /** Offset behind the last octet at hand. */
  get end(): number {
    return this.base + this.octets.length
  }

  /** Whether the octets up to an offset are at hand, or all there are. */
  reaches(offset: number): boolean {
    return this.isEnd || this.end >= offset
  }

  /** Forgets what lies before `keep` and gives the free room behind the rest; call `took` with what was put into it. */
  makeRoom(keep: number): Buffer {
    const from = Math.min(Math.max(keep - this.base, 0), this.octets.length)
    const rest = this.octets.length - from
    const free = this.#room.length - rest
    if (from === 0 && rest >= LEAST_FREE && free >= LEAST_FREE) return this.#room.subarray(rest)
    const wanted = roomFor(rest)
    const target = wanted === this.#room.length ? this.#room : Buffer.allocUnsafe(wanted)
    this.octets.copy(target, 0, from)
    this.#room = target
    this.base += from
    this.octets = target.subarray(0, rest)
    return target.subarray(rest)
  }

  /** Lets go of the memory, which is somebody else's from now on, and forgets what lies before `keep`. */
  handOver(keep: number): void {
    this.#room = NO_ROOM
    this.makeRoom(keep)
  }

  /** `count` octets were put into the room; none: the file ends here. */
  took(count: number): void {
    if (count === 0) this.isEnd = true
    this.octets = this.#room.subarray(0, this.octets.length + count)
  }

  /** Forgets all: another file is to be read. */
  clear(): void {
    this.octets = this.#room.subarray(0, 0)
    this.base = 0
    this.isEnd = false
  }

  /** Goes to another place of the file; what is at hand already stays. */
  moveTo(offset: number): void {
    if (offset >= this.base && offset < this.end) return
    this.clear()
    this.base = offset
  }
}

/** From a size on it grows at once to what most large messages fit into: each growth copies all, and leaves the old room behind. */
function roomFor(rest: number): number {
  let room = ROOM
  while (room - rest < Math.max(LEAST_FREE, rest / 2)) room = room === MODERATE ? LARGE : room * 2
  return room
}
