import type { ReportKind, Tone } from './report.js'
import { countOf, formatCount, formatSize } from './wording.js'

/** A run as `runs` lists it. */
export interface RunRow {
  readonly run: string
  readonly command: string | null
  readonly stores: readonly string[]
  readonly begun: string
  readonly ended: string | null
  readonly state: 'done' | 'unfinished' | 'undone'
  readonly undoneBy: string | null
  readonly steps: number
  readonly done: number | null
  readonly failed: number | null
  readonly skipped: number | null
  /** In its quarantine. */
  readonly quarantined: number
  readonly quarantinedBytes: number
  /** Why its plan or its journal cannot be read. */
  readonly damage: string | null
}

export interface RunsSummary {
  readonly runs: number
  readonly unfinished: number
  readonly quarantined: number
  readonly quarantinedBytes: number
}

const COLUMNS = [
  'run',
  'command',
  'stores',
  'begun',
  'ended',
  'state',
  'undoneBy',
  'steps',
  'done',
  'failed',
  'skipped',
  'quarantined',
  'quarantinedBytes',
  'damage',
] as const
const TONES: Readonly<Record<RunRow['state'], Tone>> = { done: 'plain', unfinished: 'bad', undone: 'quiet' }

function heading({ runs, quarantined, quarantinedBytes }: RunsSummary): string {
  if (runs === 0) return 'No run was carried out yet.'
  const held =
    quarantined === 0 ? '' : `, ${countOf(quarantined, 'message')} in quarantine (${formatSize(quarantinedBytes)})`
  return `${countOf(runs, 'run')}${held}.`
}

function closing({ runs, unfinished }: RunsSummary): string {
  if (runs === 0) return 'mbaudit sync and mbaudit dedupe make runs.'
  const told = 'Its steps: mbaudit runs RUN. To take one back: mbaudit undo RUN.'
  return unfinished === 0 ? told : `${told} One that is unfinished was stopped before its end.`
}

/** What was carried out, the newest run first. */
export const runsReport: ReportKind<RunsSummary, RunRow> = {
  command: 'runs',
  rowsKey: 'runs',
  title: 'Runs',
  rowNoun: ['run', 'runs'],
  toJson: (row) => Object.fromEntries(COLUMNS.map((column) => [column, row[column]])),
  csvColumns: COLUMNS,
  toCsv: (row) => [COLUMNS.map((column) => (column === 'stores' ? row.stores.join(' ') : row[column]))],
  columns: [
    { head: 'run', align: 'left', shrinks: false },
    { head: 'state', align: 'left', shrinks: false },
    { head: 'steps', align: 'right', shrinks: false },
    { head: 'failed', align: 'right', shrinks: false },
    { head: 'quarantine', align: 'right', shrinks: false },
    { head: 'stores', align: 'left', shrinks: true },
  ],
  toTable: ({ run, state, steps, failed, skipped, quarantined, stores, undoneBy, damage }) => {
    const notDone = (failed ?? 0) + (skipped ?? 0)
    const cells = [run, state, formatCount(steps), notDone === 0 ? '' : formatCount(notDone)]
    const held = quarantined === 0 ? '' : formatCount(quarantined)
    return [
      { cells: [...cells, held, stores.join(' → ')], tone: TONES[state] },
      ...(undoneBy === null ? [] : [{ detail: `taken back by ${undoneBy}`, tone: 'quiet' as const }]),
      ...(damage === null ? [] : [{ detail: damage, tone: 'bad' as const }]),
    ]
  },
  countRows: ({ runs }) => runs,
  heading,
  closing,
  hasFound: ({ runs }) => runs > 0,
}

/** What emptying quarantines takes away. */
export interface PruneSummary {
  readonly runs: number
  readonly messages: number
  readonly bytes: number
  /** Runs that keep theirs, since they are unfinished. */
  readonly kept: number
  readonly isDone: boolean
}

/** Quarantines that are, or would be, emptied. */
export const pruneReport: ReportKind<PruneSummary, { readonly run: string }> = {
  command: 'runs-prune',
  rowsKey: 'runs',
  title: 'Emptied quarantines',
  rowNoun: ['run', 'runs'],
  toJson: ({ run }) => ({ run }),
  csvColumns: ['run'],
  toCsv: ({ run }) => [[run]],
  columns: [{ head: 'run', align: 'left', shrinks: false }],
  toTable: ({ run }) => [{ cells: [run], tone: 'plain' }],
  countRows: ({ runs }) => runs,
  summaryToJson: ({ isDone: _isDone, ...counts }) => counts,
  heading: ({ runs, messages, bytes, isDone }) => {
    const what = `${countOf(messages, 'quarantined message')} (${formatSize(bytes)}) of ${countOf(runs, 'run')}`
    return runs === 0 ? 'No quarantine is that old.' : `${isDone ? 'Deleted' : 'To delete'}: ${what}.`
  },
  closing: ({ kept, isDone }) => {
    const left = kept === 0 ? '' : `${countOf(kept, 'unfinished run keeps', 'unfinished runs keep')} what it took. `
    return `${left}${isDone ? 'That cannot be taken back.' : 'Nothing was changed.'}`
  },
  hasFound: ({ runs }) => runs > 0,
}
