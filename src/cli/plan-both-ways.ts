import { homedir } from 'node:os'
import { lockTarget } from '../apply/lock.js'
import { takeInRuns } from '../apply/taken-in.js'
import { pairFolders } from '../audit/folder-pairs.js'
import { stateDirectory } from '../config/paths.js'
import { MbauditError } from '../errors.js'
import type { PairSide } from '../index/pair-row.js'
import { openSyncState, type SyncState } from '../index/sync-state.js'
import { DEFAULT_LIMIT } from '../plan/limits.js'
import { StepSpool } from '../plan/step-spool.js'
import { planTwoWay, type TwoWayOptions, type TwoWayPlanned } from '../plan/two-way.js'
import type { TwoWayState } from '../plan/two-way-state.js'
import { questionObject } from '../report/questions-report.js'
import { countOf, formatDate } from '../report/wording.js'
import type { ActStore } from './act-stores.js'
import { saveQuestions } from './answer-files.js'
import { type Channel, channelOptions } from './channel-choice.js'
import type { ChannelAsked } from './channel-request.js'
import { type ActTools, type MadePlan, madePlan, planStores } from './made-plan.js'
import { pairOf, type ScannedPair, whyNoFlagIn } from './pair-options.js'
import { sayChoice } from './said-options.js'
import { isForShow } from './scan-for-plan.js'
import type { OpenScan, ScannedStores } from './scan-stores.js'
import { unkeptFlags, type WhyNoFlag } from './unkept-flags.js'

/** So many questions, and mails that came back, stand in a result; `--questions FILE` has all. */
const LISTED = 1000

/** Plans what makes the two stores of a channel alike, with what the last sync saw. */
export async function planBothWays(
  scanned: ScannedStores,
  acts: readonly ActStore[],
  channel: Channel,
  asked: ChannelAsked,
  { runs, messages }: ActTools,
): Promise<MadePlan> {
  const { flags, limit = DEFAULT_LIMIT } = asked
  const pair = pairOf(scanned.open)
  const [a, b] = [pair.master.store, pair.slave.store]
  const directory = stateDirectory(process.env, homedir())
  const owner = { channel: channel.name, a: a.identity, b: b.identity }
  const state = openSyncState(directory, owner, flags['rebuild-state'], isForShow(flags))
  const takeIn = () => takeInRuns(state, runs, { a: a.identity, b: b.identity }, now())
  try {
    for (const note of state.notes) messages.note(note)
    if (!isForShow(flags)) takeIn()
    else if (state.underWay !== null) takeInQuietly(takeIn, [a.identity, b.identity], { runs, messages })
    const options = await twoWayOptions(pair, channel, asked)
    const known = await knownBefore(pair, state, options, channel, asked, messages)
    const { spool, planned } = await planKept(pair, known, options)
    for (const note of unaskedAnswers(asked, planned)) messages.note(note)
    const { compared } = planned
    if (asked.questions !== null)
      await saveQuestions(asked.questions, () => planned.questions(), compared.questions, flags)
    const open = countOpen(planned)
    const said = { channel: channel.name, mode: 'two-way', ...sayChoice(flags) }
    const stores = planStores(scanned, acts)
    const made = madePlan(
      spool,
      { command: 'sync', options: said, compared, notes: notesOf(planned, open, asked) },
      stores,
      limit,
      planned.limitFacts,
    )
    const remember = (underWay: string | null) =>
      state.write(planned.observed.changes(), { ...planned.observed, now: now(), underWay })
    return {
      ...made,
      questions: open,
      details: listed(planned),
      begin: ({ name }) => remember(name),
      conclude: async (run) => (run === null ? remember(null) : takeIn()),
      [Symbol.dispose]: () => {
        made[Symbol.dispose]()
        planned[Symbol.dispose]()
        state[Symbol.dispose]()
      },
    }
  } catch (error) {
    state[Symbol.dispose]()
    throw error
  }
}

const now = (): string => new Date().toISOString()

/** The state; at a first sync, what another program remembers, where that was asked for. */
async function knownBefore(
  pair: ScannedPair,
  state: SyncState,
  options: TwoWayOptions,
  channel: Channel,
  { flags }: ChannelAsked,
  { note }: Pick<ActTools['messages'], 'note'>,
): Promise<TwoWayState> {
  const path = flags['take-over']
  if (path === undefined) return state
  const { takeOver } = await import('./take-over.js')
  const [a, b] = [pair.master.scanned.index, pair.slave.scanned.index]
  const pairing = pairFolders(a.folders(), b.folders(), options)
  return takeOver(pair, state, { path, channel: channel.name, cwd: process.cwd(), pairing, note, now: now() })
}

