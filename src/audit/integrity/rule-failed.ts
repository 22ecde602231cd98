import type { MessageRule } from './rule.js'

/** Told by the check itself, where a rule throws: it finds nothing of its own. */
export const ruleFailed: MessageRule = {
  name: 'rule-failed',
  scope: 'message',
  severity: 'warning',
  summary: 'A rule could not judge this message; the others could.',
  source: 'mbaudit',
  origin: 'The message is of a make that the rule does not expect, or too large for it: a fault of mbaudit.',
  risk: 'What this rule would have found in this message is not known. The message itself need not be damaged.',
  remedy: 'Look at the message with mbaudit show, and report the fault with the name of the rule.',
  detect: () => [],
}
