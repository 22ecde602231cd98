import type { IndexedCopy } from '../../index/copy-index.js'
import type { FolderName } from '../../stores/store.js'
import type { CompareOptions, Difference, DifferenceKind } from './comparison.js'
import { type FlagDifference, flagDifference } from './flags.js'

/** A difference copy by copy: at most one of each side a row. */
export interface DifferenceRow extends Pick<Difference, 'reason' | 'id'> {
  readonly kind: Exclude<DifferenceKind, 'same'>
  readonly master: IndexedCopy | null
  readonly slave: IndexedCopy | null
  /** Where the mail belongs, by the master's name. */
  readonly folder: FolderName
  /** With kind `flags` alone. */
  readonly flags: FlagDifference | null
  /** With kind `copies`, on the first of its rows: how many there are. */
  readonly counts: { readonly master: number; readonly slave: number } | null
  readonly inDoubt: boolean
  /** How many rows of its kind come before. */
  readonly nth: number
}

/** The rows of differences, in their order. */
export function* differenceRows(
  differences: Iterable<Difference>,
  { keepsFlag }: Pick<CompareOptions, 'keepsFlag'>,
): Iterable<DifferenceRow> {
  const seen = new Map<DifferenceKind, number>()
  for (const difference of differences) {
    const { kind, reason, id, masterFolder, master, slave, inDoubt } = difference
    if (kind === 'same') continue
    const flags = kind === 'flags' ? flagDifference(difference, keepsFlag) : null
    for (let at = 0; at < Math.max(master.length, slave.length); at++) {
      const nth = seen.get(kind) ?? 0
      seen.set(kind, nth + 1)
      const [one = null, other = null] = [master[at], slave[at]]
      const counts = kind === 'copies' && at === 0 ? { master: master.length, slave: slave.length } : null
      yield { kind, reason, id, folder: masterFolder, master: one, slave: other, flags, counts, inDoubt, nth }
    }
  }
}
