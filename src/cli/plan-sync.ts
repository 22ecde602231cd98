import { compareStores } from '../audit/compare/compare-stores.js'
import type { Comparison } from '../audit/compare/comparison.js'
import { DEFAULT_LIMIT, type MaxDelete } from '../plan/limits.js'
import { type OneWayMode, type OneWayOptions, planOneWay, type Sides } from '../plan/one-way.js'
import { StepSpool } from '../plan/step-spool.js'
import type { ActStore } from './act-stores.js'
import { type Channel, channelOptions } from './channel-choice.js'
import { limitFolders, type MadePlan, madePlan, planStores } from './made-plan.js'
import { pairOf, whyNoFlagIn } from './pair-options.js'
import { type ChoiceFlags, sayChoice } from './said-options.js'
import type { OpenScan, ScannedStores } from './scan-stores.js'
import { unkeptFlags, type WhyNoFlag } from './unkept-flags.js'

/** What a one-way sync is asked for. */
export interface SyncChoices {
  readonly flags: ChoiceFlags
  readonly mode: OneWayMode
  readonly copies: OneWayOptions['copies']
  readonly deleteFolders: boolean
  readonly limit: MaxDelete | undefined
  /** The channel that is carried out; null: two stores that were named. */
  readonly channel: Channel | null
}

/** Compares two stores that were scanned, and plans what makes the second like the first. */
export async function planSync(
  scanned: ScannedStores,
  acts: readonly ActStore[],
  { flags, mode, copies, deleteFolders, limit = DEFAULT_LIMIT, channel }: SyncChoices,
): Promise<MadePlan> {
  const pair = pairOf(scanned.open)
  const [master, slave] = [pair.master.scanned.index, pair.slave.scanned.index]
  const asked = await channelOptions(pair, flags, channel)
  using comparison = await compareStores(master, slave, asked)
  const { summary, folders } = comparison
  const masterKeeps = asked.keepsFlag.master
  const whyNoFlag = whyNoFlagIn(asked.keepsFlag.slave, slave.store)
  const options = { mode, copies, deleteFolders, masterKeeps, whyNoFlag }
  const { spool, notes } = await planKept(comparison, { master, slave }, options, pair.slave)
  const { evidence: _evidence, unjudged: _unjudged, ...compared } = summary
  return madePlan(
    spool,
    { command: 'sync', options: { ...channelSaid(channel), mode, copies, ...sayChoice(flags) }, compared, notes },
    planStores(scanned, acts),
    limit,
    {
      folders: limitFolders([pair.slave]),
      master: {
        store: master.store,
        messages: master.totals().messages,
        hasFolder: ({ folder }) => folders.pairing.mastersOf(folder).length > 0,
      },
    },
  )
}

const channelSaid = (channel: Channel | null) => (channel === null ? {} : { channel: channel.name })

/** Plans, and once more where the slave cannot keep flags that the plan would set. */
export async function planKept(
  comparison: Comparison,
  sides: Sides,
  options: OneWayOptions,
  { store, scanned }: OpenScan,
) {
  const spool = new StepSpool()
  const { notes } = planOneWay(comparison, sides, options, spool)
  const folders = new Set(scanned.index.folders().map(({ folder }) => folder))
  const unkept = await unkeptFlags(spool.steps(), store.spec, folders)
  if (unkept === null) return { spool, notes }
  spool[Symbol.dispose]()
  const { whyNoFlag } = options
  const whyNot: WhyNoFlag = (folder, flag) => whyNoFlag(folder, flag) || unkept(folder, flag)
  const second = new StepSpool()
  return { spool: second, ...planOneWay(comparison, sides, { ...options, whyNoFlag: whyNot }, second) }
}
