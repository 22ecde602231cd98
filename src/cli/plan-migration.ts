import { compareStores } from '../audit/compare/compare-stores.js'
import { findDuplicates } from '../audit/duplicates.js'
import { joinIndexes } from '../index/joined-index.js'
import { findLeftovers } from '../plan/migrate-dedupe.js'
import type { OneWayOptions, Sides } from '../plan/one-way.js'
import { FORMATS } from '../report/formats.js'
import type { ActStore } from './act-stores.js'
import type { CommonFlags } from './flags.js'
import { countLeftOut } from './left-out.js'
import { type ActTools, limitFolders, type MadePlan, madePlan, planStores } from './made-plan.js'
import { lossNotes } from './migration-losses.js'
import { migrationOptions, nameNote, whyNoFlagIn, whyNotOf } from './migration-options.js'
import { MigrationProof } from './migration-proof.js'
import { requireOwnTarget } from './migration-stores.js'
import { requireRoom, sampleTarget } from './migration-target.js'
import type { PairFlags } from './pair-flags.js'
import { planKept, saidOf } from './plan-sync.js'
import type { SaveTarget } from './save-targets.js'
import type { OpenScan, ScannedStores } from './scan-stores.js'

/** What a migration is asked for. */
export interface MigrationChoices {
  readonly flags: MigrationFlags
  /** Files that the certificate is saved in; empty: nobody asked for one. */
  readonly proof: readonly SaveTarget[]
}

export type MigrationFlags = PairFlags &
  Pick<CommonFlags, 'folder' | 'not-folder'> & {
    readonly 'into-existing': boolean
    readonly dedupe: boolean
    readonly flatten: boolean
    readonly 'no-deleted': boolean
    readonly 'no-manifest': boolean
  }

/** The stores of a migration, scanned. */
export interface MigrationParts {
  readonly sources: readonly OpenScan[]
  readonly target: OpenScan
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
  const sides = { master: joinIndexes(sources.map((each) => each.scanned.index)), slave: target.scanned.index }
  await using sample = await sampleTarget(target.store.spec)
  const { asked, others } = await migrationOptions(parts, sample, flags)
  const whyNot = whyNotOf(asked, flags)
  const left = flags.dedupe ? await leftoversOf(sources, sides, (copy) => whyNot(copy) === null) : null
  using comparison = await compareStores(sides.master, sides.slave, asked)
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
  requireRoom(target.store.spec, spool.counts.bytes)
  const losses = await lossNotes(spool.steps(), sources, target.store.spec)
  const { evidence: _evidence, unjudged: _unjudged, ...compared } = comparison.summary
  const made = madePlan(
    spool,
    {
      command: 'migrate',
      options: { ...saidOf(flags), ...choicesOf(flags) },
      compared,
      notes: [...others.map(nameNote), ...notes, ...losses],
    },
    planStores(scanned, acts),
    { kind: 'none' },
    { folders: limitFolders([target]), master: null },
  )
  const files = await Promise.all(proof.map(async ({ path, format }) => ({ path, render: await FORMATS[format]() })))
  const proving = new MigrationProof(parts, { files, manifest: !flags['no-manifest'], note: tools.messages.note })
  proving.record(comparison, whyNot, left)
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

function partsOf({ open }: ScannedStores, acts: readonly ActStore[]): MigrationParts {
  const name = acts.find(({ role }) => role === 'target')?.chosen.name
  const target = open.find(({ store }) => store.spec.name === name)
  if (target === undefined) throw new TypeError('the target is not open')
  return { sources: open.filter((each) => each !== target), target }
}

async function leftoversOf(
  sources: readonly OpenScan[],
  { master, slave }: Sides,
  wants: Parameters<typeof findLeftovers>[2],
) {
  const indexes = sources.map(({ scanned }) => scanned.index)
  const scope = indexes.length > 1 ? 'all' : 'store'
  const { rows } = await findDuplicates(indexes, { by: 'id', scope, keep: [] })
  await master.needIdentities()
  return findLeftovers(rows(), slave, wants)
}

/** What was asked for beside what a sync is asked for, for the plan's header. */
function choicesOf(flags: MigrationFlags): Readonly<Record<string, boolean>> {
  const chosen = (['dedupe', 'flatten', 'no-deleted', 'into-existing'] as const).filter((name) => flags[name])
  return Object.fromEntries(chosen.map((name) => [name, true]))
}
