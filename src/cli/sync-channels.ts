import { requireQuarantine } from '../apply/quarantine.js'
import type { Config } from '../config/config.js'
import { EXIT, type ExitStatus, gravest, MbauditError, type Problem } from '../errors.js'
import { NO_STEPS } from '../plan/counts.js'
import type { PlanCounts } from '../plan/plan.js'
import { countSteps } from '../report/plan-report.js'
import {
  CHANNEL_OUTCOMES,
  type ChannelOutcome,
  type SyncAllSummary,
  type SyncedChannelRow,
} from '../report/sync-all-report.js'
import { carriedEnd, NOTHING_TO_DO, problemOfError } from './act-end.js'
import { storeChoices } from './audit-command.js'
import { carryOut } from './carry-out.js'
import type { Channel } from './channel-choice.js'
import { ChannelRecorder } from './channel-recorder.js'
import { channelRequest, type SyncFlags } from './channel-request.js'
import { interruption } from './interruption.js'
import { userRuns } from './known-runs.js'
import type { RunMessages } from './messages.js'
import { isForShow, scanForPlan } from './scan-for-plan.js'
import { TargetLocks } from './target-locks.js'

/** Channels that are carried out at once, unless `--jobs` says. */
const AT_ONCE = 4

/** What came of several channels. */
export interface SyncedChannels {
  readonly summary: SyncAllSummary
  readonly rows: readonly SyncedChannelRow[]
  readonly problems: readonly Problem[]
  readonly status: ExitStatus
}

interface Synced {
  readonly row: SyncedChannelRow
  readonly problems: readonly Problem[]
  readonly status: ExitStatus
}

/** Carries out channels in their order; at once those that share no store with one before them that is not done. */
export async function syncChannels(
  channels: readonly Channel[],
  config: Config,
  flags: SyncFlags,
  messages: RunMessages,
): Promise<SyncedChannels> {
  const synced = new Map<Channel, Synced>()
  await inTurns(channels, flags.jobs ?? AT_ONCE, async (channel) => {
    synced.set(channel, await syncOne(channel, config, flags, messages))
  })
  const all = channels.flatMap((channel) => synced.get(channel) ?? [])
  const rows = all.map(({ row }) => row)
  const problems = all.flatMap((each) => each.problems)
  const status = gravest(EXIT.ok, ...all.map((each) => each.status))
  return { summary: sumOf(rows), rows, problems, status }
}

/** Starts each item as soon as no earlier one that shares a store with it is left, at most so many at a time. */
async function inTurns(
  channels: readonly Channel[],
  most: number,
  work: (channel: Channel) => Promise<void>,
): Promise<void> {
  const waiting = new Set(channels)
  const running = new Map<Channel, Promise<void>>()
  while (waiting.size > 0 || running.size > 0) {
    const unfinished = [...running.keys()]
    for (const channel of waiting) {
      if (running.size < most && !unfinished.some((other) => shareStore(channel, other))) {
        waiting.delete(channel)
        running.set(
          channel,
          work(channel).finally(() => running.delete(channel)),
        )
      }
      unfinished.push(channel)
    }
    await Promise.race(running.values())
  }
}

const shareStore = (one: Channel, other: Channel): boolean => one.stores.some((store) => other.stores.includes(store))

async function syncOne(channel: Channel, config: Config, given: SyncFlags, messages: RunMessages): Promise<Synced> {
  if (interruption.aborted) return { row: rowOf(channel, 'open'), problems: [], status: EXIT.interrupted }
  const flags = { ...given, progress: 'none' as const }
  const recorder = new ChannelRecorder(channel.name, !isForShow(flags))
  try {
    return await carryOutChannel(channel, config, flags, { ...messages, ...ofChannel(channel, messages) }, recorder)
  } catch (error) {
    if (!(error instanceof MbauditError)) throw error
    recorder.fail(error)
    return failedChannel(channel, error)
  }
}

/** What is said of a channel names it. */
const ofChannel = ({ name }: Channel, { log, note }: RunMessages) => ({
  log: (line: string) => log(`${name}: ${line}`),
  note: (line: string) => note(`${name}: ${line}`),
})

