import { compareStores } from '../../src/audit/compare/compare-stores.js'
import { COMPARE_ALL, type CompareOptions, type CompareSummary } from '../../src/audit/compare/comparison.js'
import { type DupesOptions, findDuplicates } from '../../src/audit/duplicates.js'
import type { ScannedStore } from '../../src/index/scan.js'
import type { StoreIndex } from '../../src/index/store-index.js'
import { type DedupeOptions, planDedupe, SURE_CLASSES } from '../../src/plan/dedupe.js'
import { type OneWayOptions, planOneWay } from '../../src/plan/one-way.js'
import type { PlanCommand, PlanHeader } from '../../src/plan/plan.js'
import type { Step } from '../../src/plan/step.js'
import { StepSpool } from '../../src/plan/step-spool.js'
import { type DoneStep, planUndo } from '../../src/plan/undo.js'
import type { Store } from '../../src/stores/store.js'
import { scan } from './scanning.js'

/** A plan in memory. */
export interface PlannedSteps {
  readonly steps: readonly Step[]
  readonly notes: readonly string[]
}

export const ARCHIVE: OneWayOptions = {
  mode: 'archive',
  copies: 'one',
  deleteFolders: false,
  masterKeeps: () => true,
  whyNoFlag: () => '',
}
export const MIRROR: OneWayOptions = { ...ARCHIVE, mode: 'mirror' }

/** Asks something of indexes that were just made, and closes them. */
export async function withIndexes<T>(
  stores: readonly Store[],
  ask: (...indexes: StoreIndex[]) => Promise<T>,
): Promise<T> {
  const scanned: ScannedStore[] = []
  try {
    for (const store of stores) scanned.push(await scan(store))
    return await ask(...scanned.map(({ index }) => index))
  } finally {
    for (const each of scanned) await each[Symbol.asyncDispose]()
  }
}

export interface SyncPlan extends PlannedSteps {
  readonly summary: CompareSummary
}

export function syncPlan(
  master: Store,
  slave: Store,
  options: OneWayOptions = ARCHIVE,
  asked: Partial<CompareOptions> = {},
): Promise<SyncPlan> {
  return withIndexes([master, slave], async (left, right) => {
    if (left === undefined || right === undefined) throw new Error('two stores')
    using comparison = await compareStores(left, right, { ...COMPARE_ALL, ...asked })
    using spool = new StepSpool()
    const { notes } = planOneWay(comparison, { master: left, slave: right }, options, spool)
    return { steps: [...spool.steps()], notes, summary: comparison.summary }
  })
}

export function dedupePlan(
  stores: readonly Store[],
  options: Partial<DedupeOptions> = {},
  asked: Partial<DupesOptions> = {},
): Promise<PlannedSteps> {
  return withIndexes(stores, async (...indexes) => {
    const { rows } = await findDuplicates(indexes, { by: 'id', scope: 'folder', keep: [], ...asked })
    using spool = new StepSpool()
    const { notes } = await planDedupe(
      rows(),
      indexes,
      { classes: SURE_CLASSES, whyNoFlag: () => '', ...options },
      spool,
    )
    return { steps: [...spool.steps()], notes }
  })
}

export function undoPlan(done: readonly DoneStep[], stores: readonly Store[]): Promise<PlannedSteps> {
  return withIndexes(stores, async (...indexes) => {
    using spool = new StepSpool()
    for (const index of indexes) await index.needIdentities()
    const { notes } = planUndo(done, indexes, spool)
    return { steps: [...spool.steps()], notes }
  })
}

/** A header for plans on stores of these names, all of them targets but the first of a sync. */
export function headerFor(command: PlanCommand, names: readonly string[]): PlanHeader {
  return {
    mbaudit: 'plan',
    version: 1,
    made: '2024-02-29T10:00:00Z',
    command,
    options: { mode: 'mirror', folders: ['INBOX'], limit: 3, all: true },
    stores: names.map((name, at) => ({
      name,
      type: 'memory',
      role: at === 0 && command === 'sync' ? 'source' : 'target',
      open: name,
      identity: `memory:${name}`,
    })),
    compared: { inBoth: 3 },
    notes: ['A sentence.'],
  }
}
