import { lstatSync, type Stats, statSync } from 'node:fs'
import { codeOf } from './file-reader.js'
import { openablePath } from './octet-name.js'
import type { FileFacts } from './readers.js'

/** Times of a change within these many milliseconds may be told by one clock tick: two changes look like one. */
const TICK = 50
/** The same where the file system keeps whole (FAT: even) seconds. */
const COARSE_TICK = 2_000

/** Proves a file unchanged that nobody rewrites in place, as a Maildir's. */
export function nameStamp(stats: FileFacts): string {
  return `${stats.size}.${micros(stats.mtimeMs)}.${placeOf(stats)}`
}

/**
 * Proves a file unchanged that may have been rewritten in place. Empty where a change could hide in the tick of the clock.
 *
 * @param readAt - milliseconds since 1970, from before the file was read
 */
export function contentStamp(stats: FileFacts, readAt: number): string {
  const tick = stats.ctimeMs % 1_000 === 0 ? COARSE_TICK : TICK
  // No program can set the time of change (ctime), and whatever alters the file moves it.
  if (readAt - stats.ctimeMs < tick) return ''
  return `${stats.size}.${micros(stats.mtimeMs)}.${micros(stats.ctimeMs)}.${placeOf(stats)}`
}

/** The file system object; inode numbers too large for a number are asked for anew, in full. */
export function objectOf(stats: FileFacts, path: string): string {
  if (Number.isSafeInteger(stats.ino)) return `${stats.dev}:${stats.ino}`
  const exact = statSync(openablePath(path), { bigint: true, throwIfNoEntry: false })
  return exact === undefined ? `${stats.dev}:${stats.ino}:${path}` : `${exact.dev}:${exact.ino}`
}

/** What a path names, links followed; undefined when there is nothing. `isLink` tells whether the last step was a link. */
export function statFile(path: string): { readonly stats: Stats; readonly isLink: boolean } | undefined {
  try {
    const openable = openablePath(path)
    const own = lstatSync(openable, NO_THROW)
    if (own === undefined) return undefined
    if (!own.isSymbolicLink()) return { stats: own, isLink: false }
    const target = statSync(openable, NO_THROW)
    return target === undefined ? undefined : { stats: target, isLink: true }
  } catch (error) {
    codeOf(error)
    return undefined
  }
}

const NO_THROW = { throwIfNoEntry: false } as const

/** Where the object lies, and whether it has another name: a link made later is news too. */
const placeOf = (stats: FileFacts): string => `${stats.dev}.${stats.ino}${stats.nlink > 1 ? '.l' : ''}`

/** A time in whole seconds and microseconds: numbers of this size are written far faster than one with a fraction. */
function micros(ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  return `${seconds}.${Math.round((ms - seconds * 1_000) * 1_000)}`
}
