import type { ObservedRuleText } from './rule.js'

/** What a store of mbox files can see in its format. */
export const MBOX_RULE_TEXTS: readonly ObservedRuleText[] = []
