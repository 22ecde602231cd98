import { closeSync, constants, fstatSync, fsync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import { openablePath } from '../octet-name.js'

const flush = promisify(fsync)
/** Octets that are put together before they are written. */
const ROOM = 1 << 20
const FILE_MODE = 0o600

/** What a file is opened for: `append` never writes over what others put at its end. */
export type Purpose = 'append' | 'change' | 'new'

const FLAGS: Readonly<Record<Purpose, number>> = {
  append: constants.O_RDWR | constants.O_APPEND,
  change: constants.O_RDWR,
  new: constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC,
}

/** A file opened for writing. */
export class WritingFile implements Disposable {
  readonly path: string
  readonly #fd: number
  #appended = 0

  /** @param path - octets */
  constructor(path: string, purpose: Purpose) {
    this.path = path
    this.#fd = openSync(openablePath(path), FLAGS[purpose], FILE_MODE)
  }

  get size(): number {
    return fstatSync(this.#fd).size
  }

  /** `device:inode`. */
  get object(): string {
    const { dev, ino } = fstatSync(this.#fd, { bigint: true })
    return `${dev}:${ino}`
  }

  /** Whether the file still goes by its name. */
  get isNamed(): boolean {
    const stats = statSync(openablePath(this.path), { bigint: true, throwIfNoEntry: false })
    return stats !== undefined && `${stats.dev}:${stats.ino}` === this.object
  }

  /** The octets of [from, to), as far as the file has them. */
  read(from: number, to: number): Buffer {
    const room = Buffer.allocUnsafe(Math.max(0, to - from))
    let filled = 0
    while (filled < room.length) {
      const count = readSync(this.#fd, room, filled, room.length - filled, from + filled)
      if (count === 0) break
      filled += count
    }
    return room.subarray(0, filled)
  }

  /** Writes at a place, whatever lies there. */
  write(octets: Buffer, at: number): void {
    for (let done = 0; done < octets.length; )
      done += writeSync(this.#fd, octets, done, octets.length - done, at + done)
  }

  /** Octets that `append` has put there, whether it came to its end or not. */
  get appended(): number {
    return this.#appended
  }

  /** Writes at the end, one piece behind the other. Opened for `append`. */
  append(pieces: readonly Buffer[]): void {
    for (const block of gathered(pieces)) {
      for (let done = 0; done < block.length; ) {
        const written = writeSync(this.#fd, block, done)
        this.#appended += written
        done += written
      }
    }
  }

  truncate(size: number): void {
    ftruncateSync(this.#fd, size)
  }

  async sync(): Promise<void> {
    await flush(this.#fd)
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd)
  }
}

/** Puts small pieces together in one room, which is overwritten with the next; large ones go as they are. */
function* gathered(pieces: readonly Buffer[]): Generator<Buffer> {
  const room = Buffer.allocUnsafe(Math.min(ROOM, sumOf(pieces)))
  let length = 0
  for (const piece of pieces) {
    if (length + piece.length > room.length && length > 0) {
      yield room.subarray(0, length)
      length = 0
    }
    if (piece.length > room.length) yield piece
    else length += piece.copy(room, length)
  }
  if (length > 0) yield room.subarray(0, length)
}

const sumOf = (pieces: readonly Buffer[]): number => pieces.reduce((sum, piece) => sum + piece.length, 0)
