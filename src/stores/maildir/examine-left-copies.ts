import type { Digest } from '../../message/message.js'
import { wireDigest } from '../../message/wire.js'
import { FileReader } from '../file-reader.js'
import { holdsNumber, type NumberColumn } from '../name-hashes.js'
import type { ObservationNotes } from '../observation-notes.js'
import type { FileAt } from './examine-uids.js'

/** More files than this that no sync has met are new mail, not what a crash left behind. */
const MOST = 500
/** mbsync adds `X-TUID: ` with 12 characters and a line ending while it stores a message. */
const ADDED = 22

/** Sizes and UIDs of a folder's files by their places; 0 where there is none. */
export interface FileColumns {
  readonly sizes: NumberColumn
  readonly uids: NumberColumn
}

/**
 * Notes files that mbsync has not paired although they hold the same mail as one that it has: what a run left behind that was
 * cut off between storing a message and noting it.
 *
 * @param paired - sorted UIDs of this folder that the state pairs
 */
export function noteLeftCopies(
  { sizes, uids }: FileColumns,
  paired: Float64Array,
  files: FileAt,
  notes: ObservationNotes,
): void {
  const unpaired: number[] = []
  for (let place = 0; place < uids.length; place++)
    if (!holdsNumber(paired, uids.at(place)) && unpaired.push(place) > MOST) return
  if (unpaired.length === 0 || unpaired.length === uids.length) return
  const reader = new FileReader()
  const digestAt = (place: number): Digest | null => {
    const file = reader.read(files.pathAt(place))
    return file.kind === 'read' && file.octets.length > 0 ? wireDigest(file.octets) : null
  }
  const wanted = sortedSizes(unpaired.map((place) => sizes.at(place)))
  const digests = new Map<Digest, number>()
  const left = new Set(unpaired)
  for (let place = 0; place < uids.length; place++) {
    if (left.has(place) || !isNear(wanted, sizes.at(place))) continue
    const digest = digestAt(place)
    if (digest !== null) digests.set(digest, place)
  }
  for (const place of digests.size === 0 ? [] : unpaired) {
    const digest = digestAt(place)
    const twin = digest === null ? undefined : digests.get(digest)
    if (twin === undefined) continue
    const detail = `the same mail is here with UID ${uids.at(twin)}, which the state pairs; this file it does not know`
    notes.note('sync-left-copy', files.locatorAt(place), detail)
  }
}

const sortedSizes = (sizes: readonly number[]): Float64Array => Float64Array.from(sizes).sort()

function isNear(sorted: Float64Array, size: number): boolean {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) < size - ADDED) low = middle + 1
    else high = middle
  }
  return low < sorted.length && (sorted[low] ?? 0) <= size + ADDED
}
