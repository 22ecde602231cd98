import type { Config } from '../config/config.js'
import { UsageError } from '../errors.js'
import type { MaxDelete } from '../plan/limits.js'
import type { Answers } from '../plan/two-way-answers.js'
import type { CarryOutFlags } from './act-flags.js'
import { type ActStore, chooseActStore, requireApart } from './act-stores.js'
import { type Channel, limitOf } from './channel-choice.js'
import type { ChannelFlags } from './channel-flags.js'
import type { StoreChoices } from './choose-stores.js'
import type { AccountFlags, CommonFlags } from './flags.js'
import type { ActTools, MadePlan } from './made-plan.js'
import type { PairFlags } from './pair-flags.js'
import type { PlanScanRequest } from './scan-for-plan.js'
import type { ScannedStores } from './scan-stores.js'
import { toward } from './toward.js'

export type SyncFlags = CommonFlags & AccountFlags & CarryOutFlags & PairFlags & ChannelFlags

/** What a channel is asked for. */
export interface ChannelAsked {
  readonly flags: SyncFlags
  readonly answers: Answers
  /** Where the questions are written to; null: nowhere. */
  readonly questions: string | null
  readonly limit: MaxDelete | undefined
}

/** How a channel is read, planned and carried out. */
export interface ChannelRequest extends PlanScanRequest {
  readonly flags: SyncFlags
  readonly choose: (config: Config, choices: StoreChoices) => Promise<readonly ActStore[]>
  readonly make: (scanned: ScannedStores, stores: readonly ActStore[], tools: ActTools) => Promise<MadePlan>
}

/**
 * Turns a channel of the configuration into what is to be done.
 *
 * @throws UsageError for flags that do not go with it
 */
export function channelRequest(channel: Channel, given: ChannelAsked): ChannelRequest {
  const { config, stores } = channel
  const asked = { ...given, limit: given.limit ?? limitOf(config) }
  const { flags } = asked
  requireStores(channel, flags)
  const isTwoWay = config.mode === 'two-way'
  if (!isTwoWay) requireNoState(channel, flags)
  return {
    flags,
    folders: { only: [], not: [] },
    whenOpen: requireApart,
    choose: async (known, choices) => [
      await chooseActStore(stores[0], isTwoWay ? 'target' : 'source', known, choices, isTwoWay),
      await chooseActStore(stores[1], 'target', known, choices, true),
    ],
    make: async (scanned, acts, tools) => {
      const made = await makePlan(scanned, acts, channel, asked, tools)
      return flags.toward === undefined ? made : toward(made, flags.toward)
    },
  }
}

async function makePlan(
  scanned: ScannedStores,
  acts: readonly ActStore[],
  channel: Channel,
  asked: ChannelAsked,
  tools: ActTools,
): Promise<MadePlan> {
  const { config } = channel
  if (config.mode === 'two-way') {
    const { planBothWays } = await import('./plan-both-ways.js')
    return planBothWays(scanned, acts, channel, asked, tools)
  }
  const { planSync } = await import('./plan-sync.js')
  const { flags, limit } = asked
  const { mode, copies = 'one', deleteFolders = false } = config
  return planSync(scanned, acts, {
    flags,
    limit,
    channel,
    mode,
    copies,
    deleteFolders: deleteFolders && mode === 'mirror',
  })
}

function requireStores({ name, stores }: Channel, flags: SyncFlags): void {
  for (const flag of ['toward', 'prefer'] as const) {
    const store = flags[flag]
    if (store === undefined || stores.includes(store)) continue
    throw new UsageError(
      `--${flag} ${store}: channel ${name} has no such store`,
      `It is between ${stores.join(' and ')}.`,
    )
  }
}

/** What a sync asks that remembers; a one-way channel needs none of it. */
function requireNoState({ name, config }: Channel, flags: SyncFlags): void {
  for (const flag of ['prefer', 'questions', 'answers', 'take-over', 'rebuild-state'] as const) {
    if (flags[flag] === undefined || flags[flag] === false) continue
    const hint = `A channel of mode ${config.mode} looks at both stores alone; only two-way channels keep a state.`
    throw new UsageError(`--${flag} does not go with channel ${name}`, hint)
  }
}
