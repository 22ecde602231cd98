import { Spool } from '../index/spool.js'
import type { Plan, PlanCounts, PlanHeader } from './plan.js'
import { PlanMistakeError } from './plan-mistake.js'
import { MisfitAt, PlanRegister } from './plan-register.js'
import { checkMeaning } from './plan-rules.js'
import { checkHeader, checkStep } from './plan-shape.js'
import { Misfit } from './shape.js'
import type { Step } from './step.js'
import { identify, stepId } from './step-id.js'
import { StepSpool } from './step-spool.js'

/** A plan that was read from a file. It can be walked until it is closed. */
export interface SavedPlan extends Plan, Disposable {
  readonly counts: PlanCounts
}

/** A plan as the lines of a file, each with its line end: the header, then a step a line. */
export function* planLines(plan: Plan): Iterable<string> {
  yield `${JSON.stringify(plan.header)}\n`
  if (plan.texts === undefined) for (const step of plan.steps()) yield `${JSON.stringify(step)}\n`
  else for (const text of plan.texts()) yield `${text}\n`
}

/**
 * Reads a plan. Steps may have been taken out or put in another order; an edited step gets the id of what it says now, and
 * steps that name it name it so.
 *
 * @param lines - without line ends; empty ones mean nothing
 * @param file - for messages
 * @throws PlanMistakeError when a line says what no plan can mean: with file, line, field and what is allowed there
 */
export function readPlan(lines: Iterable<string>, file: string): SavedPlan {
  using reader = new PlanReader()
  let number = 0
  try {
    for (const line of lines) reader.add(line, ++number)
    return reader.end()
  } catch (error) {
    if (!(error instanceof Misfit)) throw error
    const line = error instanceof MisfitAt ? error.line : Math.max(1, number)
    throw new PlanMistakeError({ file, line, field: error.field }, error.wrong, error.allowed)
  }
}

interface ReadStep {
  /** With the id that it has by what it says. */
  readonly step: Step
  readonly line: number
}

class PlanReader implements Disposable {
  readonly #read = new Spool<ReadStep>()
  #header: PlanHeader | null = null
  /** Ids of steps before they were edited, with those that they have now. */
  readonly #renewed = new Map<string, string>()

  add(line: string, number: number): void {
    if (line.trim() === '') return
    const value = parseLine(line)
    if (this.#header === null) {
      this.#header = checkHeader(value)
      return
    }
    const step = checkStep(value)
    checkMeaning(step, this.#header)
    const id = stepId(step)
    if (id !== step.id) this.#renewed.set(step.id, id)
    this.#read.add({ step: id === step.id ? step : { ...step, id }, line: number }, [0, 0, number])
  }

  end(): SavedPlan {
    const header = this.#header
    if (header === null) throw new Misfit('', 'is empty', 'a plan, whose first line is its header')
    this.#forgetKept()
    const steps = new StepSpool('as-given')
    try {
      const register = new PlanRegister()
      for (const { step, line } of this.#read.inOrder()) {
        const renewed = this.#renew(step)
        steps.addStep(renewed)
        register.add(renewed, line)
      }
      register.check()
    } catch (error) {
      steps[Symbol.dispose]()
      throw error
    }
    return { header, counts: steps.counts, steps: () => steps.steps(), [Symbol.dispose]: () => steps[Symbol.dispose]() }
  }

  [Symbol.dispose](): void {
    this.#read[Symbol.dispose]()
  }

  /** A step that was copied and edited leaves the id to the one that still has it. */
  #forgetKept(): void {
    if (this.#renewed.size === 0) return
    for (const { step } of this.#read.inOrder()) this.#renewed.delete(step.id)
  }

  #renew(step: Step): Step {
    if (step.op !== 'delete' || !('after' in step.safe)) return step
    const after = this.#renewed.get(step.safe.after)
    return after === undefined ? step : identify({ ...step, safe: { after } })
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new Misfit('', 'is no JSON', 'one mapping in JSON a line')
  }
}
