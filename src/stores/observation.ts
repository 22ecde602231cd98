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
  'flags-in-new',
  'flags-malformed',
  'keyword-letter-unnamed',
  'unique-name-twice',
  'unique-name-in-folders',
  'unique-name-malformed',
  'hard-linked',
  'symbolic-link',
  'broken-link',
  'unreadable-file',
  'unreadable-folder',
  'stale-tmp-file',
  'foreign-file',
  'directory-among-messages',
  'info-separator-replaced',
  'file-time-implausible',
  'layouts-mixed',
  'folder-name-malformed',
  'folder-names-alike',
  'subscription-without-folder',
  'maildirfolder-missing',
  'dbox-without-index',
  'uid-list-damaged',
  'uid-list-stale',
  'uid-list-of-other-files',
  'uid-in-name-twice',
  'uid-in-name-too-high',
  'uid-of-other-folder',
  'sync-state-damaged',
  'sync-state-conflict',
  'sync-state-other-validity',
  'synced-mail-missing',
  'sync-interrupted',
  'sync-left-copy',
] as const

/** What MH folders and folders of .eml files can see; those of Maildir that fit are shared. */
export const FILE_FOLDER_RULES = [
  'number-malformed',
  'sequence-malformed',
  'sequence-without-message',
  'deleted-leftover',
  'folder-named-as-message',
  'emlx-length-wrong',
  'emlx-partial',
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
