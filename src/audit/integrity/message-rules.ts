import type { MessageRule } from './rule.js'

/** What can be told from the octets of one message. */
export const MESSAGE_RULES: readonly MessageRule[] = []
