import { createHash } from 'node:crypto'
import { closeSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT, MbauditError } from '../errors.js'
import { lockFile } from '../index/lock-file.js'
import { makePrivateDirectory, openPrivateFile, writePrivateFile } from './private-files.js'
import type { Runs } from './run.js'

/** Who takes a lock. */
export interface LockHolder {
  /** What the user calls the store. */
  readonly store: string
  /** `mbaudit sync` */
  readonly command: string
  readonly pid: number
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * Takes the lock of a target for this process; it ends with the process at the latest.
 *
 * @param identity - `Store.identity`: one place has one lock, whatever it is called
 * @throws StoreLockedError, StateUnwritableError
 */
export function lockTarget({ directories }: Runs, identity: string, holder: LockHolder): Disposable {
  const directory = join(directories.state, 'locks')
  const path = join(directory, createHash('sha256').update(identity).digest('hex').slice(0, 16))
  try {
    makePrivateDirectory(directories.state)
    makePrivateDirectory(directory)
    closeSync(openPrivateFile(`${path}.lock`, 'a'))
    const lock = lockFile(`${path}.lock`)
    if (lock === null) throw new StoreLockedError(holder.store, describeHolder(`${path}.json`))
    const since = new Date(holder.now).toISOString()
    writePrivateFile(`${path}.json`, [JSON.stringify({ command: holder.command, pid: holder.pid, since })])
    return lock
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? new StateUnwritableError(directory, error) : error
  }
}

/** Who has it just now may not have written down yet who it is. */
const TRIES = 20
const PAUSE = 10

function describeHolder(path: string): string {
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      const { command, pid, since }: Record<string, unknown> = JSON.parse(readFileSync(path, 'utf8'))
      return `${command} (process ${pid}) changes it since ${since}`
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
    }
  }
  return 'another run of mbaudit changes it'
}

/** Another run changes the store. */
class StoreLockedError extends MbauditError {
  constructor(store: string, holder: string) {
    super('STORE_LOCKED', EXIT.store, holder, 'Wait until it has ended, and give the command again.', { store })
  }
}

/** There is no place to write down what is about to be done. */
class StateUnwritableError extends MbauditError {
  constructor(directory: string, error: Error) {
    const message = `nothing is changed, since what is done cannot be written down in ${directory}: ${error.message}`
    const hint = 'Make room there, or set XDG_STATE_HOME to a folder that you may write to.'
    super('USAGE', EXIT.usage, message, hint, {}, error)
  }
}
