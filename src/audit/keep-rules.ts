import type { IndexedCopy } from '../index/copy-index.js'
import { folderFilter } from '../stores/folder-globs.js'
import { DRAWBACKS } from './standing.js'

/** A copy that may be the one that stays. */
export interface Candidate {
  readonly copy: IndexedCopy
  /** The larger, the more of the mail is known to be there; for the rule `whole`. */
  readonly wholeness: number
}

/** What decides which copy of a mail stays; the first rule that tells two apart decides. */
export interface KeepRule {
  /** As it is written on the command line: `oldest`, `folder:Archive/**`. */
  readonly name: string
  /** The store that it names. */
  readonly store?: string
  /** Of two copies the one that weighs more stays. */
  readonly weigh: (candidate: Candidate) => number
}

const age = ({ copy }: Candidate): number => copy.received ?? copy.date ?? Number.POSITIVE_INFINITY

const SIMPLE_RULES = {
  whole: ({ wholeness }) => wholeness,
  oldest: (candidate) => -age(candidate),
  newest: ({ copy }) => copy.received ?? copy.date ?? Number.NEGATIVE_INFINITY,
  largest: ({ copy }) => copy.size,
  smallest: ({ copy }) => -copy.size,
  flagged: ({ copy }) => (copy.flags.includes('\\Flagged') ? 1 : 0),
} as const satisfies Record<string, KeepRule['weigh']>

/** Ways of writing a rule, for help texts and for the message that refuses another. */
export const KEEP_RULE_FORMS: readonly string[] = [...Object.keys(SIMPLE_RULES), 'folder:GLOB', 'store:NAME']

const isSimple = (name: string): name is keyof typeof SIMPLE_RULES => Object.hasOwn(SIMPLE_RULES, name)

/** The rule that `text` names; null when it names none. */
export function parseKeepRule(text: string): KeepRule | null {
  if (isSimple(text)) return { name: text, weigh: SIMPLE_RULES[text] }
  const [, kind, value] = /^(folder|store):(.+)$/su.exec(text) ?? []
  if (value === undefined) return null
  if (kind === 'store') return { name: text, store: value, weigh: ({ copy }) => (copy.store === value ? 1 : 0) }
  const matches = folderFilter([value], [])
  return { name: text, weigh: ({ copy }) => (matches(copy.folder) ? 1 : 0) }
}

/** Most of a message's way is told by the copy with the most trace fields. */
const TRACE_FIELDS: KeepRule = { name: 'trace-fields', weigh: ({ copy }) => copy.traceFields }
const DEFAULT_RULES: readonly KeepRule[] = [
  { name: 'whole', weigh: SIMPLE_RULES.whole },
  TRACE_FIELDS,
  { name: 'oldest', weigh: SIMPLE_RULES.oldest },
]
const STANDING_RULES: readonly KeepRule[] = DRAWBACKS.map(({ name, applies }) => ({
  name,
  weigh: ({ copy }) => (applies(copy) ? 0 : 1),
}))

/** All rules in the order in which they are asked: what never yields, then the user's, or the default ones. */
export function rulesInOrder(chosen: readonly KeepRule[]): readonly KeepRule[] {
  return [...STANDING_RULES, ...(chosen.length > 0 ? chosen : DEFAULT_RULES)]
}

export interface Chosen<C extends Candidate> {
  readonly candidate: C
  /** The rule that decided; `place`: none did, and it is the first by its place in the store. */
  readonly rule: string
}

/** Chooses the candidate that stays. @param candidates - at least one, in the order of their places */
export function chooseKept<C extends Candidate>(
  candidates: readonly [C, ...C[]],
  rules: readonly KeepRule[],
): Chosen<C> {
  let left: readonly C[] = candidates
  for (const rule of rules) {
    const weights = left.map(rule.weigh)
    const best = weights.reduce((a, b) => Math.max(a, b))
    left = left.filter((_, at) => weights[at] === best)
    if (left.length === 1) return { candidate: left[0] ?? candidates[0], rule: rule.name }
  }
  return { candidate: left[0] ?? candidates[0], rule: 'place' }
}
