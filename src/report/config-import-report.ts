import type { ReportKind, Tone } from './report.js'
import { countOf } from './wording.js'

export interface ConfigImportSummary {
  /** The file that was taken over. */
  readonly file: string
  /** The program that it is for. */
  readonly source: 'mailsync' | 'mbsync' | 'offlineimap'
  readonly stores: number
  readonly channels: number
  /** Stores and channels that are written as comments, until someone has looked at them. */
  readonly withheld: number
  readonly settings: number
  readonly byHand: number
  /** Where the new configuration was written; null: to standard output. */
  readonly output: string | null
}

/** A setting of the file that was taken over, and what became of it. */
export interface ConfigImportRow {
  readonly line: number
  readonly section: string
  readonly setting: string
  readonly outcome: 'taken' | 'by-hand' | 'not-needed'
  readonly detail: string
}

const TONES: Readonly<Record<ConfigImportRow['outcome'], Tone>> = {
  taken: 'plain',
  'by-hand': 'doubtful',
  'not-needed': 'quiet',
}

/** What became of each setting of another program's configuration. */
export const configImportReport: ReportKind<ConfigImportSummary, ConfigImportRow> = {
  command: 'config-import',
  rowsKey: 'settings',
  title: 'Imported configuration',
  rowNoun: ['setting', 'settings'],
  toJson: ({ line, section, setting, outcome, detail }) => ({ line, section, setting, outcome, detail }),
  csvColumns: ['line', 'section', 'setting', 'outcome', 'detail'],
  toCsv: ({ line, section, setting, outcome, detail }) => [[line, section, setting, outcome, detail]],
  columns: [
    { head: 'line', align: 'right', shrinks: false },
    { head: 'section', align: 'left', shrinks: true },
    { head: 'setting', align: 'left', shrinks: true },
    { head: 'outcome', align: 'left', shrinks: false },
    { head: 'detail', align: 'left', shrinks: true, wraps: true },
  ],
  toTable: ({ line, section, setting, outcome, detail }) => [
    { cells: [String(line), section, setting, outcome, detail], tone: TONES[outcome] },
  ],
  countRows: ({ settings }) => settings,
  weigh: ({ outcome }) => (outcome === 'by-hand' ? 1 : 0),
  heading: ({ file, source, stores, channels, byHand, withheld, output }) => {
    const made = `${countOf(stores, 'store')}, ${countOf(channels, 'channel')}`
    const waiting = withheld === 0 ? '' : `, ${withheld} of them written as comments until you have looked`
    const left = byHand === 0 ? '' : `; ${countOf(byHand, 'setting')} left to do by hand`
    return `${file} (${source}): ${made}${output === null ? '' : ` in ${output}`}${waiting}${left}.`
  },
  closing: ({ output }) => `Look at it, then: mbaudit config check${output === null ? '' : ` --config ${output}`}.`,
  hasFound: ({ byHand, withheld }) => byHand > 0 || withheld > 0,
}
