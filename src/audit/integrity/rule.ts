import type { IndexedCopy } from '../../index/copy-index.js'
import type { StoreIndex } from '../../index/store-index.js'
import type { ObservedRule } from '../../stores/observation.js'
import type { FolderName } from '../../stores/store.js'
import type { MessageView } from './message-view.js'

export const SEVERITIES = ['error', 'warning', 'note'] as const
/** error: mail is lost, unreadable, or not safe to move. warning: it may become so. note: odd, and good to know. */
export type Severity = (typeof SEVERITIES)[number]

/** What a rule says of itself; help, `explain`, the manual and the schemas are made from it. */
export interface RuleText {
  /** Kebab-case, stable: it stands in results and in configurations. */
  readonly name: string
  readonly severity: Severity
  /** One sentence: what was seen. A rule asserts what the octets prove; what is only likely says "likely". */
  readonly summary: string
  /** Where it is written how it should be: `RFC 5322 §3.6.4`, `maildir(5)`. */
  readonly source: string
  /** How it comes about. */
  readonly origin: string
  /** What it endangers. */
  readonly risk: string
  /** What to do. */
  readonly remedy: string
  /** Asked for by name alone, since ordinary mail is full of it or it costs much. */
  readonly isOptional?: true
}

/** One place where a rule found something. */
export interface Sighting {
  /** Octets from the beginning of the message; null where no single place can be named. */
  readonly offset: number | null
  /** What is there, in a few words; an excerpt of mail goes through `excerpt`. */
  readonly detail: string
}

/** Judges one message by its octets. Pure: equal octets give equal sightings. */
export interface MessageRule extends RuleText {
  readonly scope: 'message'
  detect(mail: MessageView): readonly Sighting[]
}

/** Found by the store itself, which knows its format: an `Observation` of the same name. */
export interface ObservedRuleText extends RuleText {
  readonly name: ObservedRule
  readonly scope: 'folder' | 'store'
}

/** Something that the index as a whole tells of a folder, or of one copy in it. */
export interface IndexSighting extends Sighting {
  readonly folder: FolderName
  readonly copy: IndexedCopy | null
}

/** Found by asking the index. */
export interface IndexRule extends RuleText {
  readonly scope: 'folder' | 'store'
  find(index: StoreIndex): AsyncIterable<IndexSighting>
}

export type Rule = MessageRule | ObservedRuleText | IndexRule
