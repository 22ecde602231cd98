import { pairFolders } from '../audit/folder-pairs.js'
import type { SyncState } from '../index/sync-state.js'
import { DEFAULT_LIMIT } from '../plan/limits.js'
import type { TwoWayOptions, TwoWayPlanned } from '../plan/two-way.js'
import type { TwoWayState } from '../plan/two-way-state.js'
import { questionObject } from '../report/questions-report.js'
import { countOf, formatDate } from '../report/wording.js'
import type { ActStore } from './act-stores.js'
import { saveQuestions } from './answer-files.js'
import type { Channel } from './channel-choice.js'
import { ChannelMemory, now } from './channel-memory.js'
import type { ChannelAsked } from './channel-request.js'
import { type ActTools, type MadePlan, madePlan, planStores } from './made-plan.js'
import { pairOf, type ScannedPair } from './pair-options.js'
import { sayChoice } from './said-options.js'
import { isForShow } from './scan-for-plan.js'
import type { ScannedStores } from './scan-stores.js'
import { planKept, twoWayOptions } from './two-way-pair.js'

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
  const isLook = isForShow(flags)
  const memory = new ChannelMemory(channel.name, pair, runs, { rebuild: flags['rebuild-state'], isLook })
  try {
    for (const note of memory.state.notes) messages.note(note)
    if (isLook) memory.takeInQuietly(messages.note)
    else memory.takeIn()
    const options = await twoWayOptions(pair, channel, asked)
    const known = await knownBefore(pair, memory.state, options, channel, asked, messages)
    const { spool, planned } = await planKept(pair, known, options)
    for (const note of unaskedAnswers(asked, planned)) messages.note(note)
    const { compared } = planned
    if (asked.questions !== null)
      await saveQuestions(asked.questions, () => planned.questions(), compared.questions, flags)
    const open = countOpen(planned)
    const stores = planStores(scanned, acts)
    const made = madePlan(
      spool,
      { command: 'sync', options: saidOfChannel(channel, asked), compared, notes: notesOf(planned, open, asked) },
      stores,
      limit,
      planned.limitFacts,
    )
    return {
      ...made,
      questions: open,
      details: listed(planned),
      begin: ({ name }) => memory.remember(planned.observed, name),
      conclude: async (run) => (run === null ? memory.remember(planned.observed, null) : memory.takeIn()),
      [Symbol.dispose]: () => {
        made[Symbol.dispose]()
        planned[Symbol.dispose]()
        memory[Symbol.dispose]()
      },
    }
  } catch (error) {
    memory[Symbol.dispose]()
    throw error
  }
}

/** What the header says; `AppliedChannel` reads it again. */
function saidOfChannel({ name }: Channel, { flags }: ChannelAsked) {
  const rebuilt = flags['rebuild-state'] ? { rebuildState: true } : {}
  return { channel: name, mode: 'two-way', ...sayChoice(flags), ...rebuilt }
}

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
