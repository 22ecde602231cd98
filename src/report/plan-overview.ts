import type { Step, StepOp } from '../plan/step.js'
import { alignParts } from './aligned-parts.js'
import type { Overview, TableLine } from './report.js'
import { changedFolder, describeStep, STEP_TONES, type StepRow } from './step-row.js'
import { formatCount, formatSize } from './wording.js'

/** What a plan does to one folder. */
export interface FolderTally {
  readonly store: string
  readonly folder: string
  readonly counts: Readonly<Record<StepOp, number>>
  /** Octets of what is copied into it. */
  readonly bytes: number
  /** The first steps of each kind, or what did not go well. */
  readonly examples: readonly StepRow[]
}

/** How many steps of one kind are shown of a folder. */
const EXAMPLES = 3
const NONE: Readonly<Record<StepOp, number>> = {
  renameFolder: 0,
  createFolder: 0,
  subscribe: 0,
  move: 0,
  copy: 0,
  flags: 0,
  delete: 0,
  deleteFolder: 0,
}

interface Growing {
  store: string
  folder: string
  counts: Record<StepOp, number>
  bytes: number
  examples: StepRow[]
}

/** A step and what came of it, before it is told which message it is about. */
export type BareStepRow = Pick<StepRow, 'step' | 'outcome' | 'reason'>
/** What is told of the message of a step. */
export type TellMail = (step: Step) => Pick<StepRow, 'from' | 'subject'>

/**
 * Counts the steps of a plan by the folder that they change.
 *
 * @param tell - asked for no more steps than are shown
 * @param wasCarried - whether what did not go well is shown, instead of the first steps
 */
export function tallyFolders(rows: Iterable<BareStepRow>, tell: TellMail, wasCarried: boolean): FolderTally[] {
  const folders = new Map<string, Growing>()
  for (const row of rows) {
    const { step } = row
    const { store, folder } = changedFolder(step)
    const key = JSON.stringify([store, folder])
    const tally = folders.get(key) ?? { store, folder, counts: { ...NONE }, bytes: 0, examples: [] }
    folders.set(key, tally)
    tally.counts[step.op]++
    if (step.op === 'copy') tally.bytes += step.expect.size
    if (isExample(row, tally, wasCarried)) tally.examples.push({ ...row, ...tell(step) })
  }
  return [...folders.values()]
}

function isExample({ step, outcome }: BareStepRow, { counts, examples }: Growing, wasCarried: boolean): boolean {
  if (wasCarried) return examples.length < EXAMPLES && outcome !== 'done'
  return counts[step.op] <= EXAMPLES && 'expect' in step
}

function folderCell({ folder, counts }: FolderTally): string {
  if (counts.createFolder > 0) return `${folder} (new)`
  if (counts.deleteFolder > 0) return `${folder} (goes)`
  return counts.renameFolder > 0 ? `${folder} (renamed)` : folder
}

const cell = (count: number): string => (count === 0 ? '' : formatCount(count))

function linesOf(tally: FolderTally): TableLine[] {
  const { counts, bytes, store, examples } = tally
  const cells = [
    folderCell(tally),
    cell(counts.copy),
    bytes === 0 ? '' : formatSize(bytes),
    cell(counts.move),
    cell(counts.flags),
    cell(counts.delete),
    store,
  ]
  const details = alignParts(examples.map(describeStep))
  const tone = examples.some(({ outcome }) => outcome === 'failed') ? ('bad' as const) : ('plain' as const)
  const below = details.map((detail, i) => ({ detail, tone: tonesOf(examples[i]) }))
  return [{ cells, tone }, ...below]
}

const tonesOf = (row: StepRow | undefined) =>
  row?.outcome === 'planned' ? 'quiet' : STEP_TONES[row?.outcome ?? 'done']

/** A line a folder, and below it the first steps of each kind. */
export const planOverview: Overview<{ readonly folders: readonly FolderTally[] }> = {
  columns: [
    { head: 'folder', align: 'left', shrinks: true },
    { head: 'copy', align: 'right', shrinks: false },
    { head: 'size', align: 'right', shrinks: false },
    { head: 'move', align: 'right', shrinks: false },
    { head: 'flags', align: 'right', shrinks: false },
    { head: 'delete', align: 'left', shrinks: false },
    { head: 'store', align: 'left', shrinks: true, yields: true },
  ],
  rowNoun: ['folder', 'folders'],
  rows: ({ folders }) => folders.map(linesOf),
}
