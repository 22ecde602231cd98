import type { IndexedCopy } from '../index/copy-index.js'
import type { StoreIndex } from '../index/store-index.js'
import type { Locator } from '../stores/store.js'
import type { Notes } from './notes.js'
import { RowSet } from './row-set.js'
import type {
  CopyRef,
  CopyStep,
  DeleteStep,
  Expected,
  FlagChange,
  FlagsStep,
  FolderRef,
  Lacking,
  MoveStep,
} from './step.js'
import type { StepSpool } from './step-spool.js'
import { placeOf, StoreFacts } from './store-facts.js'
import type { DoneStep } from './undo.js'
import type { UndoFolders } from './undo-folders.js'

interface Side {
  readonly facts: StoreFacts
  /** Copies that the undo moves or takes away. */
  readonly taken: RowSet
}

/** Takes back what a run did to mail. */
export class UndoMails {
  readonly #sides: ReadonlyMap<string, Side>
  readonly #folders: UndoFolders
  readonly #notes: Notes
  readonly #into: StepSpool

  constructor(indexes: readonly StoreIndex[], folders: UndoFolders, notes: Notes, into: StepSpool) {
    this.#sides = new Map(indexes.map((index) => [index.store, { facts: new StoreFacts(index), taken: new RowSet() }]))
    this.#folders = folders
    this.#notes = notes
    this.#into = into
  }

  takeAway({ from, to, expect, lacking }: CopyStep, { locator, generation, wire }: DoneStep): void {
    const stored = { ...expect, wire: wire ?? expect.wire }
    const isIt: Fits = (copy) => copy.id === expect.id && copy.date === expect.date
    const placed = this.#at(to, locator, generation, isIt)
    if (placed !== null && wire !== undefined && !same(stored)(placed)) {
      this.#notes.count('stored by the run, and left, since they were changed since')
      return
    }
    const copy = placed ?? this.#lastIn(to, stored, lacking.atMost)
    const source = this.#at(from, from.locator, expect.generation, same(expect)) ?? this.#anywhere(from.store, expect)
    if (copy === null) this.#notes.count('stored by the run, and not there any more')
    else if (source === null) this.#notes.count(`stored by the run, and left, since ${from.store} has them no more`)
    else this.#delete(copy, source, expect)
  }

  #delete(copy: IndexedCopy, source: IndexedCopy, { identity }: Expected): void {
    const facts = this.#take(copy)
    const { flags, received } = copy
    const safe = { keptAs: placeOf(source), expect: this.#facts(source).expect(source, identity) }
    const [at, expect] = [placeOf(copy), facts.expect(copy, identity)]
    const step = { op: 'delete', why: 'stored by the run', at, expect, flags, received, safe } as const
    this.#into.add({ ...step, staysElsewhere: source.store === copy.store }, copy.position)
  }

  moveBack({ at, to, expect, flags }: MoveStep, { locator, generation }: DoneStep): void {
    const now = { store: at.store, folder: to }
    const copy = this.#at(now, locator, generation, same(expect)) ?? this.#lastIn(now, expect)
    if (copy === null) {
      this.#notes.count(`moved to ${to} by the run, and not there any more`)
      return
    }
    this.#folders.need(at)
    const facts = this.#take(copy)
    const lacking = this.#comesTo(at, expect.identity)
    const back = flags === undefined ? null : reversed(flags, copy)
    const move = { op: 'move', why: 'moved by the run', at: placeOf(copy), to: at.folder } as const
    const expected = facts.expect(copy, expect.identity)
    this.#into.add({ ...move, expect: expected, ...(back === null ? {} : { flags: back }), lacking }, copy.position)
  }

  flagBack(step: FlagsStep, fact: DoneStep): void {
    const copy = this.#stillThere(step, fact)
    if (copy === null) this.#notes.count('flagged by the run, and not there any more')
    else this.#flag(copy, reversed(step, copy), step.expect)
  }

