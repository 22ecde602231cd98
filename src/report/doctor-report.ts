import type { CheckedStep } from '../stores/checkup.js'
import type { ReportKind, Tone } from './report.js'
import { countOf } from './wording.js'

export interface DoctorSummary {
  readonly stores: number
  /** Stores with no step that failed. */
  readonly well: number
  readonly steps: number
  readonly warnings: number
  readonly failed: number
}

/** A step of one store. */
export interface DoctorRow extends CheckedStep {
  readonly store: string
}

const TONES: Readonly<Record<CheckedStep['outcome'], Tone>> = { ok: 'good', warning: 'doubtful', failed: 'bad' }

/** How a store was opened, step by step. */
export const doctorReport: ReportKind<DoctorSummary, DoctorRow> = {
  command: 'doctor',
  rowsKey: 'steps',
  title: 'Checkup',
  rowNoun: ['step', 'steps'],
  toJson: ({ store, step, outcome, milliseconds, found, advice, facts }) => ({
    store,
    step,
    outcome,
    milliseconds,
    found,
    advice,
    facts,
  }),
  csvColumns: ['store', 'step', 'outcome', 'milliseconds', 'found', 'advice'],
  toCsv: ({ store, step, outcome, milliseconds, found, advice }) => [
    [store, step, outcome, milliseconds, found, advice],
  ],
  columns: [
    { head: 'store', align: 'left', shrinks: true, yields: true },
    { head: 'step', align: 'left', shrinks: false },
    { head: 'outcome', align: 'left', shrinks: false },
    { head: 'ms', align: 'right', shrinks: false },
    { head: 'found', align: 'left', shrinks: true, wraps: true },
  ],
  toTable: ({ store, step, outcome, milliseconds, found, advice, notes }) => [
    { cells: [store, step, outcome, String(milliseconds), found], tone: TONES[outcome] },
    ...(advice === null ? [] : [{ detail: advice, tone: TONES[outcome] }]),
    ...notes.map((detail) => ({ detail, tone: 'quiet' as const })),
  ],
  countRows: ({ steps }) => steps,
  heading: ({ stores, well, warnings }) => {
    const more = warnings === 0 ? '' : `, ${countOf(warnings, 'warning')}`
    return `${countOf(well, 'store')} of ${stores} can be read${more}.`
  },
  closing: ({ failed, stores }) =>
    failed > 0
      ? 'A step that failed says what is wrong and what to do; the steps before it work.'
      : `${stores === 1 ? 'It' : 'Each'} can be scanned: mbaudit scan. Nothing was changed.`,
  hasFound: ({ failed }) => failed > 0,
}
