import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApplyRequest } from '../../src/apply/apply.js'
import type { ApplyResult } from '../../src/apply/result.js'
import { openRuns } from '../../src/apply/runs.js'
import { takeInRuns } from '../../src/apply/taken-in.js'
import { COMPARE_ALL } from '../../src/audit/compare/comparison.js'
import { openSyncState, type SyncState } from '../../src/index/sync-state.js'
import { checkLimits, type MaxDelete } from '../../src/plan/limits.js'
import type { Step } from '../../src/plan/step.js'
import { StepSpool } from '../../src/plan/step-spool.js'
import { planTwoWay, type TwoWayOptions } from '../../src/plan/two-way.js'
import type { Question } from '../../src/plan/two-way-question.js'
import type { Store } from '../../src/stores/store.js'
import { carryOut, NOW, planOf, type Side, settle, sideOf } from './applying.js'

export const TWO_WAY: TwoWayOptions = {
  ...COMPARE_ALL,
  stableLocators: { a: true, b: true },
  whyNoFlag: () => '',
  prefer: null,
  answers: () => null,
  toward: null,
}

/** A computer: its runs, and the states of its channels. */
export class Computer implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'mbaudit-two-way-'))
  readonly runs = openRuns({ state: join(this.root, 'state'), data: join(this.root, 'data') })
  /** Milliseconds; another one with each sync. */
  now = NOW

  openState(a: Store, b: Store, rebuild = false): SyncState {
    return openSyncState(join(this.root, 'state'), { channel: 'home', a: a.identity, b: b.identity }, rebuild)
  }

  forgetState(): void {
    rmSync(join(this.root, 'state', 'sync'), { recursive: true, force: true })
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

export interface Channel {
  readonly a: Store
  readonly b: Store
  readonly openA: NonNullable<Side['open']>
  readonly openB: NonNullable<Side['open']>
}

export interface SyncedTwoWay {
  readonly steps: readonly Step[]
  readonly questions: readonly Question[]
  readonly cameBack: readonly string[]
  readonly notes: readonly string[]
  readonly stateNotes: readonly string[]
  readonly result: ApplyResult | null
}

export interface SyncRequest {
  readonly options?: Partial<TwoWayOptions>
  readonly limit?: MaxDelete
  readonly apply?: Partial<ApplyRequest>
  /** Changes the stores after the plan was made. */
  readonly between?: () => void
  /** Carries nothing out. */
  readonly dryRun?: boolean
}

/** One two-way sync, as the command does it. */
export async function syncTwoWay(
  computer: Computer,
  { a, b, openA, openB }: Channel,
  { options = {}, limit = { kind: 'none' }, apply = {}, between = () => {}, dryRun = false }: SyncRequest = {},
): Promise<SyncedTwoWay> {
  computer.now += 60_000
  const now = new Date(computer.now).toISOString()
  await settle(computer, [{ open: openA }, { open: openB }])
  using state = computer.openState(a, b)
  const stores = { a: a.identity, b: b.identity }
  takeInRuns(state, computer.runs, stores, now)
  const sides = [await sideOf(a, openA), await sideOf(b, openB)] as const
  try {
    using spool = new StepSpool()
    const [{ index: left }, { index: right }] = [sides[0].scanned, sides[1].scanned]
    using planned = await planTwoWay(left, right, state, { ...TWO_WAY, ...options }, spool)
    const steps = [...spool.steps()]
    const told = {
      steps,
      questions: [...planned.questions()],
      cameBack: [...planned.cameBack()].map(({ id, folder, store }) => `${store} ${folder} ${id}`),
      notes: planned.notes,
      stateNotes: state.notes,
    }
    checkLimits(steps, limit, planned.limitFacts)
    if (dryRun) return { ...told, result: null }
    const { header } = planOf([], sides)
    const run = steps.length === 0 ? null : await computer.runs.create(spool.toPlan(header), computer.now)
    const { folders, asksAgain } = planned.observed
    state.write(planned.observed.changes(), { now, underWay: run?.name ?? null, folders, asksAgain })
    between()
    const result = run === null ? null : await carryOut(run, sides, apply)
    takeInRuns(state, computer.runs, stores, now)
    return { ...told, result }
  } finally {
    for (const { scanned } of sides) await scanned[Symbol.asyncDispose]()
  }
}

/** A plan in a line a step. */
export function tellSteps(steps: readonly Step[]): readonly string[] {
  return steps.map((step) => {
    switch (step.op) {
      case 'copy':
        return `copy ${step.expect.id} to ${step.to.store} ${step.to.folder}`
      case 'move':
        return `move ${step.expect.id} on ${step.at.store} from ${step.at.folder} to ${step.to}`
      case 'flags':
        return `flags ${step.expect.id} on ${step.at.store} +${step.add.join()} -${step.remove.join()}`
      case 'delete':
        return `delete ${step.expect.id} on ${step.at.store} ${step.at.folder}`
      default:
        return `${step.op} ${step.at.folder} on ${step.at.store}`
    }
  })
}
