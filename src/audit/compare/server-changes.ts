import { hash } from 'node:crypto'
import type { IndexedCopy } from '../../index/copy-index.js'
import { Spool } from '../../index/spool.js'
import type { StoreIndex } from '../../index/store-index.js'
import { needVerdicts, type Pair } from '../../index/verdicts.js'
import type { Difference } from './comparison.js'
import type { DifferenceBook, Entry } from './difference-book.js'

/** Differences that are looked at together, so that their messages are read in the order they lie in. */
const AT_ONCE = 500

/** A mail that is missing and one that is extra, both in one folder pair and with one Date, From and Subject. */
interface Candidates {
  readonly missing: readonly Entry[]
  readonly extra: readonly Entry[]
}

/**
 * Finds mail that a server gave another Message-ID, or altered so that it has another identity: missing on one side and extra
 * on the other, in folders that pair, with equal Date, From and Subject. Headers alone prove nothing (a robot may send two mails
 * in a second): bodies are read, and say the same but for a footer.
 */
export class ServerChanges {
  readonly #indexes: readonly StoreIndex[]
  readonly #missing = new Set<number>()
  readonly #extra = new Set<number>()

  constructor(master: StoreIndex, slave: StoreIndex) {
    this.#indexes = [master, slave]
  }

  /** Notes what may have a partner that comes later. */
  note(entries: readonly Entry[]): void {
    for (const { difference } of entries) {
      const keys = difference.kind === 'missing' ? this.#missing : difference.kind === 'extra' ? this.#extra : null
      keys?.add(headerKey(difference))
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
    let batch: Candidates[] = []
    let held = 0
    for (const group of groupsOf(candidates.inOrder())) {
      batch.push(group)
      held += group.missing.length + group.extra.length
      if (held < AT_ONCE) continue
      await this.#judge(batch, take)
      batch = []
      held = 0
    }
    await this.#judge(batch, take)
    if (gone.size > 0) book.replace(gone, found.inOrder())
  }

  #candidates(book: DifferenceBook): Spool<Entry> {
    const candidates = new Spool<Entry>()
    if (this.#missing.size === 0 || this.#extra.size === 0) return candidates
    for (const entry of book.entries()) {
      const { kind, slaveFolder } = entry.difference
      if (kind !== 'missing' && kind !== 'extra') continue
      const key = headerKey(entry.difference)
      if (!this.#missing.has(key) || !this.#extra.has(key)) continue
      candidates.add(entry, [book.placeOf(slaveFolder), 0, key])
    }
    return candidates
  }

  async #judge(groups: readonly Candidates[], take: (missing: Entry, extra: Entry) => void): Promise<void> {
    const copies = groups.flatMap(({ missing, extra }) => [...missing, ...extra].map(copyOf))
    for (const index of this.#indexes) await index.needContents(copies.filter(({ store }) => store === index.store))
    const rests: Candidates[] = []
    for (const group of groups) rests.push(pairByContent(group, (entry) => this.#contentOf(entry), take))
    const pairs = rests.flatMap((rest) => this.#pairToCompare(rest))
    await needVerdicts(
      this.#indexes,
      pairs.map(({ pair }) => pair),
    )
    for (const { missing, extra, pair } of pairs) if (this.#isFooter(pair)) take(missing, extra)
  }

  #contentOf(entry: Entry): string | null {
    return this.#indexOf(copyOf(entry)).content(copyOf(entry))?.content ?? null
  }

  /** Of several it could not be told which became which; without a Date only the very same text tells. */
  #pairToCompare({ missing, extra }: Candidates): readonly { missing: Entry; extra: Entry; pair: Pair }[] {
    const [one, other] = [missing[0], extra[0]]
    if (one === undefined || other === undefined || missing.length > 1 || extra.length > 1) return []
    if (copyOf(one).date === null) return []
    const pair = { kept: this.#withDigest(copyOf(one)), other: this.#withDigest(copyOf(other)) }
    return [{ missing: one, extra: other, pair }]
  }

  #withDigest(copy: IndexedCopy): IndexedCopy {
    return copy.wire === null ? { ...copy, wire: this.#indexOf(copy).wire(copy) } : copy
  }

  #isFooter({ kept, other }: Pair): boolean {
    const verdict = this.#indexOf(kept).verdict(kept, other)
    return verdict?.class === 'modified' && verdict.reason === 'footer' && verdict.truncated === null
  }

  #indexOf({ store }: IndexedCopy): StoreIndex {
    const index = this.#indexes.find((each) => each.store === store)
    if (index === undefined) throw new RangeError(`${store} is not compared`)
    return index
  }
}

function copyOf({ difference: { master, slave } }: Entry): IndexedCopy {
  const copy = master[0] ?? slave[0]
  if (copy === undefined) throw new RangeError('a difference has copies')
  return copy
}

/** 48 bits of a digest of what must be equal. */
function headerKey({ slaveFolder, master, slave }: Difference): number {
  const copy = master[0] ?? slave[0]
  if (copy === undefined) throw new RangeError('a difference has copies')
  return Number.parseInt(hash('sha1', headersOf(slaveFolder, copy)).slice(0, 12), 16)
}

const headersOf = (folder: string, { date, from, subject }: IndexedCopy): string =>
  JSON.stringify([folder, date, from, subject])

/** Neighbours of one key. */
function* groupsOf(entries: Iterable<Entry>): Iterable<Candidates> {
  let key: string | null = null
  let group: { missing: Entry[]; extra: Entry[] } = { missing: [], extra: [] }
  for (const entry of entries) {
    const own = headersOf(entry.difference.slaveFolder, copyOf(entry))
    if (own !== key) {
      if (group.missing.length > 0 && group.extra.length > 0) yield group
      group = { missing: [], extra: [] }
      key = own
    }
    group[entry.difference.kind === 'missing' ? 'missing' : 'extra'].push(entry)
  }
  if (group.missing.length > 0 && group.extra.length > 0) yield group
}

/** @returns what no partner was found for */
function pairByContent(
  { missing, extra }: Candidates,
  contentOf: (entry: Entry) => string | null,
  take: (missing: Entry, extra: Entry) => void,
): Candidates {
  const waiting = new Map<string, Entry[]>()
  const rest = { missing: [] as Entry[], extra: new Set(extra) }
  for (const entry of extra) {
    const content = contentOf(entry)
    if (content !== null) waiting.set(content, [...(waiting.get(content) ?? []), entry])
  }
  for (const entry of missing) {
    const partner = waiting.get(contentOf(entry) ?? '')?.shift()
    if (partner === undefined) rest.missing.push(entry)
    else {
      rest.extra.delete(partner)
      take(entry, partner)
    }
  }
  return { missing: rest.missing, extra: [...rest.extra] }
}

const changedByServer = (missing: Difference, extra: Difference): Difference => ({
  ...missing,
  kind: 'changed',
  reason: 'server',
  slave: extra.slave,
  evidence: 'digests',
  inDoubt: missing.inDoubt || extra.inDoubt,
})
