import { readFileSync } from 'node:fs'
import type { EpochSeconds } from '../../message/message.js'
import { codeOf } from '../file-reader.js'
import { counted, type MboxNotes } from './examine-notes.js'
import { shownName, statOf } from './path-stats.js'

/** Programs that write mail hold a lock for seconds; procmail, Dovecot and c-client break one older than this. */
const STALE = 20 * 60

/**
 * Tells of a lock file beside a mailbox, and of locks that programs hold on it. Takes none itself.
 *
 * @param path - of the mailbox, octets
 */
export function examineLocks(path: string, now: EpochSeconds, notes: MboxNotes): void {
  const lock = statOf(`${path}.lock`)
  if (lock !== null) {
    const age = Math.max(0, now - Math.floor(lock.mtimeMs / 1000))
    const why = age > STALE ? 'likely left behind' : 'likely a program is at work'
    notes.tell('mailbox-locked', null, `${shownName(path)}.lock is there, ${ageText(age)} old: ${why}`)
  }
  const mailbox = statOf(path)
  if (mailbox === null) return
  for (const { kind, process } of heldLocks(readLocks(), mailbox.dev, mailbox.ino)) {
    notes.tell('mailbox-locked', null, `process ${process} holds a lock on it (${kind})`)
  }
}

/** An age in words, by its largest unit. */
export function ageText(seconds: number): string {
  const [size, unit] = UNITS.find(([each]) => seconds >= each) ?? [1, 'second']
  return counted(Math.floor(seconds / size), unit)
}

const UNITS = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
] as const

/** What Linux tells of all locks; empty elsewhere. */
function readLocks(): string {
  try {
    return readFileSync('/proc/locks', 'latin1')
  } catch (error) {
    codeOf(error)
    return ''
  }
}

/** A lock that a process holds. */
export interface HeldLock {
  /** As the system says it: `POSIX WRITE`, `FLOCK READ`. */
  readonly kind: string
  readonly process: number
}

const LOCK = /^\d+: (\S+) +\S+ +(\S+) +(-?\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) /

/**
 * The locks held on a file. Those who wait for one are left out.
 *
 * Source: proc_locks(5); how a device number is made up, makedev(3).
 *
 * @param text - of /proc/locks
 */
export function heldLocks(text: string, device: number, inode: number): readonly HeldLock[] {
  const wanted = BigInt(device)
  const major = Number(((wanted >> 8n) & 0xfffn) | ((wanted >> 32n) & ~0xfffn))
  const minor = Number((wanted & 0xffn) | ((wanted >> 12n) & ~0xffn))
  return text.split('\n').flatMap((line) => {
    const [, kind, access, process, itsMajor = '', itsMinor = '', itsInode] = LOCK.exec(line) ?? []
    const isIt =
      Number.parseInt(itsMajor, 16) === major && Number.parseInt(itsMinor, 16) === minor && Number(itsInode) === inode
    return isIt ? [{ kind: `${kind} ${access}`, process: Number(process) }] : []
  })
}