/** For a plan that is only looked at, nothing is locked: what another run is about to write down is left to it. */
function takeInQuietly(takeIn: () => void, identities: readonly string[], { runs, messages }: ActTools): void {
  const held: Disposable[] = []
  try {
    for (const identity of identities)
      held.push(
        lockTarget(runs, identity, { store: identity, command: 'mbaudit sync', pid: process.pid, now: Date.now() }),
      )
    takeIn()
  } catch (error) {
    if (!(error instanceof MbauditError && error.code === 'STORE_LOCKED')) throw error
    messages.note(`another run is at work on this channel: ${error.message}`)
  } finally {
    for (const lock of held) lock[Symbol.dispose]()
  }
}

async function twoWayOptions(pair: ScannedPair, channel: Channel, asked: ChannelAsked): Promise<TwoWayOptions> {
  const { flags, answers } = asked
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

interface Kept {
  readonly spool: StepSpool
  readonly planned: TwoWayPlanned
}

/** Plans, and once more where a side cannot keep flags that the plan would set. */
async function planKept(pair: ScannedPair, state: TwoWayState, options: TwoWayOptions): Promise<Kept> {
  const first = await plan(pair, state, options)
  try {
    const unkept = { a: await unkeptOn(pair.master, first), b: await unkeptOn(pair.slave, first) }
    if (unkept.a === null && unkept.b === null) return first
    const whyNoFlag: TwoWayOptions['whyNoFlag'] = (side, folder, flag) =>
      options.whyNoFlag(side, folder, flag) || (unkept[side]?.(folder, flag) ?? '')
    const second = await plan(pair, state, { ...options, whyNoFlag })
    close(first)
    return second
  } catch (error) {
    close(first)
    throw error
  }
}

async function plan({ master, slave }: ScannedPair, state: TwoWayState, options: TwoWayOptions): Promise<Kept> {
  const spool = new StepSpool()
  try {
    return { spool, planned: await planTwoWay(master.scanned.index, slave.scanned.index, state, options, spool) }
  } catch (error) {
    spool[Symbol.dispose]()
    throw error
  }
}

function close({ spool, planned }: Kept): void {
  spool[Symbol.dispose]()
  planned[Symbol.dispose]()
}

function unkeptOn({ store, scanned }: OpenScan, { spool }: Kept): Promise<WhyNoFlag | null> {
  return unkeptFlags(spool.steps(), store.spec, new Set(scanned.index.folders().map(({ folder }) => folder)))
}

/** Answers to what is not asked any more say so: they change nothing. */
function unaskedAnswers({ answers }: ChannelAsked, planned: TwoWayPlanned): string[] {
  if (answers.size === 0) return []
  const asked = new Set<string>()
  for (const { question } of planned.questions()) if (answers.has(question)) asked.add(question)
  const left = answers.size - asked.size
  return left === 0 ? [] : [`${left} of ${answers.size} answers are to questions that are not asked any more`]
}

/** What stays as it is until a person has decided. */
function countOpen(planned: TwoWayPlanned): number {
  let open = 0
  for (const { isAnswered, taken } of planned.questions()) if (!isAnswered && taken === 'leave') open++
  return open
}

function notesOf({ notes, compared }: TwoWayPlanned, open: number, { flags }: ChannelAsked): readonly string[] {
  const file = '--questions FILE.csv, then --answers FILE.csv'
  if (open > 0) return [...notes, `${countOf(open, 'question')} left open. To answer: ${file}.`]
  const isAsked = compared.cameBack > 0 && flags.prefer === undefined && flags.answers === undefined
  return isAsked ? [...notes, `If you know better: --prefer STORE, or for each of them ${file}.`] : notes
}

function listed(planned: TwoWayPlanned) {
  return {
    questions: firstOf(planned.questions(), questionObject),
    cameBack: firstOf(planned.cameBack(), ({ store, folder, locator, id, date, from, subject }) => ({
      store,
      folder,
      locator,
      id,
      date: formatDate(date),
      from,
      subject,
    })),
  }
}

function firstOf<From, To>(items: Iterable<From>, map: (item: From) => To): To[] {
  const found: To[] = []
  for (const item of items) {
    if (found.length >= LISTED) break
    found.push(map(item))
  }
  return found
}
