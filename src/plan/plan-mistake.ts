import { EXIT, MbauditError } from '../errors.js'

/** Where in a file a mistake is: a plan, or decisions. */
export interface MistakePlace {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** Such as `expect.size`; empty: the line itself. */
  readonly field: string
}

/** A file that a person may have edited says something that cannot be meant. Nothing was changed. */
export class PlanMistakeError extends MbauditError {
  readonly at: MistakePlace
  /** What may stand there. */
  readonly allowed: string

  /** @param wrong - how the sentence goes on: `is 7` */
  constructor(at: MistakePlace, wrong: string, allowed: string) {
    const what = at.field === '' ? 'the line' : `"${at.field}"`
    super('USAGE', EXIT.usage, `${at.file}:${at.line}: ${what} ${wrong}`, `Allowed there: ${allowed}`)
    this.at = at
    this.allowed = allowed
  }
}
