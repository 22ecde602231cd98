import type { ReportKind, Tone } from './report.js'
import { countOf, formatCount, formatDuration } from './wording.js'

/** How the state of a two-way channel stands; null: a channel of another mode keeps none. `new`: it was never synced. */
export type ChannelState = 'kept' | 'lost' | 'new' | null

/** A channel as `channels` lists it. */
export interface ChannelRow {
  readonly channel: string
  readonly mode: string
  readonly stores: readonly string[]
  readonly groups: readonly string[]
  /** When it was last tried; RFC 3339. */
  readonly tried: string | null
  /** How that ended. */
  readonly end: string | null
  /** When it last ended with nothing left to do. */
  readonly succeeded: string | null
  /** Seconds since then. */
  readonly age: number | null
  /** The last run that changed something. */
  readonly run: string | null
  /** Steps that were planned then and not done. */
  readonly pending: number | null
  readonly questions: number | null
  readonly state: ChannelState
  /** What went wrong. */
  readonly message: string
}

export interface ChannelsSummary {
  readonly channels: number
  /** That never succeeded, or did not when they were last tried. */
  readonly unwell: number
  readonly pending: number
  /** Two-way channels that were synced, and whose state is gone. */
  readonly stateLost: number
}

const COLUMNS = [
  'channel',
  'mode',
  'stores',
  'groups',
  'tried',
  'end',
  'succeeded',
  'age',
  'run',
  'pending',
  'questions',
  'state',
  'message',
] as const

/** Whether it stands as it should: what it last did it did in full. */
export const isWell = ({ end }: Pick<ChannelRow, 'end'>): boolean => end === 'done' || end === 'nothing'

const ENDS: Readonly<Record<string, string>> = {
  nothing: 'alike',
  done: 'done',
  partly: 'done in part',
  interrupted: 'interrupted',
  declined: 'not agreed to',
  refused: 'refused',
  failed: 'failed',
}

function toneOf(row: ChannelRow): Tone {
  if (row.end === null) return 'quiet'
  if (isWell(row)) return row.state === 'lost' ? 'doubtful' : 'good'
  return row.end === 'failed' || row.end === 'refused' ? 'bad' : 'doubtful'
}

function pendingCell({ pending, questions }: ChannelRow): string {
  const told = [...(pending ? [countOf(pending, 'step')] : []), ...(questions ? [countOf(questions, 'question')] : [])]
  return told.join(', ')
}

const LOST = 'the state of the last sync is lost: nothing will be deleted, and deleted mail may come back'

/** The channels of the configuration, and how they stand. No store was looked at. */
export const channelsReport: ReportKind<ChannelsSummary, ChannelRow> = {
  command: 'channels',
  rowsKey: 'channels',
  title: 'Channels',
  rowNoun: ['channel', 'channels'],
  toJson: (row) => Object.fromEntries(COLUMNS.map((column) => [column, row[column]])),
  csvColumns: COLUMNS,
  toCsv: (row) => [
    COLUMNS.map((column) => (column === 'stores' || column === 'groups' ? row[column].join(' ') : row[column])),
  ],
  columns: [
    { head: 'channel', align: 'left', shrinks: true },
    { head: 'mode', align: 'left', shrinks: false },
    { head: 'stores', align: 'left', shrinks: true },
    { head: 'last try', align: 'left', shrinks: false },
    { head: 'age', align: 'right', shrinks: false },
    { head: 'pending', align: 'left', shrinks: false },
    { head: 'state', align: 'left', shrinks: false, yields: true },
    { head: 'groups', align: 'left', shrinks: true, yields: true },
  ],
  toTable: (row) => {
    const { channel, mode, stores, end, age, state, groups, message } = row
    const between = stores.join(mode === 'two-way' ? ' ↔ ' : ' → ')
    const tried = end === null ? 'never' : (ENDS[end] ?? end)
    const old = age === null ? '' : formatDuration(age * 1000)
    const tone = toneOf(row)
    return [
      { cells: [channel, mode, between, tried, old, pendingCell(row), state ?? '', groups.join(' ')], tone },
      ...(message === '' ? [] : [{ detail: message, tone }]),
      ...(state === 'lost' ? [{ detail: LOST, tone: 'doubtful' as const }] : []),
    ]
  },
  countRows: ({ channels }) => channels,
  heading: ({ channels, unwell, pending }) => {
    if (channels === 0) return 'No channel is configured.'
    const told = [
      countOf(channels, 'channel'),
      ...(unwell > 0 ? [`${formatCount(unwell)} not in step`] : []),
      ...(pending > 0 ? [`${countOf(pending, 'step')} pending`] : []),
    ]
    return `${told.join(', ')}.`
  },
  closing: ({ channels }) =>
    channels === 0
      ? 'docs/channels.md shows how two stores are named as a channel.'
      : 'What is new since then: mbaudit sync CHANNEL --dry-run. No store was looked at.',
  hasFound: ({ unwell, pending, stateLost }) => unwell + pending + stateLost > 0,
}
