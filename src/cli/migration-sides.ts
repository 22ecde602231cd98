import { compareStores } from '../audit/compare/compare-stores.js'
import type { CompareOptions, Comparison } from '../audit/compare/comparison.js'
import { findDuplicates } from '../audit/duplicates.js'
import type { IndexedCopy } from '../index/copy-index.js'
import { joinIndexes } from '../index/joined-index.js'
import { findLeftovers, type Leftovers } from '../plan/migrate-dedupe.js'
import type { OtherName } from '../plan/migrate-names.js'
import type { Sides } from '../plan/one-way.js'
import type { ActStore } from './act-stores.js'
import { migrationOptions, whyNotOf } from './migration-options.js'
import type { TargetSample } from './migration-target.js'
import type { MigrationFlags } from './said-options.js'
import type { OpenScan, ScannedStores } from './scan-stores.js'

/** The stores of a migration, scanned. */
export interface MigrationParts {
  readonly sources: readonly OpenScan[]
  readonly target: OpenScan
}

/** The sources of a migration beside its target. Closing it closes the comparison alone. */
export interface LaidOut extends Disposable {
  readonly sides: Sides
  readonly asked: CompareOptions
  readonly others: readonly OtherName[]
  /** Why a message is not brought over; null: it is asked for. */
  readonly whyNot: (copy: IndexedCopy) => string | null
  /** What stays behind since other copies stand for it; null: every copy comes over. The caller's to close. */
  readonly left: Leftovers | null
  readonly comparison: Comparison
}

export function partsOf({ open }: ScannedStores, acts: readonly ActStore[]): MigrationParts {
  const name = acts.find(({ role }) => role === 'target')?.chosen.name
  const target = open.find(({ store }) => store.spec.name === name)
  if (target === undefined) throw new TypeError('the target is not open')
  return { sources: open.filter((each) => each !== target), target }
}

/** @throws FolderNameError for a folder that the target can have under no name */
export async function layOut(parts: MigrationParts, sample: TargetSample, flags: MigrationFlags): Promise<LaidOut> {
  const { sources, target } = parts
  const sides = { master: joinIndexes(sources.map((each) => each.scanned.index)), slave: target.scanned.index }
  const { asked, others } = await migrationOptions(parts, sample, flags)
  const whyNot = whyNotOf(asked, flags)
  const left = flags.dedupe ? await leftoversOf(sources, sides, (copy) => whyNot(copy) === null) : null
  const comparison = await compareStores(sides.master, sides.slave, asked)
  return { sides, asked, others, whyNot, left, comparison, [Symbol.dispose]: () => comparison[Symbol.dispose]() }
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
