import { existsSync, linkSync, readdirSync, readFileSync, readlinkSync, renameSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { EXIT, MbauditError } from '../errors.js'
import { removeFile, writeNewFiles } from './durable-files.js'
import { codeOf } from './file-reader.js'
import { openablePath, showOctets } from './octet-name.js'
import type { Owner } from './permissions.js'

/** Milliseconds that a lock of another program is waited for. */
const PATIENCE = 10_000
const PAUSE = 50

/**
 * Does something while a lock file is ours, as Dovecot, nmh and Python lock: a file with `pid:host` in it that is made by linking.
 * A live program's lock is waited for; one whose program is dead on this computer is taken away, as those programs do.
 *
 * @param path - octets of the lock file
 * @param act - brief, and synchronous
 * @throws MbauditError (STORE_LOCKED)
 */
export async function withDotLock<T>(path: string, owner: Owner, act: () => T): Promise<T> {
  const own = `${path}.mbaudit.${ownPid()}.${++made}`
  const end = Date.now() + PATIENCE
  await writeNewFiles([{ path: own, octets: Buffer.from(`${ownPid()}:${hostname()}`), time: null }], owner)
  try {
    while (!linked(own, path)) {
      if (takeAwayStale(path, own)) continue
      if (Date.now() > end) throw locked(path)
      await setTimeout(PAUSE)
    }
    try {
      return act()
    } finally {
      removeFile(path)
    }
  } finally {
    removeFile(own)
  }
}

let made = 0

/** `process` is not ours to name here; the system tells it where it has `/proc`, and elsewhere nobody can ask after it. */
function ownPid(): string {
  try {
    return readlinkSync('/proc/self')
  } catch (error) {
    codeOf(error)
    return ''
  }
}

/** Takes away what a run of ours that was killed left of its locks. @param path - octets of the lock file */
export function clearDeadLocks(path: string): void {
  const cut = path.lastIndexOf('/')
  const [directory, prefix] = [path.slice(0, cut), `${path.slice(cut + 1)}.mbaudit.`]
  for (const name of readdirSync(openablePath(directory), 'latin1')) {
    if (name.startsWith(prefix) && isDead(name.slice(prefix.length).split('.')[0])) removeFile(`${directory}/${name}`)
  }
}

/** Whether a program that was on this computer is no more; not known without `/proc`. */
function isDead(pid: string | undefined): boolean {
  return pid !== undefined && /^\d+$/.test(pid) && existsSync('/proc/self') && !existsSync(`/proc/${pid}`)
}

function linked(own: string, path: string): boolean {
  try {
    linkSync(openablePath(own), openablePath(path))
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    return false
  }
}

/** @returns whether the lock is gone */
function takeAwayStale(path: string, own: string): boolean {
  try {
    const { ino } = statSync(openablePath(path), { bigint: true })
    const [pid, host] = readFileSync(openablePath(path), 'latin1').trim().split(':')
    if (host !== hostname() || !isDead(pid)) return false
    const aside = `${own}.old`
    renameSync(openablePath(path), openablePath(aside))
    // Another program may have taken away the same lock and made its own in between: that one is put back.
    if (statSync(openablePath(aside), { bigint: true }).ino !== ino) linked(aside, path)
    removeFile(aside)
    return true
  } catch (error) {
    return codeOf(error) === 'ENOENT'
  }
}

function locked(path: string): MbauditError {
  const hint = `Wait until the other program is done. If none runs, take the file away: ${showOctets(path)}`
  return new MbauditError('STORE_LOCKED', EXIT.store, `${showOctets(path)} is held by another program`, hint)
}
