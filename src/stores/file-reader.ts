import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { openablePath } from './octet-name.js'

/** What came of reading a file. `octets` is valid until the next file is read. */
export type FileRead =
  | { readonly kind: 'read'; readonly octets: Buffer; readonly stats: Stats; readonly isLink: boolean }
  | { readonly kind: 'gone' }
  /** No regular file: a directory, a socket, a pipe. */
  | { readonly kind: 'no-file'; readonly what: string }
  | { readonly kind: 'failed'; readonly why: string }

const FIRST_SIZE = 1 << 20
/** A buffer beyond this many octets is not kept for a smaller file. */
const KEPT_SIZE = 1 << 25
const LARGEST = 2 ** 31 - 2
/** A file younger than this many milliseconds may still be being written: it is looked at again after it was read. */
const YOUNG = 2_000
const TRIES = 4

// Where the system lacks one (macOS knows no O_NOATIME, Windows none of them) it is left out.
const NOFOLLOW = constants.O_NOFOLLOW ?? 0
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/**
 * Reads whole files into one buffer, which grows as needed. Nothing of them changes, not even the time of access where
 * the system lets us (O_NOATIME is for a file's owner alone). A pipe is not waited for (O_NONBLOCK).
 */
export class FileReader {
  #buffer = Buffer.allocUnsafeSlow(FIRST_SIZE)
  #noAtime = constants.O_NOATIME ?? 0

  /** @param path - octets of the path as a Latin-1 string */
  read(path: string): FileRead {
    try {
      return this.#readOpen(this.#open(path, NOFOLLOW), false)
    } catch (error) {
      return NOFOLLOW !== 0 && codeOf(error) === 'ELOOP' ? this.#readLink(path) : failureOf(error)
    }
  }

  /** The caller's own copy of octets that were just read. Many of them are handed over as they are, with nothing copied. */
  take(octets: Buffer): Buffer {
    if (octets.length <= FIRST_SIZE) return Buffer.from(octets)
    this.#buffer = Buffer.allocUnsafeSlow(FIRST_SIZE)
    return octets
  }

  /** Lets a buffer go that is too large to be kept until the next file. */
  shrink(): void {
    if (this.#buffer.length > KEPT_SIZE) this.#buffer = Buffer.allocUnsafeSlow(FIRST_SIZE)
  }

  #readLink(path: string): FileRead {
    try {
      return this.#readOpen(this.#open(path, 0), true)
    } catch (error) {
      const code = codeOf(error)
      if (code === 'ENOENT') return { kind: 'failed', why: 'a symbolic link to nothing' }
      return code === 'ELOOP' ? { kind: 'failed', why: 'a symbolic link to itself' } : failureOf(error)
    }
  }

  #open(path: string, flags: number): number {
    try {
      return openSync(openablePath(path), FLAGS | this.#noAtime | flags)
    } catch (error) {
      if (codeOf(error) !== 'EPERM' || this.#noAtime === 0) throw error
      const fd = openSync(openablePath(path), FLAGS | flags)
      this.#noAtime = 0
      return fd
    }
  }

  #readOpen(fd: number, isLink: boolean): FileRead {
    try {
      for (let tries = 0; tries < TRIES; tries++) {
        const stats = fstatSync(fd)
        if (!stats.isFile()) return { kind: 'no-file', what: kindOf(stats) }
        if (stats.size > LARGEST) return { kind: 'failed', why: 'larger than 2 GiB' }
        const octets = this.#fill(fd, stats.size)
        if (octets.length === stats.size && isSettled(fd, stats)) return { kind: 'read', octets, stats, isLink }
      }
      return { kind: 'failed', why: 'it changes while it is read' }
    } finally {
      closeSync(fd)
    }
  }

  /** Reads from the start to one octet beyond the size told, if there is one. */
  #fill(fd: number, size: number): Buffer {
    const needed = size + 1
    if (needed > this.#buffer.length || (this.#buffer.length > KEPT_SIZE && needed <= KEPT_SIZE)) {
      this.#buffer = Buffer.allocUnsafeSlow(Math.max(needed, FIRST_SIZE))
    }
    let filled = 0
    while (filled < needed) {
      const count = readSync(fd, this.#buffer, filled, needed - filled, filled)
      if (count === 0) break
      filled += count
      // A read that stops short of what was asked for, at the size told, has met the end.
      if (filled === size) break
    }
    return this.#buffer.subarray(0, filled)
  }
}

/** Lets other work run (signals, timers) in the midst of synchronous reading. */
export async function giveWay(): Promise<void> {
  await setImmediate()
}

function isSettled(fd: number, before: Stats): boolean {
  if (before.mtimeMs < Date.now() - YOUNG) return true
  const after = fstatSync(fd)
  return after.size === before.size && after.mtimeMs === before.mtimeMs && after.ctimeMs === before.ctimeMs
}

/** What kind of thing it is that is no file. */
export function kindOf(stats: { isDirectory(): boolean; isFIFO(): boolean; isSocket(): boolean }): string {
  if (stats.isDirectory()) return 'a directory'
  if (stats.isFIFO()) return 'a pipe'
  return stats.isSocket() ? 'a socket' : 'a device'
}

function failureOf(error: unknown): FileRead {
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'gone' }
  if (code === 'ENXIO') return { kind: 'no-file', what: 'a socket' }
  return { kind: 'failed', why: whyOf(error) }
}

/** The system's code of an error (`ENOENT` …). Whatever has none is a bug and is thrown on. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  throw error
}

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  EIO: 'input/output error',
  ENOENT: 'nothing is there',
  ENOTDIR: 'no directory',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files',
  ESTALE: 'the file server no longer knows it',
  ENAMETOOLONG: 'the name is too long',
}

/** A system error in words. */
export function whyOf(error: unknown): string {
  const code = codeOf(error)
  return WORDS[code] ?? code
}