  bringBack(step: DeleteStep, fact: DoneStep): void {
    const { at, expect, flags, received } = step
    const from = fact.quarantined
    if (from === null || !this.#isThere(from)) {
      const copy = this.#stillThere(step, fact)
      if (copy === null) this.#notes.count('deleted by the run, and in its quarantine no more')
      else this.#unmark(copy, flags, expect)
      return
    }
    if (this.#isBack(step, fact)) return
    this.#folders.need(at)
    const to = { store: at.store, folder: at.folder }
    const lacking = this.#comesTo(to, expect.identity)
    const copy = { op: 'copy', why: 'deleted by the run', from, to, expect: { ...expect, generation: null } } as const
    this.#into.add({ ...copy, flags, received, lacking })
  }

  /** Whether an earlier undo has brought it back, and it is there still. */
  #isBack({ at, expect }: DeleteStep, { broughtBack }: DoneStep): boolean {
    if (broughtBack === undefined) return false
    const { locator, generation } = broughtBack
    return (this.#at(at, locator, generation, same(expect)) ?? this.#lastIn(at, expect)) !== null
  }

  #stillThere({ at, expect }: FlagsStep | DeleteStep, { locator, generation }: DoneStep): IndexedCopy | null {
    return this.#at(at, locator ?? at.locator, generation, same(expect)) ?? this.#lastIn(at, expect)
  }

  /** A server that could not delete it has it still, marked. */
  #unmark(copy: IndexedCopy, flags: readonly string[], expect: Expected): void {
    const had = copy.flags
    const remove = had.filter((flag) => flag === '\\Deleted' && !flags.includes(flag))
    this.#flag(copy, remove.length === 0 ? null : { had, add: [], remove }, expect)
  }

  #flag(copy: IndexedCopy, change: FlagChange | null, { identity }: Expected): void {
    const side = this.#sides.get(copy.store)
    if (change === null || side === undefined || !side.taken.add(copy)) return
    const expect = side.facts.expect(copy, identity)
    this.#into.add({ op: 'flags', why: 'flagged by the run', at: placeOf(copy), expect, ...change }, copy.position)
  }

  #take(copy: IndexedCopy): StoreFacts {
    this.#sides.get(copy.store)?.taken.add(copy)
    this.#folders.leaves(copy)
    return this.#facts(copy)
  }

  #comesTo({ store, folder }: FolderRef, identity: string): Lacking {
    this.#folders.comesTo({ store, folder })
    const atMost = this.#sides.get(store)?.facts.countIn(folder, identity) ?? 0
    return { store, folder, identity, atMost }
  }

  #isThere({ store, folder, locator }: CopyRef): boolean {
    return (this.#sides.get(store)?.facts.index.copyAt(folder, locator) ?? null) !== null
  }

  /** The copy at a place that a journal or a step names, unless another lies there now. */
  #at(at: FolderRef, locator: Locator | null, generation: string | null, fits: Fits): IndexedCopy | null {
    const side = this.#sides.get(at.store)
    const isValid = generation === null || side?.facts.folder(at.folder)?.generation === generation
    if (side === undefined || locator === null || !isValid) return null
    const copy = side.facts.index.copyAt(at.folder, locator)?.copy ?? null
    return copy !== null && !side.taken.has(copy) && fits(copy) ? copy : null
  }

  /** Where others came or went before it, or the store did not say the place: the last of that mail that is beyond `others`. */
  #lastIn({ store, folder }: FolderRef, expect: Expected, others = 0): IndexedCopy | null {
    const inFolder = this.#copiesOf(store, expect.identity).filter((copy) => copy.folder === folder)
    return inFolder.length > others ? (inFolder.filter(same(expect)).at(-1) ?? null) : null
  }

  #anywhere(store: string, expect: Expected): IndexedCopy | null {
    return this.#copiesOf(store, expect.identity).find(same(expect)) ?? null
  }

  #copiesOf(store: string, identity: string): readonly IndexedCopy[] {
    const side = this.#sides.get(store)
    return side?.facts.index.copiesOf(identity, 'id').filter((copy) => !side.taken.has(copy)) ?? []
  }

  #facts({ store }: IndexedCopy): StoreFacts {
    const side = this.#sides.get(store)
    if (side === undefined) throw new RangeError(`${store} has no index`)
    return side.facts
  }
}

type Fits = (copy: IndexedCopy) => boolean

const same =
  ({ id, wire, date }: Expected): Fits =>
  (copy) =>
    copy.id === id && (copy.wire !== null && wire !== null ? copy.wire === wire : copy.date === date)

/** What is left of a change of flags, turned round; null: nothing. */
function reversed({ had, add, remove }: FlagChange, { flags }: IndexedCopy): FlagChange | null {
  const back = remove.filter((flag) => had.includes(flag) && !flags.includes(flag))
  const away = add.filter((flag) => !had.includes(flag) && flags.includes(flag))
  return back.length + away.length === 0 ? null : { had: flags, add: back, remove: away }
}
