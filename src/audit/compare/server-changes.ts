import type { IndexedCopy } from '../../index/copy-index.js'
import { Spool } from '../../index/spool.js'
import type { StoreIndex } from '../../index/store-index.js'
import { AlteredMails, type Candidates, candidatesIn, headersKey, headersOf } from './altered-mails.js'
import type { Difference } from './comparison.js'
import type { DifferenceBook, Entry } from './difference-book.js'

/** Differences that are looked at together, so that their messages are read in the order they lie in. */
const AT_ONCE = 500

/** Finds mail that is missing on one side and extra on the other, and is one mail that a server altered. */
export class ServerChanges {
  readonly #altered: AlteredMails<Entry>
  readonly #missing = new Set<number>()
  readonly #extra = new Set<number>()

  constructor(master: StoreIndex, slave: StoreIndex) {
    this.#altered = new AlteredMails([master, slave], copyOf)
  }

  /** Notes what may have a partner that comes later. */
  note(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const { kind } = entry.difference
      const keys = kind === 'missing' ? this.#missing : kind === 'extra' ? this.#extra : null
      keys?.add(keyOf(entry))
    }
  }

  /** Looks for the pairs among all that was noted, and makes the book tell of them as changed. */
  async settle(book: DifferenceBook): Promise<void> {
    using candidates = this.#candidates(book)
    if (candidates.count === 0) return
    using found = new Spool<Difference>()
    const gone = new Set<number>()
    const take = (missing: Entry, extra: Entry): void => {
      gone.add(missing.number).add(extra.number)
      found.add(changedByServer(missing.difference, extra.difference), [0, 0, 0])
    }
    const isMissing = ({ difference }: Entry): boolean => difference.kind === 'missing'
    const headers = (entry: Entry): string => headersOf(entry.difference.slaveFolder, copyOf(entry))
    let batch: Candidates<Entry>[] = []
    let held = 0
    for (const group of candidatesIn(candidates.inOrder(), headers, isMissing)) {
      batch.push(group)
      held += group.master.length + group.slave.length
      if (held < AT_ONCE) continue
      await this.#altered.judge(batch, take)
      batch = []
      held = 0
    }
    await this.#altered.judge(batch, take)
    if (gone.size > 0) book.replace(gone, found.inOrder())
  }

  #candidates(book: DifferenceBook): Spool<Entry> {
    const candidates = new Spool<Entry>()
    if (this.#missing.size === 0 || this.#extra.size === 0) return candidates
    for (const entry of book.entries()) {
      const { kind, slaveFolder } = entry.difference
      if (kind !== 'missing' && kind !== 'extra') continue
      const key = keyOf(entry)
      if (!this.#missing.has(key) || !this.#extra.has(key)) continue
      candidates.add(entry, [book.placeOf(slaveFolder), 0, key])
    }
    return candidates
  }
}

const keyOf = (entry: Entry): number => headersKey(entry.difference.slaveFolder, copyOf(entry))

function copyOf({ difference: { master, slave } }: Entry): IndexedCopy {
  const copy = master[0] ?? slave[0]
  if (copy === undefined) throw new RangeError('a difference has copies')
  return copy
}

const changedByServer = (missing: Difference, extra: Difference): Difference => ({
  ...missing,
  kind: 'changed',
  reason: 'server',
  slave: extra.slave,
  evidence: 'digests',
  inDoubt: missing.inDoubt || extra.inDoubt,
})
