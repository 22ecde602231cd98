import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, statSync } from 'node:fs'
import { codeOf } from '../file-reader.js'
import { openablePath } from '../octet-name.js'
import type { FarSight } from './split-message.js'

/** A file as it stood at one moment. */
export interface FileState {
  /** Equal for two moments: nothing was changed in between that the file system tells of. */
  readonly key: string
  readonly size: number
  /** `device:inode`. */
  readonly object: string
  readonly links: number
  /** When it was last changed, or its name or rights were; milliseconds since 1970. */
  readonly changed: number
  /** Whether the file system's times have parts of a second. */
  readonly hasFineTimes: boolean
}

/** A file opened for reading. Nothing is written, not even the time of access where the system lets it be. */
export class ReadableFile implements Disposable {
  readonly path: string
  readonly #fd: number

  /** @param path - octets of the path as a Latin-1 string */
  constructor(path: string) {
    this.path = path
    this.#fd = openUntouched(path)
  }

  state(): FileState {
    return stateOf(fstatSync(this.#fd, { bigint: true }))
  }

  /** The state of what goes by the file's name now; null when there is nothing. */
  stateByName(): FileState | null {
    const stats = statSync(openablePath(this.path), { bigint: true, throwIfNoEntry: false })
    return stats === undefined ? null : stateOf(stats)
  }

  isSymbolicLink(): boolean {
    return lstatSync(openablePath(this.path)).isSymbolicLink()
  }

  read(room: Buffer, offset: number): number {
    return readSync(this.#fd, room, 0, room.length, offset)
  }

  far(): FarSight {
    return {
      size: this.state().size,
      peek: (offset, length) => {
        const octets = Buffer.alloc(length)
        return octets.subarray(0, this.read(octets, offset))
      },
      hasLineFeed: () => this.#hasLineFeed(),
    }
  }

  #hasLineFeed(): boolean {
    const octets = Buffer.alloc(1 << 20)
    for (let offset = 0, count = 0; ; offset += count) {
      count = this.read(octets, offset)
      if (count === 0) return false
      if (octets.subarray(0, count).indexOf(10) >= 0) return true
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd)
  }
}

/** Linux alone lets a file be read without its time of access being set, and only its owner may. */
function openUntouched(octets: string): number {
  const path = openablePath(octets)
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
  try {
    return openSync(path, flags | (constants.O_NOATIME ?? 0))
  } catch (error) {
    if (codeOf(error) !== 'EPERM') throw error
    return openSync(path, flags)
  }
}

interface BigStats {
  readonly dev: bigint
  readonly ino: bigint
  readonly nlink: bigint
  readonly size: bigint
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
}

function stateOf(stats: BigStats): FileState {
  const isCtimeLater = stats.ctimeNs > stats.mtimeNs
  const latest = isCtimeLater ? stats.ctimeNs : stats.mtimeNs
  return {
    key: [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(':'),
    size: Number(stats.size),
    object: `${stats.dev}:${stats.ino}`,
    links: Number(stats.nlink),
    changed: Number(latest / 1_000_000n),
    hasFineTimes: latest % 1_000_000_000n !== 0n,
  }
}
