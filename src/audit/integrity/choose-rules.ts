import type { Rule, Severity } from './rule.js'
import { SEVERITIES } from './rule.js'

/** What the user says of a rule in the configuration. */
export const GRADES = ['off', ...SEVERITIES] as const
export type Grade = (typeof GRADES)[number]

export interface RuleWishes {
  /** These alone; empty: all but the optional ones. */
  readonly only: readonly string[]
  readonly not: readonly string[]
  /** Rules of this severity and of graver ones. */
  readonly atLeast: Severity
  /** From the configuration; grading an optional rule asks for it. */
  readonly grades: ReadonlyMap<string, Grade>
}

/** A rule that is asked for, with the severity it has in this run. */
export interface ChosenRule {
  readonly rule: Rule
  readonly severity: Severity
}

/** The rules that a check runs, in the order of the table. Names that no rule has are of no account. */
export function chooseRules(rules: readonly Rule[], wishes: RuleWishes): readonly ChosenRule[] {
  return rules.flatMap((rule) => {
    const severity = severityOf(rule, wishes)
    return severity === null ? [] : [{ rule, severity }]
  })
}

/** null: the rule is not asked for. */
function severityOf(rule: Rule, { only, not, atLeast, grades }: RuleWishes): Severity | null {
  const grade = grades.get(rule.name)
  const isNamed = only.includes(rule.name)
  const isWanted = only.length > 0 ? isNamed : grade !== 'off' && (grade !== undefined || rule.isOptional !== true)
  const severity = grade === undefined || grade === 'off' ? rule.severity : grade
  const isGraveEnough = SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(atLeast)
  return isWanted && isGraveEnough && !not.includes(rule.name) ? severity : null
}
