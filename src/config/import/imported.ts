import type { ChannelConfig, StoreConfig } from '../schema.js'

/** The programs whose configuration can be taken over. */
export type ImportSource = 'mailsync' | 'mbsync' | 'offlineimap'

/** One setting of the file: its key as it stands there. */
export interface Setting {
  /** From 1. */
  readonly line: number
  readonly key: string
  readonly value: string
}

/**
 * What became of a setting: it is in the new configuration; it is left to a person; or nothing needs to be said, since
 * mbaudit does so anyway or does without it.
 */
export type SettingOutcome = 'taken' | 'by-hand' | 'not-needed'

/** A setting with what became of it. Never with a value that may be a password. */
export interface ImportedSetting {
  readonly line: number
  /** The section that it stands in, as the file names it; empty: none. */
  readonly section: string
  readonly setting: string
  readonly outcome: SettingOutcome
  /** What to do by hand, or why nothing is to be done. */
  readonly detail: string
}

/** A store or a channel made from the file. */
export interface ImportedEntry<T> {
  readonly name: string
  readonly config: T
  /** What a person should know of it. */
  readonly comments: readonly string[]
  /** Why it is written as a comment, to be looked at first; empty: it is in force. */
  readonly withheld: readonly string[]
}

/** Another program's configuration, as far as ours can say it. */
export interface Imported {
  readonly source: ImportSource
  /** What is to be done by hand for all stores and channels. */
  readonly comments: readonly string[]
  readonly stores: readonly ImportedEntry<StoreConfig>[]
  readonly channels: readonly ImportedEntry<ChannelConfig>[]
  readonly groups: Readonly<Record<string, readonly string[]>>
  /** Every setting of the file, in its order. */
  readonly settings: readonly ImportedSetting[]
}

/** Where the file lies and for whom it was written, as far as its meaning rests on that. */
export interface ImportPlace {
  /** What messages call the file. */
  readonly file: string
  /** The login name, for mail in its usual place; null: not known. */
  readonly user: string | null
}
