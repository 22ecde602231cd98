import type { FolderName, Locator } from './store.js'

/** What a store of mbox files can see in its format. */
export const MBOX_RULES = [
  'unescaped-from-line',
  'quoted-separator-in-body',
  'separator-without-empty-line',
  'mbox-dialect-mixed',
  'space-escaped-from-line',
  'quoted-from-field',
  'content-length-wrong',
  'last-message-truncated',
  'no-final-newline',
  'mixed-line-endings',
  'nul-run',
  'garbage-before-first-message',
  'interleaved-append',
  'odd-separator',
  'internal-message',
  'uid-fields-inconsistent',
  'mailbox-locked',
  'changed-while-read',
  'deleted-not-compacted',
  'empty-message',
  'mailbox-leftover',
  'mailbox-large',
  'mailbox-very-large',
  'readings-differ',
  'content-length-other-line-endings',
  'mozilla-fields-differ',
] as const

/** What a Maildir can see. */
export const MAILDIR_RULES = [
  'maildir-incomplete',
  'info-missing',
  'flags-malformed',
  'unique-name-twice',
  'unique-name-in-folders',
  'size-suffix-mismatch',
  'empty-or-nul-file',
  'hard-linked',
  'symbolic-link',
  'unreadable-file',
  'stale-tmp-file',
  'foreign-file',
  'uidlist-inconsistent',
  'sync-state-inconsistent',
  'uid-in-name-twice',
  'info-separator-replaced',
  'layouts-mixed',
  'folder-name-malformed',
  'folder-names-alike',
  'file-time-implausible',
  'unique-name-malformed',
  'subscription-without-folder',
] as const

/** What MH folders and folders of .eml files can see; those of Maildir that fit are shared. */
export const FILE_FOLDER_RULES = [
  'number-malformed',
  'sequence-without-message',
  'deleted-leftover',
  'folder-named-as-message',
  'byte-order-mark',
] as const

export type ObservedRule =
  | (typeof MBOX_RULES)[number]
  | (typeof MAILDIR_RULES)[number]
  | (typeof FILE_FOLDER_RULES)[number]

/** Something wrong or odd that a store sees in its own format; the rule of the same name says what it means. */
export interface Observation {
  readonly rule: ObservedRule
  /** null: the store as a whole. */
  readonly folder: FolderName | null
  readonly locator: Locator | null
  /** Octets from the beginning of the file (mbox) or of the message; null where no single place can be named. */
  readonly offset: number | null
  /** What is there, in a few words, safe to print. */
  readonly detail: string
}
