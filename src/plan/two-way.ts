import type { CompareOptions } from '../audit/compare/comparison.js'
import { pairFolders } from '../audit/folder-pairs.js'
import type { PairChange, PairedFolders, PairSide } from '../index/pair-row.js'
import type { StoreIndex } from '../index/store-index.js'
import type { FolderName } from '../stores/store.js'
import type { LimitFacts, MasterFacts } from './limits.js'
import { messages, Notes } from './notes.js'
import type { CopyRef, FolderRef } from './step.js'
import type { StepSpool } from './step-spool.js'
import { AlteredPairs } from './two-way-altered.js'
import { TwoWayBook } from './two-way-book.js'
import { TwoWayFolders } from './two-way-folders.js'
import type { TwoWayDesk } from './two-way-mails.js'
import type { Answer, Question } from './two-way-question.js'
import { type Both, TwoWaySide } from './two-way-side.js'
import type { TwoWayState } from './two-way-state.js'
import { TwoWaySteps } from './two-way-steps.js'
import { TwoWayWalk } from './two-way-walk.js'

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
  readonly observed: {
    changes(): Iterable<PairChange>
    readonly folders: readonly PairedFolders[]
    /** Whether mail is left, or deleted, of which no state tells whether it is new: it is asked again until that is done. */
    readonly asksAgain: boolean
  }
  /** For `checkLimits`: an emptied side and a lost folder stop a plan. */
  readonly limitFacts: LimitFacts
}

/**
 * Plans what makes two stores alike: three-way, with what the last sync saw. Equal stores, state and answers give equal plans.
 * Bodies are read where it rests on them. Both indexes are scanned whole, and the stores have distinct names.
 */
export async function planTwoWay(
  a: StoreIndex,
  b: StoreIndex,
  state: TwoWayState,
  options: TwoWayOptions,
  into: StepSpool,
): Promise<TwoWayPlanned> {
  await a.needIdentities()
  await b.needIdentities()
  const pairing = pairFolders(a.folders(), b.folders(), options)
  const sides = { a: new TwoWaySide('a', a, pairing, options), b: new TwoWaySide('b', b, pairing, options) }
  for (const side of [sides.a, sides.b]) into.expectFolders(side.folders)
  const folders = new TwoWayFolders(sides, state.folders(), options.toward, into)
  const notes = new Notes()
  const steps = new TwoWaySteps(sides, { into, notes, folders, toward: options.toward })
  const book = new TwoWayBook(options)
  const desk = { sides, standing: state.standing, options, steps, book, notes }
  try {
    using altered = await AlteredPairs.lookFor(sides, state, options.pause)
    await new TwoWayWalk(desk, state, altered).run()
  } catch (error) {
    book[Symbol.dispose]()
    throw error
  }
  folders.addOthers()
  sayOf(desk)
  return {
    notes: notes.sentences(),
    compared: { ...book.counts, questions: book.questionCount, cameBack: book.cameBackCount },
    questions: () => book.questions(),
    cameBack: () => book.cameBack(),
    observed: { changes: () => book.changes(), folders: folders.observed(), asksAgain: book.asksAgain },
    limitFacts: limitFactsOf(sides),
    [Symbol.dispose]: () => book[Symbol.dispose](),
  }
}

function sayOf({ sides, notes, book, options }: TwoWayDesk): void {
  for (const { readings, store } of [sides.a, sides.b])
    for (const folder of readings.notInFull)
      notes.say(`${folder} of ${store} was not read in full: nothing is deleted or moved against it.`)
  const back = book.cameBackCount
  if (back > 0 && options.prefer === null)
    notes.say(`${messages(back)} may have been deleted on one side and come back: no state tells whether they are new.`)
}

function limitFactsOf(sides: Both<TwoWaySide>): LimitFacts {
  const masterOf = (target: FolderRef): MasterFacts => {
    const [other, own] = target.store === sides.a.store ? [sides.b, sides.a] : [sides.a, sides.b]
    return {
      store: other.store,
      messages: other.shows.messages,
      hasFolder: ({ folder }) => other.facts.folder(own.partnerOf(folder)) !== null,
    }
  }
  const folders = [...sides.a.folders, ...sides.b.folders]
  return {
    folders: folders.map(({ store, folder, messages: held, specialUse }) => ({
      store,
      folder,
      messages: held,
      specialUse,
    })),
    master: null,
    masterOf,
  }
}
