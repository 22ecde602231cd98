import type { OneWayOptions } from '../plan/one-way.js'
import { countSteps } from '../report/plan-report.js'
import type { ActStore } from './act-stores.js'
import { countLeftOut } from './left-out.js'
import { type ActTools, limitFolders, type MadePlan, madePlan, planStores } from './made-plan.js'
import { lossNotes } from './migration-losses.js'
import { nameNote, whyNoFlagIn } from './migration-options.js'
import { startProof } from './migration-proving.js'
import { layOut, partsOf } from './migration-sides.js'
import { requireOwnTarget } from './migration-stores.js'
import { requireRoom, requireWritable, sampleTarget } from './migration-target.js'
import { planKept } from './plan-sync.js'
import { type MigrationFlags, sayMigration } from './said-options.js'
import type { SaveTarget } from './save-targets.js'
import type { ScannedStores } from './scan-stores.js'

/** What a migration is asked for. */
export interface MigrationChoices {
  readonly flags: MigrationFlags
  /** Files that the certificate is saved in; empty: nobody asked for one. */
  readonly proof: readonly SaveTarget[]
}

/**
 * Plans what brings the mail of stores to another place. What is there already is not copied again, and left as it is.
 *
 * @throws UsageError where the target holds mail that the sources have not
 */
export async function planMigration(
  scanned: ScannedStores,
  acts: readonly ActStore[],
  { flags, proof }: MigrationChoices,
  tools: ActTools,
): Promise<MadePlan> {
  const parts = partsOf(scanned, acts)
  const { sources, target } = parts
  await using sample = await sampleTarget(target.store.spec)
  using laid = await layOut(parts, sample, flags)
  const { sides, asked, others, whyNot, left, comparison } = laid
  if (!flags['into-existing']) {
    const [from, to] = [sources.map(({ store }) => store), target.store]
    requireOwnTarget(comparison, sides, { asked, sources: from, target: to, runs: tools.runs })
  }
  const options: OneWayOptions = {
    mode: 'fill',
    copies: 'all',
    deleteFolders: false,
    masterKeeps: asked.keepsFlag.master,
    whyNoFlag: whyNoFlagIn(asked, target, sample),
    wants: (copy) => whyNot(copy) === null && (left?.of(copy) ?? null) === null,
    ...(left === null ? {} : { inherits: (copy) => left.inherited(copy) }),
  }
  const { spool, notes } = await planKept(comparison, sides, options, target)
  if (countSteps(spool.counts) > 0) requireWritable(target.store.spec)
  requireRoom(target.store.spec, spool.counts.bytes)
  const losses = await lossNotes(spool.steps(), sources, target.store.spec)
  const { evidence: _evidence, unjudged: _unjudged, ...compared } = comparison.summary
  const made = madePlan(
    spool,
    {
      command: 'migrate',
      options: sayMigration(flags),
      compared,
      notes: [...others.map(nameNote), ...notes, ...losses],
    },
    planStores(scanned, acts),
    { kind: 'none' },
    { folders: limitFolders([target]), master: null },
  )
  const proving = await startProof(parts, laid, { files: proof, manifest: !flags['no-manifest'], resume: null }, tools)
  return {
    ...made,
    leftOut: () => countLeftOut(sources, whyNot, left),
    conclude: (run) => proving.conclude(run),
    [Symbol.dispose]: () => {
      made[Symbol.dispose]()
      proving[Symbol.dispose]()
      left?.[Symbol.dispose]()
    },
  }
}
