import type { PlanCommand, PlanCounts } from '../plan/plan.js'
import type { StepOp } from '../plan/step.js'
import { type FolderTally, planOverview } from './plan-overview.js'
import type { ReportKind } from './report.js'
import {
  changedFolder,
  describeStep,
  STEP_COLUMNS,
  STEP_TONES,
  type StepRow,
  stepCells,
  stepObject,
  withoutMailText,
} from './step-row.js'
import { countOf, formatCount, formatSize } from './wording.js'

/** What became of the steps. */
export interface CarriedCounts {
  readonly done: number
  readonly failed: number
  readonly skipped: number
  /** Not come to, since the run was stopped. */
  readonly open: number
  /** Copies that were read back from the target and are the same mail. */
  readonly verified: number
  /** Copies that the target changed when it stored them. */
  readonly alteredByServer: number
  /** Copies to which the target gave another received date. */
  readonly redatedByServer: number
  /** Deletions that are marked and not expunged. */
  readonly notExpunged: number
}

export const NOTHING_CARRIED: CarriedCounts = {
  done: 0,
  failed: 0,
  skipped: 0,
  open: 0,
  verified: 0,
  alteredByServer: 0,
  redatedByServer: 0,
  notExpunged: 0,
}

/** What became of a plan as a whole. */
export type PlanEnd =
  | { readonly kind: 'shown' }
  | { readonly kind: 'saved'; readonly file: string }
  | { readonly kind: 'declined' }
  | { readonly kind: 'carried'; readonly run: string }

export interface PlanSummary extends PlanCounts, CarriedCounts {
  /** The stores that are, or would be, changed. */
  readonly targets: readonly string[]
  readonly end: PlanEnd
  readonly folders: readonly FolderTally[]
}

const NOUNS: readonly (readonly [StepOp, string, string])[] = [
  ['renameFolder', 'folder to rename', 'folders to rename'],
  ['createFolder', 'folder to create', 'folders to create'],
  ['subscribe', 'subscription', 'subscriptions'],
  ['move', 'message to move', 'messages to move'],
  ['copy', 'message to copy', 'messages to copy'],
  ['flags', 'message to flag', 'messages to flag'],
  ['delete', 'message to delete', 'messages to delete'],
  ['deleteFolder', 'folder to delete', 'folders to delete'],
]

export const countSteps = (counts: PlanCounts): number => NOUNS.reduce((sum, [op]) => sum + counts[op], 0)

/** `1 folder to create, 13 messages to copy (24 kB)`. */
export function listCounts(counts: PlanCounts): string {
  const told = NOUNS.filter(([op]) => counts[op] > 0).map(([op, one, many]) => {
    const size = op === 'copy' ? ` (${formatSize(counts.bytes)})` : ''
    return `${countOf(counts[op], one, many)}${size}`
  })
  return told.join(', ')
}

function heading(summary: PlanSummary): string {
  const steps = countSteps(summary)
  if (steps === 0) return `Nothing to do in ${summary.targets.join(', ')}.`
  if (summary.end.kind !== 'carried') return `To do in ${summary.targets.join(', ')}: ${listCounts(summary)}.`
  const { done, failed, skipped, open, verified, alteredByServer, redatedByServer, notExpunged } = summary
  const told = [
    `${formatCount(done)} of ${countOf(steps, 'step')} done in ${summary.targets.join(', ')} (${listCounts(summary)})`,
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
    ...(skipped > 0 ? [`${formatCount(skipped)} skipped`] : []),
    ...(open > 0 ? [`${formatCount(open)} not come to`] : []),
    ...(verified > 0 ? [`${countOf(verified, 'copy', 'copies')} verified`] : []),
    ...(alteredByServer > 0 ? [`${formatCount(alteredByServer)} altered by the server`] : []),
    ...(redatedByServer > 0 ? [`${formatCount(redatedByServer)} given another received date by the server`] : []),
    ...(notExpunged > 0 ? [`${formatCount(notExpunged)} marked and not expunged`] : []),
  ]
  return `${told.join('; ')}.`
}

function closing({ end, failed, ...counts }: PlanSummary): string {
  if (end.kind === 'carried') {
    const left =
      failed > 0 ? 'What failed is told above, each step in --save steps.csv; the same command tries it again. ' : ''
    return `${left}To take this back: mbaudit undo ${end.run}.`
  }
  if (end.kind === 'saved') return `Nothing was changed. To carry it out: mbaudit apply ${end.file}.`
  if (countSteps({ ...counts }) === 0) return 'Nothing was changed.'
  return end.kind === 'declined' ? 'Nothing was changed.' : 'Nothing was changed. Every step: --save plan.csv.'
}

/** A plan, and what became of it: a line a folder, a step a row in CSV and JSON. */
export function planReport(command: PlanCommand | 'apply' | 'runs-steps'): ReportKind<PlanSummary, StepRow> {
  return {
    command,
    rowsKey: 'steps',
    title: 'Steps',
    rowNoun: ['step', 'steps'],
    toJson: stepObject,
    csvColumns: STEP_COLUMNS,
    toCsv: (row) => [stepCells(row)],
    columns: [
      { head: 'folder', align: 'left', shrinks: true },
      { head: 'op', align: 'left', shrinks: false },
      { head: 'day (UTC)', align: 'left', shrinks: false },
      { head: 'from', align: 'left', shrinks: true },
      { head: 'subject', align: 'left', shrinks: true },
      { head: 'why', align: 'left', shrinks: true },
      { head: 'store', align: 'left', shrinks: true, yields: true },
    ],
    toTable: (row) => {
      const { store, folder } = changedFolder(row.step)
      const [verb = '', day = '', , told = ''] = describeStep(row)
      return [{ cells: [folder, verb, day, row.from, row.subject, told, store], tone: STEP_TONES[row.outcome] }]
    },
    countRows: countSteps,
    overview: planOverview,
    summaryToJson: ({ targets: _targets, end: _end, folders: _folders, open: _open, ...counts }) => counts,
    withoutSubjects: withoutMailText,
    heading,
    closing,
    hasFound: (summary) => countSteps(summary) > 0,
  }
}
