import type { PairSide } from '../index/pair-row.js'
import type { EpochSeconds, MessageId } from '../message/message.js'
import type { FolderName, Locator } from '../stores/store.js'

/**
 * What cannot be known. `new-or-deleted`: it is on one side alone, and no state tells whether it came to this side or went from
 * the other; `which-deleted`: its partner is gone, and what is left is not the very copy that the state paired; `moved-where`:
 * it lies in folders that do not pair, and no state tells which side moved it.
 */
export type QuestionKind = 'new-or-deleted' | 'which-deleted' | 'moved-where'

/**
 * `copy`: it is new, and comes to the other side; `delete`: it was deleted, and goes from this side too; `as-a`, `as-b`: it lies
 * where that side has it; `leave`: nothing is done.
 */
export type Answer = 'copy' | 'delete' | 'as-a' | 'as-b' | 'leave'

export interface Question {
  /** 16 hexadecimal digits, the same as long as the question is. */
  readonly question: string
  readonly kind: QuestionKind
  /** The side that the copy lies on; of `moved-where` that of `a`. */
  readonly side: PairSide
  readonly store: string
  readonly folder: FolderName
  readonly locator: Locator
  /** Where the other side has it: of `moved-where` alone. */
  readonly otherFolder: FolderName | null
  readonly identity: string
  readonly id: MessageId | null
  readonly date: EpochSeconds | null
  readonly from: string
  readonly subject: string
  readonly allowed: readonly Answer[]
  /** What the plan does: the answer that was given, or what is done without one. */
  readonly taken: Answer
  readonly isAnswered: boolean
}
