import * as Flags from '@oclif/core/flags'
import { KEEP_RULE_FORMS, type KeepRule, parseKeepRule } from '../audit/keep-rules.js'
import { UsageError } from '../errors.js'

async function readKeepRule(text: string): Promise<KeepRule> {
  const rule = parseKeepRule(text)
  if (rule === null) throw new UsageError(`--keep ${text} is no rule`, `Rules are ${KEEP_RULE_FORMS.join(', ')}.`)
  return rule
}

/** Which copy stays. */
export const keepFlag = Flags.custom<KeepRule>({ parse: readKeepRule })({
  multiple: true,
  multipleNonGreedy: true,
  helpValue: 'RULE',
  description: `which copy stays: ${KEEP_RULE_FORMS.join(', ')}; repeated, the next one breaks ties [default: whole, then most trace fields, then oldest]`,
})
