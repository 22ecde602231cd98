import { hash } from 'node:crypto'
import type { IndexedCopy } from '../index/copy-index.js'
import type { PairChange, PairSide } from '../index/pair-row.js'
import { Spool } from '../index/spool.js'
import type { FolderName } from '../stores/store.js'
import type { CameBack, TwoWayOptions } from './two-way.js'
import type { Answer, Question, QuestionKind } from './two-way-question.js'
import type { TwoWaySide } from './two-way-side.js'

/** What is asked of one copy. */
export interface Asked {
  readonly kind: QuestionKind
  readonly side: TwoWaySide
  readonly copy: IndexedCopy
  readonly identity: string
  readonly otherFolder: FolderName | null
  readonly allowed: readonly [Answer, ...Answer[]]
  /** What is done without an answer. */
  readonly otherwise: Answer
}

/** What a two-way plan keeps beside its steps, outside memory. */
export class TwoWayBook implements Disposable {
  readonly counts = { inBoth: 0, onlyA: 0, onlyB: 0, apart: 0 }
  asksAgain = false
  readonly #options: Pick<TwoWayOptions, 'answers'>
  readonly #questions = new Spool<Question>()
  readonly #cameBack = new Spool<CameBack>()
  readonly #changes = new Spool<PairChange>()

  constructor(options: Pick<TwoWayOptions, 'answers'>) {
    this.#options = options
  }

  /** Notes a question. @returns what is to be done */
  ask({ kind, side, copy, identity, otherFolder, allowed, otherwise }: Asked): Answer {
    const { store, folder, locator, id, date, from, subject } = copy
    const about = [kind, side.side, identity, folder, locator, otherFolder]
    const question = hash('sha256', JSON.stringify(about)).slice(0, 16)
    const answer = this.#options.answers(question)
    const isAnswered = answer !== null && allowed.includes(answer)
    const taken = isAnswered ? answer : otherwise
    const where = { side: side.side, store, folder, locator, otherFolder }
    const what = { identity, id, date, from, subject }
    this.#questions.add({ question, kind, ...where, ...what, allowed, taken, isAnswered }, orderOf(side, copy))
    if (kind === 'new-or-deleted' && taken !== 'copy') this.asksAgain = true
    if (taken === 'copy') this.#cameBack.add({ store, folder, locator, id, date, from, subject }, orderOf(side, copy))
    return taken
  }

  change(change: PairChange): void {
    this.#changes.add(change, [0, 0, 0])
  }

  countAlone(side: PairSide): void {
    this.counts[side === 'a' ? 'onlyA' : 'onlyB']++
  }

  get questionCount(): number {
    return this.#questions.count
  }

  get cameBackCount(): number {
    return this.#cameBack.count
  }

  questions(): Iterable<Question> {
    return this.#questions.inOrder()
  }

  cameBack(): Iterable<CameBack> {
    return this.#cameBack.inOrder()
  }

  changes(): Iterable<PairChange> {
    return this.#changes.inOrder()
  }

  [Symbol.dispose](): void {
    for (const spool of [this.#questions, this.#cameBack, this.#changes]) spool[Symbol.dispose]()
  }
}

const orderOf = (side: TwoWaySide, copy: IndexedCopy): readonly [number, number, number] => [
  side.side === 'a' ? 0 : 1,
  0,
  side.rank(copy),
]
