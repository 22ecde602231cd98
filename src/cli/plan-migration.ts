import { compareStores } from '../audit/compare/compare-stores.js'
import { UsageError } from '../errors.js'
import { planOneWay } from '../plan/one-way.js'
import { StepSpool } from '../plan/step-spool.js'
import type { ActStore } from './act-stores.js'
import type { CommonFlags } from './flags.js'
import { limitFolders, type MadePlan, madePlan, planStores } from './made-plan.js'
import type { PairFlags } from './pair-flags.js'
import { compareOptions, pairOf, whyNoFlagIn } from './pair-options.js'
import { saidOf } from './plan-sync.js'
import type { ScannedStores } from './scan-stores.js'

/** What a migration is asked for. */
export interface MigrationChoices {
  readonly flags: PairFlags & Pick<CommonFlags, 'folder' | 'not-folder'>
  readonly intoExisting: boolean
}

/**
 * Plans what brings a store's mail to another place. What is there already is not copied again, and left as it is.
 *
 * @throws UsageError where the target holds mail that the source has not
 */
export async function planMigration(
  scanned: ScannedStores,
  acts: readonly ActStore[],
  { flags, intoExisting }: MigrationChoices,
): Promise<MadePlan> {
  const pair = pairOf(scanned.open)
  const [master, slave] = [pair.master.scanned.index, pair.slave.scanned.index]
  const asked = await compareOptions(pair, flags)
  using comparison = await compareStores(master, slave, asked)
  const { extra } = comparison.summary
  if (extra > 0 && !intoExisting) {
    throw new UsageError(
      `${slave.store} holds other mail: ${extra} that ${master.store} has not`,
      'Name a place that is empty, or add to it with --into-existing.',
    )
  }
  const spool = new StepSpool()
  const whyNoFlag = whyNoFlagIn(asked.keepsFlag.slave, slave.store)
  const options = {
    mode: 'fill',
    copies: 'all',
    deleteFolders: false,
    masterKeeps: asked.keepsFlag.master,
    whyNoFlag,
  } as const
  const { notes } = planOneWay(comparison, { master, slave }, options, spool)
  const { evidence: _evidence, unjudged: _unjudged, ...compared } = comparison.summary
  return madePlan(
    spool,
    { command: 'migrate', options: saidOf(flags), compared, notes },
    planStores(scanned, acts),
    { kind: 'none' },
    { folders: limitFolders([pair.slave]), master: null },
  )
}
