import type { IndexRule } from './rule.js'

/** What is found by asking the index. */
export const INDEX_RULES: readonly IndexRule[] = []
