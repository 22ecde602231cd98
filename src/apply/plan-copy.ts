import { createHash } from 'node:crypto'
import { EXIT, MbauditError } from '../errors.js'
import type { Plan, PlanHeader } from '../plan/plan.js'
import { planLines } from '../plan/plan-file.js'
import type { Step } from '../plan/step.js'
import type { FolderName } from '../stores/store.js'
import { linesFrom } from './line-file.js'
import { writePrivateFile } from './private-files.js'

/** A step and its number in the plan, from 1. */
export interface NumberedStep {
  readonly n: number
  readonly step: Step
}

/** Steps that follow each other in the plan and change the same folder in the same way. */
export interface StepGroup {
  readonly op: Step['op']
  readonly store: string
  readonly folder: FolderName
  readonly first: number
  readonly count: number
  /** Octets of the plan before it. */
  readonly offset: number
}

/** What a plan was when it was saved. */
export interface SavedPlan {
  readonly digest: string
  readonly steps: number
}

/** Names a plan by all that it says. */
export function digestOfPlan(plan: Plan): string {
  const hash = createHash('sha256')
  for (const line of planLines(plan)) hash.update(line)
  return hash.digest('hex')
}

/** Saves a plan, durably. */
export function savePlan(path: string, plan: Plan): SavedPlan {
  const hash = createHash('sha256')
  let lines = 0
  const counted = function* () {
    for (const line of planLines(plan)) {
      hash.update(line)
      lines++
      yield line
    }
  }
  writePrivateFile(path, inPieces(counted()))
  return { digest: hash.digest('hex'), steps: lines - 1 }
}

const PIECE = 1 << 16

function* inPieces(lines: Iterable<string>): Generator<string> {
  let piece = ''
  for (const line of lines) {
    piece += line
    if (piece.length < PIECE) continue
    yield piece
    piece = ''
  }
  yield piece
}

/** The copy of a plan that its run works from. */
export class PlanCopy implements Plan {
  readonly #path: string
  #header: PlanHeader | null = null

  constructor(path: string) {
    this.#path = path
  }

  get header(): PlanHeader {
    this.#header ??= this.#parseHeader(firstLine(this.#path))
    return this.#header
  }

  *steps(): Generator<Step> {
    for (const { step } of this.numbered(0, 1)) yield step
  }

  /** The steps from a line on. @param first - the number of the step in that line */
  *numbered(offset: number, first: number): Generator<NumberedStep & { readonly offset: number }> {
    let n = first
    let isHeader = offset === 0
    for (const line of linesFrom(this.#path, offset)) {
      if (!isHeader) yield { n, step: this.#parseStep(line.text, n++), offset: line.offset }
      isHeader = false
    }
  }

  *ofGroup({ offset, first, count }: StepGroup): Generator<NumberedStep> {
    if (count === 0) return
    for (const numbered of this.numbered(offset, first)) {
      yield numbered
      if (numbered.n === first + count - 1) return
    }
  }

  #parseHeader(line: string): PlanHeader {
    const header: PlanHeader | null = parse(line)
    if (header?.mbaudit !== 'plan') throw new PlanDamagedError(this.#path, 1)
    return header
  }

  #parseStep(line: string, n: number): Step {
    const step: Step | null = parse(line)
    if (typeof step?.id !== 'string') throw new PlanDamagedError(this.#path, n + 1)
    return step
  }
}

function firstLine(path: string): string {
  for (const { text } of linesFrom(path)) return text
  return ''
}

function parse<T>(line: string): T | null {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

class PlanDamagedError extends MbauditError {
  constructor(path: string, line: number) {
    const hint = 'The file was changed or cut after its run had begun; the run cannot be gone on with or taken back.'
    super('UNREADABLE', EXIT.store, `${path}, line ${line}: this is no line of a plan`, hint)
  }
}
