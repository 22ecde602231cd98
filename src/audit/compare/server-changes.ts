import type { IndexedCopy } from '../../index/copy-index.js'
import { Spool } from '../../index/spool.js'
import type { StoreIndex } from '../../index/store-index.js'
import { AlteredMails, type Candidates, candidatesIn, headersKey, headersOf } from './altered-mails.js'
import type { Difference } from './comparison.js'
import type { DifferenceBook, Entry } from './difference-book.js'

/** Differences that are looked at together, so that their messages are read in the order they lie in. */
const AT_ONCE = 500

/** Whether all folders of a side were read in full: else what is on the other side alone is in doubt. */
export interface ReadInFull {
  readonly master: boolean
  readonly slave: boolean
}

/**
 * Finds mail that is missing on one side and extra on the other, and is one mail that a server altered. Two mails that share an
 * identity and nothing more, or one of which is not whole, are looked at as well, each by itself.
 */
export class ServerChanges {
  readonly #altered: AlteredMails<Entry>
  readonly #inFull: ReadInFull
  readonly #missing = new Set<number>()
  readonly #extra = new Set<number>()

  constructor(master: StoreIndex, slave: StoreIndex, inFull: ReadInFull) {
    this.#altered = new AlteredMails([master, slave], copyOf)
    this.#inFull = inFull
  }

  /** Notes what may have a partner that comes later. */
  note(entries: readonly Entry[]): void {
    for (const entry of entries) for (const half of this.#halvesOf(entry)) this.#keysOf(half).add(keyOf(half))
  }

  #keysOf({ difference: { kind } }: Entry): Set<number> {
    return kind === 'missing' ? this.#missing : this.#extra
  }

  /** What is on one side alone, or is so but for its identity. */
  #halvesOf(entry: Entry): readonly Entry[] {
    const { difference } = entry
    const { kind, reason, lacking, inDoubt } = difference
    if (kind === 'missing' || kind === 'extra') return [entry]
    if (kind !== 'changed' || (reason !== 'different' && lacking === null)) return []
    const half = { ...difference, reason: null, lacking: null }
    return [
      { ...entry, difference: { ...half, kind: 'missing', slave: [], inDoubt: inDoubt || !this.#inFull.slave } },
      { ...entry, difference: { ...half, kind: 'extra', master: [], inDoubt: inDoubt || !this.#inFull.master } },
    ]
  }

  /** Looks for the pairs among all that was noted, and makes the book tell of them as changed. */
  async settle(book: DifferenceBook): Promise<void> {
    using candidates = this.#candidates(book)
    if (candidates.count === 0) return
    using found = new Spool<Difference>()
    const gone = { missing: new Set<number>(), extra: new Set<number>() }
    const take = (missing: Entry, extra: Entry): void => {
      gone.missing.add(missing.number)
      gone.extra.add(extra.number)
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
    if (gone.missing.size === 0) return
    const all = new Set([...gone.missing, ...gone.extra])
    for (const entry of book.entries()) {
      if (!all.has(entry.number)) continue
      for (const { difference } of this.#halvesOf(entry))
        if (!gone[difference.kind === 'missing' ? 'missing' : 'extra'].has(entry.number))
          found.add(difference, [0, 0, 0])
    }
    book.replace(all, found.inOrder())
  }

  #candidates(book: DifferenceBook): Spool<Entry> {
    const candidates = new Spool<Entry>()
    if (this.#missing.size === 0 || this.#extra.size === 0) return candidates
    for (const entry of book.entries()) {
      for (const half of this.#halvesOf(entry)) {
        const key = keyOf(half)
        if (this.#missing.has(key) && this.#extra.has(key))
          candidates.add(half, [book.placeOf(half.difference.slaveFolder), 0, key, inOrder(copyOf(half))])
      }
    }
    return candidates
  }
}

/** Each side in the order of its own places, so that pairing says the same with the sides turned round. */
const inOrder = ({ position }: IndexedCopy): string => String(position).padStart(16, '0')

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
