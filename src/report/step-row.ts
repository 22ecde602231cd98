import type { Step, StepOp } from '../plan/step.js'
import type { Cell, Tone } from './report.js'
import { fitWidth } from './visible-text.js'
import { formatDate, shortDate } from './wording.js'

/** How a step ended; `planned`: nobody has tried; `open`: the run was stopped before it. */
export type StepEnd = 'planned' | 'open' | 'done' | 'failed' | 'skipped'

/** A step as results show it. */
export interface StepRow {
  readonly step: Step
  readonly outcome: StepEnd
  /** Why it failed or was skipped; null where there is nothing to say. */
  readonly reason: string | null
  /** Of the message, as far as an index knows it; empty else. */
  readonly from: string
  readonly subject: string
}

export const STEP_COLUMNS = [
  'step',
  'op',
  'store',
  'folder',
  'locator',
  'toStore',
  'toFolder',
  'id',
  'size',
  'date',
  'from',
  'subject',
  'add',
  'remove',
  'why',
  'outcome',
  'reason',
] as const

/** The folder that a step changes; of a move the one that the message goes to. */
export function changedFolder(step: Step): { readonly store: string; readonly folder: string } {
  if (step.op === 'copy') return step.to
  if (step.op === 'move' || step.op === 'renameFolder') return { store: step.at.store, folder: step.to }
  return step.at
}

/** A step as the results show it (docs/schemas). */
export function stepObject({ step, outcome, reason, from, subject }: StepRow) {
  const at = step.op === 'copy' ? step.from : step.at
  const to = step.op === 'copy' || step.op === 'move' || step.op === 'renameFolder' ? changedFolder(step) : null
  const expect = 'expect' in step ? step.expect : null
  return {
    step: step.id,
    op: step.op,
    store: at.store,
    folder: at.folder,
    locator: locatorOf(step),
    toStore: to?.store ?? null,
    toFolder: to?.folder ?? null,
    id: expect?.id ?? null,
    size: expect?.size ?? null,
    date: formatDate(expect?.date ?? null),
    from,
    subject,
    add: flagsAdded(step),
    remove: step.op === 'flags' ? step.remove : [],
    why: step.why,
    outcome,
    reason,
  }
}

function locatorOf(step: Step): string | null {
  if (step.op === 'copy') return step.from.locator
  return step.op === 'move' || step.op === 'flags' || step.op === 'delete' ? step.at.locator : null
}

function flagsAdded(step: Step): readonly string[] {
  if (step.op === 'flags') return step.add
  return step.op === 'copy' ? step.flags : []
}

/** Flags are separated by a blank. */
export function stepCells(row: StepRow): Cell[] {
  const shown = stepObject(row)
  return STEP_COLUMNS.map(
    (column): Cell => (column === 'add' || column === 'remove' ? shown[column].join(' ') : shown[column]),
  )
}

export const withoutMailText = (row: StepRow): StepRow => ({ ...row, from: '', subject: '' })

const VERBS: Readonly<Record<StepOp, string>> = {
  renameFolder: 'rename',
  createFolder: 'create',
  subscribe: 'subscribe',
  move: 'move',
  copy: 'copy',
  flags: 'flags',
  delete: 'delete',
  deleteFolder: 'delete folder',
}

/** What is said of a step in a line, as short as can be: what is done, to which message, and why, or why not. */
export function describeStep({ step, subject, outcome, reason }: StepRow): readonly string[] {
  const isTold = outcome === 'planned' || outcome === 'done'
  const told = isTold ? cut(howSo(step), 32) : [outcome, reason ?? ''].filter(Boolean).join(': ')
  return [verbOf(step), dayOf(step), cut(subject, 32), told]
}

/** What is done, in a word or two. */
export const verbOf = (step: Step): string =>
  step.op === 'subscribe' && !step.subscribed ? 'unsubscribe' : VERBS[step.op]

const dayOf = (step: Step): string => ('expect' in step ? shortDate(step.expect.date).slice(0, 10) : '')
const cut = (text: string, width: number): string => fitWidth(text, width).trimEnd()

function howSo(step: Step): string {
  if (step.op === 'flags')
    return [...step.add.map((flag) => `+${flag}`), ...step.remove.map((flag) => `-${flag}`)].join(' ')
  return step.op === 'move' ? `from ${step.at.folder}: ${step.why}` : step.why
}

export const STEP_TONES: Readonly<Record<StepEnd, Tone>> = {
  planned: 'plain',
  open: 'quiet',
  done: 'good',
  failed: 'bad',
  skipped: 'doubtful',
}
