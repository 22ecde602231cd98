import { FILE_FOLDER_RULE_TEXTS } from './file-folder-rules.js'
import { INDEX_RULES } from './index-rules.js'
import { MAILDIR_RULE_TEXTS } from './maildir-rules.js'
import { MBOX_RULE_TEXTS } from './mbox-rules.js'
import { MESSAGE_FILE_RULES } from './message/message-files.js'
import { MESSAGE_RULES } from './message-rules.js'
import type { Rule } from './rule.js'
import { ruleFailed } from './rule-failed.js'

/** Every rule, by name; help, `explain`, the manual and the schemas are made from it. */
export const RULES: readonly Rule[] = [
  ...MESSAGE_RULES,
  ...MESSAGE_FILE_RULES,
  ...MBOX_RULE_TEXTS,
  ...MAILDIR_RULE_TEXTS,
  ...FILE_FOLDER_RULE_TEXTS,
  ...INDEX_RULES,
  ruleFailed,
].sort((a, b) => (a.name < b.name ? -1 : 1))
