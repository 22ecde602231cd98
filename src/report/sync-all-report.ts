import type { PlanCounts } from '../plan/plan.js'
import { countSteps, listCounts } from './plan-report.js'
import type { ReportKind, Tone } from './report.js'
import { countOf, formatCount } from './wording.js'

/** What came of a channel. `planned`: it was only looked at; `open`: it was not come to. */
export const CHANNEL_OUTCOMES = [
  'nothing',
  'planned',
  'done',
  'partly',
  'interrupted',
  'refused',
  'failed',
  'open',
] as const
export type ChannelOutcome = (typeof CHANNEL_OUTCOMES)[number]

/** A channel of `sync --all`. */
export interface SyncedChannelRow extends PlanCounts {
  readonly channel: string
  readonly mode: string
  readonly stores: readonly string[]
  readonly outcome: ChannelOutcome
  readonly run: string | null
  readonly done: number
  readonly failed: number
  readonly skipped: number
  readonly questions: number
  /** Why it did not end as it should; null: it did. */
  readonly code: string | null
  readonly message: string | null
}

export interface SyncAllSummary extends PlanCounts {
  readonly channels: number
  /** By what came of them. */
  readonly outcomes: Readonly<Record<ChannelOutcome, number>>
  readonly done: number
  readonly failed: number
  readonly skipped: number
}

const COLUMNS = [
  'channel',
  'mode',
  'stores',
  'outcome',
  'run',
  'renameFolder',
  'createFolder',
  'subscribe',
  'move',
  'copy',
  'flags',
  'delete',
  'deleteFolder',
  'bytes',
  'done',
  'failed',
  'skipped',
  'questions',
  'code',
  'message',
] as const

const TONES: Readonly<Record<ChannelOutcome, Tone>> = {
  nothing: 'quiet',
  planned: 'plain',
  done: 'good',
  partly: 'doubtful',
  interrupted: 'doubtful',
  refused: 'bad',
  failed: 'bad',
  open: 'quiet',
}
const WORDS: Readonly<Record<ChannelOutcome, string>> = {
  nothing: 'alike already',
  planned: 'to do',
  done: 'done',
  partly: 'done in part',
  interrupted: 'interrupted',
  refused: 'refused by a safety limit',
  failed: 'failed',
  open: 'not come to',
}

function heading(summary: SyncAllSummary): string {
  const { channels, outcomes } = summary
  const told = CHANNEL_OUTCOMES.filter((outcome) => outcomes[outcome] > 0).map(
    (outcome) => `${formatCount(outcomes[outcome])} ${WORDS[outcome]}`,
  )
  const steps = countSteps(summary) === 0 ? '' : ` (${listCounts(summary)})`
  return `${countOf(channels, 'channel')}: ${told.join(', ')}${steps}.`
}

const cell = (count: number): string => (count === 0 ? '' : formatCount(count))

/** What came of several channels: a row each. */
export const syncAllReport: ReportKind<SyncAllSummary, SyncedChannelRow> = {
  command: 'sync-all',
  rowsKey: 'channels',
  title: 'Channels',
  rowNoun: ['channel', 'channels'],
  toJson: (row) => Object.fromEntries(COLUMNS.map((column) => [column, row[column]])),
  csvColumns: COLUMNS,
  toCsv: (row) => [COLUMNS.map((column) => (column === 'stores' ? row.stores.join(' ') : row[column]))],
  columns: [
    { head: 'channel', align: 'left', shrinks: true },
    { head: 'outcome', align: 'left', shrinks: false },
    { head: 'copy', align: 'right', shrinks: false },
    { head: 'move', align: 'right', shrinks: false },
    { head: 'flags', align: 'right', shrinks: false },
    { head: 'delete', align: 'right', shrinks: false },
    { head: 'stores', align: 'left', shrinks: true },
  ],
  toTable: ({ channel, outcome, copy, move, flags, delete: gone, stores, mode, message }) => {
    const between = stores.join(mode === 'two-way' ? ' ↔ ' : ' → ')
    const cells = [channel, WORDS[outcome], cell(copy), cell(move), cell(flags), cell(gone), between]
    const tone = TONES[outcome]
    return [{ cells, tone }, ...(message === null ? [] : [{ detail: message, tone }])]
  },
  countRows: ({ channels }) => channels,
  heading,
  closing: ({ outcomes }) => {
    if (outcomes.planned > 0) return 'Nothing was changed. The steps of one: mbaudit sync CHANNEL --dry-run.'
    const isWell = outcomes.done + outcomes.nothing > 0 && outcomes.failed + outcomes.refused + outcomes.partly === 0
    return isWell ? 'What was done: mbaudit runs.' : 'How they stand: mbaudit channels. What was done: mbaudit runs.'
  },
  hasFound: (summary) => countSteps(summary) > 0,
}
