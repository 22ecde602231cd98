import { homedir } from 'node:os'
import { lockTarget } from '../apply/lock.js'
import type { Runs } from '../apply/run.js'
import { takeInRuns } from '../apply/taken-in.js'
import { stateDirectory } from '../config/paths.js'
import { MbauditError } from '../errors.js'
import type { PairSide } from '../index/pair-row.js'
import { openSyncState, type StateWriting, type SyncState } from '../index/sync-state.js'
import type { TwoWayPlanned } from '../plan/two-way.js'
import type { ScannedPair } from './pair-options.js'

/** How the state of a channel is opened. */
export interface MemoryUse {
  /** Forgets what is known. */
  readonly rebuild: boolean
  /** Leaves what lies on disk as it is. */
  readonly isLook: boolean
}

/** What a two-way channel remembers of its last sync, while a plan of it is made and carried out. */
export class ChannelMemory implements Disposable {
  readonly state: SyncState
  readonly #runs: Runs
  readonly #stores: Readonly<Record<PairSide, string>>

  constructor(channel: string, { master, slave }: ScannedPair, runs: Runs, { rebuild, isLook }: MemoryUse) {
    this.#runs = runs
    this.#stores = { a: master.store.identity, b: slave.store.identity }
    this.state = openSyncState(stateDirectory(process.env, homedir()), { channel, ...this.#stores }, rebuild, isLook)
  }

  /** Takes in what runs did since the state was written. */
  takeIn(): void {
    takeInRuns(this.state, this.#runs, this.#stores, now())
  }

  /** For a plan that is only looked at, nothing is locked: what another run is about to write down is left to it. */
  takeInQuietly(note: (line: string) => void): void {
    if (this.state.underWay === null) return
    const held: Disposable[] = []
    try {
      for (const identity of Object.values(this.#stores))
        held.push(
          lockTarget(this.#runs, identity, {
            store: identity,
            command: 'mbaudit sync',
            pid: process.pid,
            now: Date.now(),
          }),
        )
      this.takeIn()
    } catch (error) {
      if (!(error instanceof MbauditError && error.code === 'STORE_LOCKED')) throw error
      note(`another run is at work on this channel: ${error.message}`)
    } finally {
      for (const lock of held) lock[Symbol.dispose]()
    }
  }

  /** Writes down what both stores show. @param underWay - the run that is about to begin; null: none is */
  remember({ changes, folders, asksAgain }: TwoWayPlanned['observed'], underWay: string | null): void {
    const about: StateWriting = { folders, asksAgain, now: now(), underWay }
    this.state.write(changes(), about)
  }

  [Symbol.dispose](): void {
    this.state[Symbol.dispose]()
  }
}

export const now = (): string => new Date().toISOString()
