import type { IndexedCopy } from '../index/copy-index.js'
import type { StoreIndex } from '../index/store-index.js'
import type { FolderName } from '../stores/store.js'
import type { Notes } from './notes.js'
import type { CreateFolderStep, DeleteFolderStep, FolderRef, RenameFolderStep, SubscribeStep } from './step.js'
import type { StepSpool } from './step-spool.js'

/** Takes back what a run did to folders. */
export class UndoFolders {
  readonly #indexes: ReadonlyMap<string, StoreIndex>
  readonly #notes: Notes
  readonly #into: StepSpool
  readonly #created: FolderRef[] = []
  readonly #renamed: RenameFolderStep[] = []
  readonly #made = new Set<string>()
  /** Messages that the undo takes out of a folder, or brings to it. */
  readonly #leaving = new Map<string, number>()
  readonly #coming = new Map<string, number>()

  constructor(indexes: readonly StoreIndex[], notes: Notes, into: StepSpool) {
    this.#indexes = new Map(indexes.map((index) => [index.store, index]))
    this.#notes = notes
    this.#into = into
  }

  add(step: CreateFolderStep | RenameFolderStep | SubscribeStep | DeleteFolderStep): void {
    const { op, at } = step
    if (op === 'createFolder') this.#created.push(at)
    else if (op === 'deleteFolder') this.need(at)
    else if (op === 'renameFolder') this.#renamed.push(step)
    else this.#into.add({ op, why: 'undone', at, subscribed: !step.subscribed })
  }

  /** Has a folder made that is not there. */
  need({ store, folder }: FolderRef): void {
    const at = { store, folder }
    const key = keyOf(at)
    if (this.#made.has(key) || this.#countIn(at) !== null) return
    this.#made.add(key)
    this.#into.add({ op: 'createFolder', why: 'was there before', at, specialUse: null })
  }

  leaves({ store, folder }: IndexedCopy): void {
    count(this.#leaving, { store, folder })
  }

  comesTo(at: FolderRef): void {
    count(this.#coming, at)
  }

  /** What depends on all other steps. */
  end(): void {
    const going = this.#created.filter((at) => this.#isEmptied(at))
    const isGoing = (at: FolderRef): boolean => going.some((each) => keyOf(each) === keyOf(at))
    for (const at of going) {
      const inner = this.#foldersIn(at).filter((folder) => !isGoing({ store: at.store, folder }))
      if (inner.length === 0) this.#into.add({ op: 'deleteFolder', why: 'was made by the run, and is empty', at })
      else this.#notes.say(`${at.folder} stays, since there are folders in it.`)
    }
    for (const at of this.#created) if (!isGoing(at)) this.#notes.say(`${at.folder} stays, since there is mail in it.`)
    for (const step of this.#renamed.reverse()) this.#renameBack(step)
  }

  /** Steps name folders as they are now: one that others are about keeps its name. */
  #renameBack({ at, to }: RenameFolderStep): void {
    const now = { store: at.store, folder: to }
    const isAlone = !this.#leaving.has(keyOf(now)) && !this.#coming.has(keyOf(now)) && this.#countIn(at) === null
    if (this.#countIn(now) === null) this.#notes.say(`${to} is gone, and cannot be named ${at.folder} again.`)
    else if (isAlone) this.#into.add({ op: 'renameFolder', why: 'undone', at: now, to: at.folder })
    else this.#notes.say(`${to} keeps its name; it was ${at.folder}.`)
  }

  #isEmptied(at: FolderRef): boolean {
    const messages = this.#countIn(at)
    return messages !== null && !this.#coming.has(keyOf(at)) && messages === (this.#leaving.get(keyOf(at)) ?? 0)
  }

  #countIn({ store, folder }: FolderRef): number | null {
    return this.#factsOf(store).find((facts) => facts.folder === folder)?.messages ?? null
  }

  #foldersIn({ store, folder }: FolderRef): readonly FolderName[] {
    const inner = `${folder}/`
    return this.#factsOf(store).flatMap((facts) => (facts.folder.startsWith(inner) ? [facts.folder] : []))
  }

  #factsOf(store: string) {
    return this.#indexes.get(store)?.folders() ?? []
  }
}

const keyOf = ({ store, folder }: FolderRef): string => JSON.stringify([store, folder])

function count(counts: Map<string, number>, at: FolderRef): void {
  counts.set(keyOf(at), (counts.get(keyOf(at)) ?? 0) + 1)
}
