import type { ApplyRequest } from '../../src/apply/apply.js'
import type { ApplyResult } from '../../src/apply/result.js'
import { compareStores } from '../../src/audit/compare/compare-stores.js'
import { COMPARE_ALL } from '../../src/audit/compare/comparison.js'
import { type OneWayMode, planOneWay } from '../../src/plan/one-way.js'
import type { Step } from '../../src/plan/step.js'
import { StepSpool } from '../../src/plan/step-spool.js'
import type { Store } from '../../src/stores/store.js'
import { apply, planOf, type Side, settle, sideOf, type Workbench } from './applying.js'

/** Two stores, the second to become like the first. */
export interface Pair {
  readonly master: Store
  readonly slave: Store
  readonly openSlave: NonNullable<Side['open']>
}

/** What a sync did. */
export interface Synced {
  readonly steps: readonly Step[]
  /** null: there was nothing to do, and no run. */
  readonly result: ApplyResult | null
}

/**
 * One sync, as the command does it: what is unfinished on the slave is settled, both are scanned and compared, a plan is made
 * and carried out.
 *
 * @param between - changes the stores after the plan was made
 */
export async function syncOneWay(
  bench: Pick<Workbench, 'runs'>,
  { master, slave, openSlave }: Pair,
  mode: OneWayMode,
  more: Partial<ApplyRequest> = {},
  between: () => void = () => {},
): Promise<Synced> {
  await settle(bench, [{ open: openSlave }])
  const sides = [await sideOf(master), await sideOf(slave, openSlave)] as const
  const [{ index: from }, { index: to }] = [sides[0].scanned, sides[1].scanned]
  try {
    using comparison = await compareStores(from, to, COMPARE_ALL)
    using spool = new StepSpool()
    const all = { copies: 'one', deleteFolders: true, masterKeeps: () => true, whyNoFlag: () => '' } as const
    planOneWay(comparison, { master: from, slave: to }, { mode, ...all }, spool)
    const steps = [...spool.steps()]
    if (steps.length === 0) return { steps, result: null }
    const { header } = planOf([], sides)
    between()
    return { steps, result: await apply(bench, spool.toPlan(header), sides, more) }
  } finally {
    for (const { scanned } of sides) await scanned[Symbol.asyncDispose]()
  }
}
