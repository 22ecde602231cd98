import type { CopyOutline } from '../../index/copy-outline.js'
import { isWithoutId } from '../../index/identity.js'
import type { Met } from '../../index/side-by-side.js'
import type { FolderPairing } from '../folder-pairs.js'
import type { Evidence } from './comparison.js'
import { haveLikeSizes } from './mails.js'

/** An identity that is there once on each side, in folders that pair, with the same flags and nothing that differs. */
export interface Alike {
  readonly master: CopyOutline
  readonly slave: CopyOutline
  readonly evidence: Evidence
}

/**
 * Tells most mails of two stores that are kept alike from their outlines. Says of them what judging would.
 *
 * @param met - all copies of one identity; those of the master are of walk 0
 * @returns null: it must be judged
 */
export function alikeOf(met: readonly Met<CopyOutline>[], { slaveOf }: FolderPairing): Alike | null {
  const [one, other] = met
  if (one === undefined || other === undefined || met.length > 2 || one.walk === other.walk) return null
  const [master, slave] = [one.item, other.item]
  if (master.flags !== slave.flags || isWithoutId(master.identity)) return null
  const evidence = evidenceOf(master, slave)
  if (evidence === null || slaveOf(master.folder) !== slave.folder) return null
  return { master, slave, evidence }
}

/** @returns null: nothing says that they are one mail */
function evidenceOf(master: CopyOutline, slave: CopyOutline): Evidence | null {
  if (master.wire !== null && slave.wire !== null) return master.wire === slave.wire ? 'digests' : null
  return master.headSum === slave.headSum && haveLikeSizes(master.size, slave.size) ? 'headers' : null
}
