import type { IndexedCopy } from '../index/copy-index.js'
import type { Leftovers } from '../plan/migrate-dedupe.js'
import type { OpenScan } from './scan-stores.js'

/** Counts the messages of the sources that are not brought over, since they were not asked for or others stand for them. */
export function countLeftOut(
  sources: readonly OpenScan[],
  whyNot: (copy: IndexedCopy) => string | null,
  left: Leftovers | null,
): number {
  let count = 0
  for (const { scanned } of sources)
    for (const copy of scanned.index.copies()) {
      const likeness = left?.of(copy)?.likeness ?? 'there'
      if (whyNot(copy) !== null || likeness !== 'there') count++
    }
  return count
}
