import { accessSync, constants, lstatSync, realpathSync, type Stats, statSync } from 'node:fs'
import type { EpochSeconds } from '../message/message.js'
import { codeOf, whyOf } from './file-reader.js'
import { counted, type ObservationNotes, shown, shownText } from './observation-notes.js'
import { openablePath } from './octet-name.js'
import type { FolderName, Locator } from './store.js'

/** Clocks of servers differ; a file's time beyond this many seconds from now is in the future. */
export const FUTURE = 86_400
/** Files with several names are remembered up to this many, to say where the others are. */
const LINKED_FILES = 10_000

/** What the files of a whole store are looked at with. */
export class FileLook {
  readonly now: EpochSeconds
  /** Real path of the store, octets. */
  readonly #root: string
  readonly #linked = new Map<string, string>()

  /** @param root - octets of the path */
  constructor(root: string, now: EpochSeconds) {
    this.now = now
    this.#root = realPathOf(root) ?? root
  }

  /**
   * Looks at a message's file, but not into it, and notes what is odd.
   *
   * @param ownerId - whom the folder belongs to; null where that is not known
   * @returns what the system says of the file, links followed; null: there is no regular file
   */
  examine(
    path: string,
    at: Locator,
    folder: FolderName,
    ownerId: number | null,
    notes: ObservationNotes,
  ): Stats | null {
    const stats = this.#stat(path, at, notes)
    if (stats?.isSymbolicLink() === true) return this.#examineLink(path, at, notes)
    if (stats?.isFile() !== true) return null
    if (stats.nlink > 1) this.#examineHardLink(stats, at, folder, notes)
    const why = whyClosed(path, stats, ownerId)
    if (why !== null) notes.note('unreadable-file', at, why)
    this.#examineTime(stats, at, notes)
    return stats
  }

  #stat(path: string, at: Locator, notes: ObservationNotes): Stats | undefined {
    try {
      return lstatSync(openablePath(path), { throwIfNoEntry: false })
    } catch (error) {
      notes.note('unreadable-file', at, whyOf(error))
      return undefined
    }
  }

  #examineLink(path: string, at: Locator, notes: ObservationNotes): Stats | null {
    try {
      const target = realpathSync.native(openablePath(path), { encoding: 'latin1' })
      const isInside = `${target}/`.startsWith(`${this.#root}/`)
      const where = isInside ? shown(target.slice(this.#root.length + 1)) : `${shown(target)}, outside the store`
      notes.note('symbolic-link', at, `it leads to ${where}`)
      const stats = statSync(openablePath(path))
      return stats.isFile() ? stats : null
    } catch (error) {
      const code = codeOf(error)
      const isBroken = code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR'
      if (isBroken) notes.note('broken-link', at, code === 'ELOOP' ? 'it leads to itself' : 'it leads to nothing')
      else notes.note('unreadable-file', at, `a symbolic link: ${whyOf(error)}`)
      return null
    }
  }

  #examineHardLink(stats: Stats, at: Locator, folder: FolderName, notes: ObservationNotes): void {
    const object = `${stats.dev}:${stats.ino}`
    const other = this.#linked.get(object)
    const whole = `one of ${counted(stats.nlink, 'name')} of one file`
    notes.note('hard-linked', at, other === undefined ? whole : `${whole}; another: ${other}`)
    if (other === undefined && this.#linked.size < LINKED_FILES)
      this.#linked.set(object, `${shownText(folder)} ${shownText(at)}`)
  }

  #examineTime(stats: Stats, at: Locator, notes: ObservationNotes): void {
    if (stats.mtimeMs / 1_000 > this.now + FUTURE)
      notes.note('file-time-implausible', at, `it is of ${dayOf(stats.mtimeMs / 1_000)}, in the future`)
  }
}

/** Why a file cannot be read, by us or by the one whom the folder belongs to; null: it can. */
function whyClosed(path: string, stats: Stats, ownerId: number | null): string | null {
  const mode = (stats.mode & 0o7777).toString(8).padStart(3, '0')
  if ((stats.mode & 0o444) !== 0o444 && !isOpenToUs(path)) return `we may not read it (mode ${mode})`
  if ((stats.mode & 0o444) === 0) return `nobody may read it (mode ${mode})`
  // What others may read, an owner of another name reads too. Access lists may grant more than a mode tells.
  const isAnothers = ownerId !== null && stats.uid !== ownerId && (stats.mode & 0o044) === 0
  return isAnothers
    ? `it belongs to user ${stats.uid} alone (mode ${mode}), the folder to user ${ownerId}, who likely may not read it`
    : null
}

function isOpenToUs(path: string): boolean {
  try {
    accessSync(openablePath(path), constants.R_OK)
    return true
  } catch (error) {
    return codeOf(error) === 'ENOENT'
  }
}

/** Octets; null where nothing lies there. */
function realPathOf(path: string): string | null {
  try {
    return realpathSync.native(openablePath(path === '' ? '/' : path), { encoding: 'latin1' })
  } catch (error) {
    codeOf(error)
    return null
  }
}

/** Whom a directory belongs to; null where that cannot be told. */
export function ownerOf(directory: string): number | null {
  try {
    return statSync(openablePath(directory === '' ? '/' : directory)).uid
  } catch (error) {
    codeOf(error)
    return null
  }
}

/** A day as people write it, `2024-02-29`, in UTC. */
export function dayOf(seconds: number): string {
  const date = new Date(seconds * 1_000)
  return Number.isNaN(date.getTime()) ? 'no date' : date.toISOString().slice(0, 10)
}
