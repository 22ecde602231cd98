import type { ObservedRuleText } from './rule.js'

/** What MH folders and folders of .eml files can see. */
export const FILE_FOLDER_RULE_TEXTS: readonly ObservedRuleText[] = []
