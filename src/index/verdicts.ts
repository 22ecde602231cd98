import { compareMessages } from '../message/difference.js'
import type { IndexedCopy } from './copy-index.js'
import type { StoreIndex } from './store-index.js'

/** Two copies that a question wants compared. */
export interface Pair {
  readonly kept: IndexedCopy
  readonly other: IndexedCopy
}

/** Octets of messages held at a time. */
const OCTETS_HELD = 32 * 1024 * 1024

/** Has pairs of messages compared, of one store or of two; the verdict is kept in the index of the first of each pair. */
export async function needVerdicts(indexes: readonly StoreIndex[], pairs: readonly Pair[]): Promise<void> {
  let held: Pair[] = []
  let octets = 0
  for (const pair of pairs) {
    const size = pair.kept.size + pair.other.size
    if (octets + size > OCTETS_HELD) {
      await compareAll(indexes, held)
      held = []
      octets = 0
    }
    held.push(pair)
    octets += size
  }
  await compareAll(indexes, held)
}

async function compareAll(indexes: readonly StoreIndex[], pairs: readonly Pair[]): Promise<void> {
  const messages = new Map<string, Buffer>()
  for (const index of indexes) {
    const wanted = new Map<number, IndexedCopy>()
    for (const { kept, other } of pairs)
      for (const copy of [kept, other]) if (copy.store === index.store) wanted.set(copy.row, copy)
    for await (const [copy, message] of index.readEach([...wanted.values()])) messages.set(keyOf(copy), message)
  }
  for (const { kept, other } of pairs) {
    const [left, right] = [messages.get(keyOf(kept)), messages.get(keyOf(other))]
    if (left === undefined || right === undefined) continue
    const { class: likeness, reason, truncated, lacking } = compareMessages(left, right)
    const index = indexes.find(({ store }) => store === kept.store)
    index?.keepVerdict(kept, other, { class: likeness, reason, truncated, lacking })
  }
}

const keyOf = ({ store, row }: IndexedCopy): string => `${row} ${store}`
