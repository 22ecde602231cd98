import type { IndexedCopy } from '../index/copy-index.js'

/**
 * What an audit found. `rows` may be walked more than once, gives equal rows in equal order each time, and holds one row
 * (or one group) in memory at a time: a result is never larger in memory than its summary.
 */
export interface Findings<Summary, Row> {
  readonly summary: Summary
  rows(): Iterable<Row>
}

/** From the surest to the least sure; a group has the class of its least alike copy. */
export const DUPLICATE_CLASSES = ['identical', 'same-content', 'modified', 'different', 'unverified'] as const
export type DuplicateClass = (typeof DUPLICATE_CLASSES)[number]

/** How the difference between a `modified` copy and the one kept is explained. */
export type ModifiedReason = 'footer' | 'subject-tag' | 'attachment-missing' | 'truncated' | 'text'

/** One copy in a group, judged against the copy that stays. */
export interface JudgedCopy {
  readonly copy: IndexedCopy
  /** Whether `dedupe` would leave it where it is. */
  readonly keep: boolean
  /** null for the copy that all others are judged against. */
  readonly class: DuplicateClass | null
  /** Why it differs (`modified`), or why it stays although it is extra (`sent`, `view`, `bounds-in-doubt` …). */
  readonly reason: string | null
  /** For the copy that stays: the rule that decided, such as `whole`, `oldest` or `place`. */
  readonly rule: string | null
}

export interface DuplicateGroup {
  /** The identity that the copies share: the Message-ID, or null for messages with no ID. */
  readonly id: string | null
  readonly class: DuplicateClass
  /** The copy that the others are judged against comes first, the others in the order of their place. */
  readonly copies: readonly [JudgedCopy, JudgedCopy, ...JudgedCopy[]]
}

export interface DupesSummary {
  readonly messages: number
  readonly unique: number
  readonly groups: number
  readonly extra: number
  readonly redundant: number
  readonly redundantBytes: number
  readonly identical: number
  readonly sameContent: number
  readonly modified: number
  readonly different: number
  readonly unverified: number
  readonly sameObject: number
  readonly noId: number
  readonly unreadable: number
}
