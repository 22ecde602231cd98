import {
  closeSync,
  constants,
  fsync,
  fsyncSync,
  futimesSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { promisify } from 'node:util'
import { EXIT, MbauditError } from '../errors.js'
import { codeOf, giveWay, whyOf } from './file-reader.js'
import { openablePath } from './octet-name.js'
import { type Owner, PRIVATE_FILE, takeAfter } from './permissions.js'

/** A file that is to be made. */
export interface NewFile {
  /** Octets. */
  readonly path: string
  readonly octets: Buffer
  /** Seconds since 1970 for its time of modification; null: now. */
  readonly time: number | null
}

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)
/**
 * Files flushed together. What flushes have in common (a journal's commit) is then paid for once: two to ten times as fast as
 * flushing one by one, the more so the busier the disk is.
 */
const TOGETHER = 256
const flush = promisify(fsync)

/**
 * Makes files and has them on the disk when it returns, their directories' entries apart (`syncDirectory`). What lies at a path
 * already was left by a run that was cut off, and is replaced: paths are nobody else's.
 *
 * @param owner - the directory's
 * @throws a system error; files made until then stay
 */
export async function writeNewFiles(files: readonly NewFile[], owner: Owner): Promise<void> {
  for (let from = 0; from < files.length; from += TOGETHER) await writeSome(files.slice(from, from + TOGETHER), owner)
}

async function writeSome(files: readonly NewFile[], owner: Owner): Promise<void> {
  const open: number[] = []
  try {
    for (const file of files) open.push(writeFile(file, owner))
    const flushed = await Promise.allSettled(open.map((fd) => flush(fd)))
    const failed = flushed.find((each) => each.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  } finally {
    for (const fd of open) closeSync(fd)
  }
}

/** @returns the open file, written and not flushed */
function writeFile({ path, octets, time }: NewFile, owner: Owner): number {
  const fd = create(path)
  try {
    writeAll(fd, octets)
    owner.take(fd)
    if (time !== null) setTime(fd, time)
    return fd
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** Seconds before 1970 are taken for now, where they come as a number. */
function setTime(fd: number, seconds: number): void {
  const time = new Date(seconds * 1000)
  futimesSync(fd, time, time)
}

function create(path: string): number {
  const openable = openablePath(path)
  try {
    return openSync(openable, CREATE, PRIVATE_FILE)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    unlinkSync(openable)
    return openSync(openable, CREATE, PRIVATE_FILE)
  }
}

function writeAll(fd: number, octets: Buffer): void {
  for (let at = 0; at < octets.length; ) at += writeSync(fd, octets, at)
}

/**
 * Puts a file in the place of another at once: who reads it sees the old or the new one whole. It keeps the old one's mode, and
 * its owner and group where we may give it to them.
 *
 * @param temporary - octets of a path in the same directory, nobody else's
 */
export function replaceFile({ path, octets, time }: NewFile, temporary: string, owner: Owner): void {
  const old = lstatSync(openablePath(path), { throwIfNoEntry: false })
  const fd = writeFile({ path: temporary, octets, time }, owner)
  try {
    if (old?.isFile()) takeAfter(fd, old)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(openablePath(temporary), openablePath(path))
}

/** Has the entries of a directory on the disk. Where a system cannot flush directories it is left to it. */
export function syncDirectory(path: string): void {
  const fd = openSync(openablePath(path), constants.O_RDONLY)
  try {
    fsyncSync(fd)
  } catch (error) {
    if (codeOf(error) !== 'EINVAL' && codeOf(error) !== 'EPERM') throw error
  } finally {
    closeSync(fd)
  }
}

/** Takes a file away; none there is no error. @returns whether there was one */
export function removeFile(path: string): boolean {
  try {
    unlinkSync(openablePath(path))
    return true
  } catch (error) {
    // A file system that is read-only says so whether there is such a file or not.
    const isNone = codeOf(error) === 'EROFS' && lstatSync(openablePath(path), { throwIfNoEntry: false }) === undefined
    if (codeOf(error) !== 'ENOENT' && !isNone) throw error
    return false
  }
}

/** Lets other work run every so often in the midst of synchronous changes. */
export async function giveWayAt(n: number): Promise<void> {
  if (n % 200 === 199) await giveWay()
}

/** What a system error means for who wanted to write. Whatever has no system code is a bug and is thrown on. */
export function writingFailure(error: unknown, store: string, folder: string): MbauditError {
  if (error instanceof MbauditError) return error
  const code = codeOf(error)
  const place = { store, folder }
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new MbauditError(
      'QUOTA_EXCEEDED',
      EXIT.partial,
      'no room is left',
      'Make room and run it again.',
      place,
      error,
    )
  const hint = hintToWrite(error, 'Run it as a user who may write there, or see what the disk has.')
  return new MbauditError('REFUSED', EXIT.partial, `cannot be written to: ${whyOf(error)}`, hint, place, error)
}

/** What to do about a system error that keeps us from writing. */
export const hintToWrite = (error: unknown, otherwise: string): string =>
  codeOf(error) === 'EROFS' ? 'Mount it so that it can be written to, or see why the system does not.' : otherwise
