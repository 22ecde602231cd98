import {
  closeSync,
  constants,
  existsSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  writeSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { EXIT, MbauditError } from '../../errors.js'
import { hintToWrite, removeFile } from '../durable-files.js'
import { codeOf, whyOf } from '../file-reader.js'
import { openablePath, showOctets } from '../octet-name.js'
import { ageText } from './examine-locks.js'
import type { FcntlLocks } from './writing-fcntl.js'

/** Milliseconds for which others' locks are waited for, and between two looks. */
const PATIENCE = 30_000
const PAUSE = 100

/** Both locks of a mailbox: other programs that keep to either leave it alone. */
export interface MailboxLock extends AsyncDisposable {
  /** Whether the fcntl lock is held beside the dot lock: nothing on this computer may be able to take it. */
  readonly hasFcntl: boolean
}

/**
 * Takes the dot lock and the fcntl lock of a mailbox. While one of them is another's, neither is kept, so that no two programs
 * wait for each other.
 *
 * @param path - octets; the mailbox is there
 * @throws MbauditError STORE_LOCKED
 */
export async function lockMailbox(path: string, fcntl: FcntlLocks, patience = PATIENCE): Promise<MailboxLock> {
  const end = Date.now() + patience
  const dotPath = `${realOctets(path)}.lock`
  for (;;) {
    const holder = takeDotLock(dotPath)
    const answer = holder === null ? await fcntl.lock(path) : 'busy'
    if (answer !== 'busy') return held(path, dotPath, answer === 'held' ? fcntl : null)
    if (holder === null) removeFile(dotPath)
    if (Date.now() >= end) throw locked(path, holder ?? 'another program holds a lock on it (fcntl)', dotPath)
    await setTimeout(PAUSE)
  }
}

function held(path: string, dotPath: string, fcntl: FcntlLocks | null): MailboxLock {
  return {
    hasFcntl: fcntl !== null,
    [Symbol.asyncDispose]: async () => {
      await fcntl?.free(path)
      removeFile(dotPath)
    },
  }
}

/** Programs lock the file itself, whatever links lead to it. */
function realOctets(path: string): string {
  return realpathSync.native(openablePath(path), 'latin1')
}

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL

/**
 * The lock appears with our name in it, by a link to a file that has it: one that is left behind always says whose it was.
 *
 * @returns null: it is ours; else who has it
 */
function takeDotLock(path: string): string | null {
  const name = ourName()
  const temporary = temporaryOf(path, name)
  try {
    // One of a former process of this number may be a name of the lock itself.
    removeFile(temporary)
    writeName(temporary, name)
    linkSync(openablePath(temporary), openablePath(path))
    return null
  } catch (error) {
    const code = codeOf(error)
    if (NO_LINKS.includes(code)) return takeWithoutLink(path, name)
    if (code !== 'EEXIST') throw unlockable(path, error)
  } finally {
    removeFile(temporary)
  }
  return isLeftBehind(path) && breakLock(path) ? takeDotLock(path) : holderOf(path)
}

/** What file systems answer that know no second name for a file. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

function takeWithoutLink(path: string, name: string): string | null {
  try {
    writeName(path, name)
    return null
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw unlockable(path, error)
    return holderOf(path)
  }
}

function writeName(path: string, name: string): void {
  const fd = openSync(openablePath(path), CREATE, 0o600)
  try {
    writeSync(fd, name)
  } finally {
    closeSync(fd)
  }
}

/** Beside the lock, and hidden: programs that look for mailboxes pass it by. */
const temporaryOf = (path: string, name: string): string =>
  `${dirname(path)}/.${basename(path)}.${name.replace(/[^\w.]/g, '.')}`

/** Takes away the lock of a process that is no more, and what else it left. */
function breakLock(path: string): boolean {
  removeFile(temporaryOf(path, readLock(path)))
  return removeFile(path)
}

/** Process and host, as Dovecot writes and reads them: a program on this host sees by it that we are gone. */
const ourName = (): string => `${ourProcess()}:${hostname()}`

/** Empty where the system does not tell. */
function ourProcess(): string {
  try {
    return readlinkSync('/proc/self')
  } catch (error) {
    codeOf(error)
    return ''
  }
}

/** Whether a lock names a process of this host that is no more. No other lock is ever broken, however old. */
function isLeftBehind(path: string): boolean {
  const match = /^(\d{1,10}):(.*)$/s.exec(readLock(path))
  return match?.[2] === hostname() && existsSync('/proc/self') && !existsSync(`/proc/${match[1]}`)
}

function readLock(path: string): string {
  try {
    return readFileSync(openablePath(path), 'latin1')
  } catch (error) {
    codeOf(error)
    return ''
  }
}

function holderOf(path: string): string {
  const stats = lstatSync(openablePath(path), { throwIfNoEntry: false })
  const age =
    stats === undefined ? '' : `, ${ageText(Math.max(0, Math.floor((Date.now() - stats.mtimeMs) / 1_000)))} old`
  return `${showOctets(path)} is there${age}`
}

function locked(path: string, holder: string, dotPath: string): MbauditError {
  const hint = `Run it again when the other program is done. If none is at work, remove ${showOctets(dotPath)}.`
  return new MbauditError('STORE_LOCKED', EXIT.store, `${showOctets(path)} is locked: ${holder}`, hint)
}

function unlockable(path: string, error: unknown): MbauditError {
  const byUser = 'Run it as a user who may make files in that directory: mail programs agree by a lock file there.'
  const hint = hintToWrite(error, byUser)
  return new MbauditError(
    'REFUSED',
    EXIT.partial,
    `${showOctets(path)} cannot be made: ${whyOf(error)}`,
    hint,
    {},
    error,
  )
}