async function carryOutChannel(
  channel: Channel,
  config: Config,
  flags: SyncFlags,
  messages: RunMessages,
  recorder: ChannelRecorder,
): Promise<Synced> {
  const runs = userRuns()
  const asked = { flags, answers: new Map(), questions: null, limit: flags['max-delete'] }
  const request = channelRequest(channel, asked)
  const stores = await request.choose(config, storeChoices(flags, messages))
  using locks = new TargetLocks(runs, { command: `mbaudit sync ${channel.name}`, note: messages.note })
  await using scanned = await scanForPlan(request, stores, locks, messages)
  using made = recorder.noteMade(await request.make(scanned, stores, { runs, messages }))
  const { plan, counts, refusal, questions = 0 } = made
  for (const note of plan.header.notes) messages.note(note)
  const read = { problems: scanned.problems(), status: scanned.status() }
  if (refusal !== null) {
    recorder.fail(refusal)
    return failedChannel(channel, refusal, counts)
  }
  if (isForShow(flags) || countSteps(counts) === 0) {
    if (!isForShow(flags)) await made.conclude?.(null)
    recorder.end(NOTHING_TO_DO)
    const outcome = countSteps(counts) === 0 ? 'nothing' : 'planned'
    return { row: { ...rowOf(channel, outcome, counts), questions }, ...read }
  }
  if (counts.delete > 0) requireQuarantine(runs.directories)
  const run = await runs.create(plan, Date.now())
  made.begin?.(run)
  const { result, problems, status } = await carryOut(run, counts, scanned, flags, messages)
  await made.conclude?.(run)
  const end = carriedEnd(run, counts, result, problems)
  recorder.end(end)
  const { done, failed, skipped } = result
  const outcome = end.end === 'declined' ? 'open' : end.end
  const row = { ...rowOf(channel, outcome, counts), run: run.name, done, failed, skipped, questions }
  const [first] = problems
  return {
    row: first === undefined ? row : { ...row, code: first.code, message: first.message },
    problems: [...read.problems, ...problems],
    status: gravest(read.status, status),
  }
}

function failedChannel(channel: Channel, error: MbauditError, counts?: PlanCounts): Synced {
  const { code, message, exitStatus: status } = error
  const outcome = code === 'SAFETY_LIMIT' ? 'refused' : code === 'INTERRUPTED' ? 'interrupted' : 'failed'
  const row = { ...rowOf(channel, outcome, counts), code, message }
  return { row, problems: [problemOfError(error)], status }
}

const rowOf = (
  { name, config, stores }: Channel,
  outcome: ChannelOutcome,
  counts: PlanCounts = NO_STEPS,
): SyncedChannelRow => ({
  channel: name,
  mode: config.mode,
  stores,
  outcome,
  run: null,
  ...counts,
  done: 0,
  failed: 0,
  skipped: 0,
  questions: 0,
  code: null,
  message: null,
})

function sumOf(rows: readonly SyncedChannelRow[]): SyncAllSummary {
  const sum = (key: keyof PlanCounts | 'done' | 'failed' | 'skipped') =>
    rows.reduce((total, row) => total + row[key], 0)
  const counted = CHANNEL_OUTCOMES.map((outcome) => [outcome, rows.filter((row) => row.outcome === outcome).length])
  return {
    channels: rows.length,
    outcomes: { ...NO_OUTCOMES, ...Object.fromEntries(counted) },
    renameFolder: sum('renameFolder'),
    createFolder: sum('createFolder'),
    subscribe: sum('subscribe'),
    move: sum('move'),
    copy: sum('copy'),
    flags: sum('flags'),
    delete: sum('delete'),
    deleteFolder: sum('deleteFolder'),
    bytes: sum('bytes'),
    done: sum('done'),
    failed: sum('failed'),
    skipped: sum('skipped'),
  }
}

const NO_OUTCOMES: SyncAllSummary['outcomes'] = {
  nothing: 0,
  planned: 0,
  done: 0,
  partly: 0,
  interrupted: 0,
  refused: 0,
  failed: 0,
  open: 0,
}
