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

  constructor(at: MistakePlace, wrong: string, allowed: string) {
    const where = at.field === '' ? `${at.file}:${at.line}` : `${at.file}:${at.line}: "${at.field}"`
    super('USAGE', EXIT.usage, `${where}: ${wrong}`, `Allowed there: ${allowed}`)
    this.at = at
    this.allowed = allowed
  }
}
