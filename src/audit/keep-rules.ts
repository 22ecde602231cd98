/** What decides which copy of a mail stays; the first rule that tells two apart decides. */
export interface KeepRule {
  /** As it is written on the command line: `oldest`, `folder:Archive/**`. */
  readonly name: string
}

/** Ways of writing a rule, for help texts and for the message that refuses another. */
export const KEEP_RULE_FORMS = [
  'whole',
  'oldest',
  'newest',
  'largest',
  'smallest',
  'flagged',
  'folder:GLOB',
  'store:NAME',
] as const

/** The rule that `text` names; null when it names none. */
export function parseKeepRule(_text: string): KeepRule | null {
  throw new Error('not yet')
}
