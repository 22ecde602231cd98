import type { PairSide } from '../index/pair-row.js'
import { StepSpool } from '../plan/step-spool.js'
import { planTwoWay, type TwoWayOptions, type TwoWayPlanned } from '../plan/two-way.js'
import type { Answers } from '../plan/two-way-answers.js'
import type { TwoWayState } from '../plan/two-way-state.js'
import { type Channel, channelOptions } from './channel-choice.js'
import type { CommonFlags } from './flags.js'
import type { PairFlags } from './pair-flags.js'
import { type ScannedPair, whyNoFlagIn } from './pair-options.js'
import type { OpenScan } from './scan-stores.js'
import { unkeptFlags, type WhyNoFlag } from './unkept-flags.js'

/** What a two-way plan is asked for. */
export interface TwoWayAsked {
  readonly flags: PairFlags &
    Pick<CommonFlags, 'folder' | 'not-folder'> & {
      readonly prefer?: string | undefined
      readonly toward?: string | undefined
    }
  readonly answers: Answers
}

/** What the planner must know of two stores that were scanned, and of their channel. */
export async function twoWayOptions(
  pair: ScannedPair,
  channel: Channel,
  { flags, answers }: TwoWayAsked,
): Promise<TwoWayOptions> {
  const { master: a, slave: b } = pair
  const compared = await channelOptions(pair, flags, channel)
  const whyNot = {
    a: whyNoFlagIn(compared.keepsFlag.master, a.store.spec.name),
    b: whyNoFlagIn(compared.keepsFlag.slave, b.store.spec.name),
  }
  return {
    ...compared,
    stableLocators: { a: await keepsLocators(a), b: await keepsLocators(b) },
    whyNoFlag: (side, folder, flag) => whyNot[side](folder, flag),
    prefer: sideOf(channel, flags.prefer),
    toward: sideOf(channel, flags.toward),
    answers: (question) => answers.get(question)?.answer ?? null,
  }
}

const sideOf = ({ stores }: Channel, store: string | undefined): PairSide | null =>
  store === undefined ? null : store === stores[0] ? 'a' : 'b'

/** Whether a message keeps its place, in every folder. */
async function keepsLocators({ store, scanned }: OpenScan): Promise<boolean> {
  for (const { folder } of scanned.index.folders()) {
    await using opened = await store.open(folder)
    if (!opened.abilities.stableLocators) return false
  }
  return true
}

/** A two-way plan and the steps of it. Closing it closes both. */
export interface Kept extends Disposable {
  readonly spool: StepSpool
  readonly planned: TwoWayPlanned
}

/** Plans, and once more where a side cannot keep flags that the plan would set. */
export async function planKept(pair: ScannedPair, state: TwoWayState, options: TwoWayOptions): Promise<Kept> {
  const first = await plan(pair, state, options)
  try {
    const unkept = { a: await unkeptOn(pair.master, first), b: await unkeptOn(pair.slave, first) }
    if (unkept.a === null && unkept.b === null) return first
    const whyNoFlag: TwoWayOptions['whyNoFlag'] = (side, folder, flag) =>
      options.whyNoFlag(side, folder, flag) || (unkept[side]?.(folder, flag) ?? '')
    const second = await plan(pair, state, { ...options, whyNoFlag })
    first[Symbol.dispose]()
    return second
  } catch (error) {
    first[Symbol.dispose]()
    throw error
  }
}

async function plan({ master, slave }: ScannedPair, state: TwoWayState, options: TwoWayOptions): Promise<Kept> {
  const spool = new StepSpool()
  try {
    const planned = await planTwoWay(master.scanned.index, slave.scanned.index, state, options, spool)
    const close = () => {
      spool[Symbol.dispose]()
      planned[Symbol.dispose]()
    }
    return { spool, planned, [Symbol.dispose]: close }
  } catch (error) {
    spool[Symbol.dispose]()
    throw error
  }
}

function unkeptOn({ store, scanned }: OpenScan, { spool }: Kept): Promise<WhyNoFlag | null> {
  return unkeptFlags(spool.steps(), store.spec, new Set(scanned.index.folders().map(({ folder }) => folder)))
}
