import { lockTarget } from '../apply/lock.js'
import type { Runs } from '../apply/run.js'
import { isUnsettled } from '../apply/run-record.js'
import type { Store } from '../stores/store.js'
import { isToBeMade } from './act-stores.js'

/** Who takes a lock. */
export interface LockHolder {
  /** Such as `mbaudit sync`. */
  readonly command: string
  readonly note: (text: string) => void
}

/** The stores that a run changes, held for it alone. */
export class TargetLocks implements Disposable {
  readonly #runs: Runs
  readonly #holder: LockHolder
  readonly #held: Disposable[] = []

  constructor(runs: Runs, holder: LockHolder) {
    this.#runs = runs
    this.#holder = holder
  }

  /**
   * Takes the lock of a store, and finds out how far runs came on it that were stopped.
   *
   * @throws MbauditError STORE_LOCKED, where another run holds it
   */
  async take({ spec, identity }: Store): Promise<void> {
    const { command, note } = this.#holder
    const lock = lockTarget(this.#runs, identity, { store: spec.name, command, pid: process.pid, now: Date.now() })
    this.#held.push(lock)
    if (isToBeMade(spec) || !this.#runs.all().some(isUnsettled)) return
    const { settleUnfinished } = await import('../apply/settle.js')
    const { openTarget } = await import('../apply/target.js')
    await using target = await openTarget(spec, false)
    await settleUnfinished(this.#runs, target, note, Date.now)
  }

  [Symbol.dispose](): void {
    for (const lock of this.#held) lock[Symbol.dispose]()
  }
}
