import type { CompareOptions } from '../audit/compare/comparison.js'
import type { PairChange, PairedFolders, PairSide } from '../index/pair-row.js'
import type { StoreIndex } from '../index/store-index.js'
import type { FolderName } from '../stores/store.js'
import type { LimitFacts } from './limits.js'
import type { CopyRef } from './step.js'
import type { StepSpool } from './step-spool.js'
import type { Answer, Question } from './two-way-question.js'
import type { TwoWayState } from './two-way-state.js'

/** `master` is side `a` and `slave` side `b`. */
export interface TwoWayOptions
  extends Pick<
    CompareOptions,
    'maps' | 'matchSpecialUse' | 'nameOnSlave' | 'foldsCase' | 'keepsFlag' | 'unlisted' | 'pause'
  > {
  /** The folders that take part, by the names of `a`; mail in others is left alone, whatever the state knows of it. */
  readonly wantsFolder: (folder: FolderName) => boolean
  /** Whether locators go on naming the same copy (`FolderAbilities.stableLocators`). */
  readonly stableLocators: Readonly<Record<PairSide, boolean>>
  /** Why a folder cannot keep a flag; empty: it can. */
  readonly whyNoFlag: (side: PairSide, folder: FolderName, flag: string) => string
  /** The side that is right where nothing else tells; null: both are, and what is on one comes to the other. */
  readonly prefer: PairSide | null
  /** What was answered to a question (`Question.question`); null: nothing. */
  readonly answers: (question: string) => Answer | null
  /** Steps that change this side alone are planned; null: both. */
  readonly toward: PairSide | null
}

/** A mail that was on one side alone and that no state tells of: it may have been deleted since, and come back. */
export interface CameBack extends CopyRef {
  readonly id: string | null
  readonly date: number | null
  readonly from: string
  readonly subject: string
}

/** What a two-way plan says beside its steps. It keeps what it has outside memory; closing it closes that. */
export interface TwoWayPlanned extends Disposable {
  /** One sentence each, for the header of the plan. */
  readonly notes: readonly string[]
  readonly compared: Readonly<Record<'inBoth' | 'onlyA' | 'onlyB' | 'apart' | 'questions' | 'cameBack', number>>
  questions(): Iterable<Question>
  cameBack(): Iterable<CameBack>
  /** What both stores show by themselves, whatever becomes of the steps: it may be written to the state before they are done. */
  readonly observed: { changes(): Iterable<PairChange>; readonly folders: readonly PairedFolders[] }
  /** For `checkLimits`: an emptied side and a lost folder stop a plan. */
  readonly limitFacts: LimitFacts
}

/**
 * Plans what makes two stores alike: three-way, with what the last sync saw. Equal stores, state and answers give equal plans.
 * Bodies are read where it rests on them. Both indexes are scanned whole, and the stores have distinct names.
 */
export declare function planTwoWay(
  a: StoreIndex,
  b: StoreIndex,
  state: TwoWayState,
  options: TwoWayOptions,
  into: StepSpool,
): Promise<TwoWayPlanned>
