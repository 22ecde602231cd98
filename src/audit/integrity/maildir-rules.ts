import type { ObservedRuleText } from './rule.js'

/** What a Maildir can see. */
export const MAILDIR_RULE_TEXTS: readonly ObservedRuleText[] = []
