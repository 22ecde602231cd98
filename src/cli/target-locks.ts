import { lockTarget } from '../apply/lock.js'
import type { Runs } from '../apply/run.js'
import { settleUnfinished } from '../apply/settle.js'
import { openTarget } from '../apply/target.js'
import { countOf } from '../report/wording.js'
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
    if (isToBeMade(spec) || !this.#isUnsettled(identity)) return
    await using target = await openTarget(spec, false)
    const { runs, done, notDone } = await settleUnfinished(this.#runs, target, note, Date.now)
    if (done + notDone === 0) return
    const found = `${countOf(done, 'step')} done that nobody had noted, ${countOf(notDone, 'step')} not done`
    note(`${spec.name}: ${runs.join(', ')} was stopped in the middle; looked into what it had begun: ${found}`)
  }

  /** Whether a run on this store was stopped; a plan that cannot be read may be of any store. */
  #isUnsettled(identity: string): boolean {
    const isOnIt = (stores: readonly { readonly identity: string }[]) =>
      stores.some((store) => store.identity === identity)
    return this.#runs
      .list()
      .some(({ state, header }) => state === 'unfinished' && (header === null || isOnIt(header.stores)))
  }

  [Symbol.dispose](): void {
    for (const lock of this.#held) lock[Symbol.dispose]()
  }
}
