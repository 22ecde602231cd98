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

/**
 * A mistyped name must not make another copy the one that stays.
 *
 * @throws UsageError when a rule names a store that is none of those
 */
export function requireKeptStores(rules: readonly KeepRule[], stores: readonly { readonly name: string }[]): void {
  const names = stores.map(({ name }) => name)
  for (const { name, store } of rules) {
    if (store === undefined || names.includes(store)) continue
    throw new UsageError(`--keep ${name} is about none of the stores`, `They are called ${names.join(', ')}.`)
  }
}
