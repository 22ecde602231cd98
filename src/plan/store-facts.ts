import type { IndexedCopy } from '../index/copy-index.js'
import { identityOf } from '../index/identity.js'
import { homeOf } from '../index/joined-index.js'
import type { FolderFacts, StoreIndex } from '../index/store-index.js'
import type { FolderName, SpecialUse } from '../stores/store.js'
import type { Notes } from './notes.js'
import type { CopyRef, Expected } from './step.js'

/** Folders that show messages of other folders: nothing is stored in them, and nothing taken out. */
const VIEWS: readonly (SpecialUse | null)[] = ['\\All', '\\Flagged', '\\Important']
export const WASTE: readonly (SpecialUse | null)[] = ['\\Trash', '\\Junk']

export const isView = (specialUse: SpecialUse | null): boolean => VIEWS.includes(specialUse)

export const placeOf = (copy: IndexedCopy): CopyRef => ({
  store: homeOf(copy),
  folder: copy.folder,
  locator: copy.locator,
})

/** What planners ask of a store that takes part in a plan. */
export class StoreFacts {
  readonly index: StoreIndex
  readonly #folders: ReadonlyMap<FolderName, FolderFacts>

  constructor(index: StoreIndex) {
    this.index = index
    this.#folders = new Map(index.folders().map((facts) => [facts.folder, facts]))
  }

  folder(name: FolderName): FolderFacts | null {
    return this.#folders.get(name) ?? null
  }

  /** Whether nothing speaks against taking a copy away but what is to take its place. */
  mayLose(copy: IndexedCopy): boolean {
    const facts = this.folder(copy.folder)
    const isOpen = facts?.isComplete === true && facts.whyNotWritten === null
    return isOpen && !isView(copy.specialUse) && !copy.boundsInDoubt
  }

  /** Why `mayLose` says no. */
  whyLeft({ folder }: IndexedCopy, notes: Notes): string {
    if (this.isOnlyRead(folder, notes)) return `since ${folder} is only read`
    return 'since their bounds are in doubt or their folder was not read in full'
  }

  /** Whether something that is to be done in a folder is left, since nothing is changed there; why is said in the notes. */
  isOnlyRead(folder: FolderName, notes: Notes): boolean {
    const why = this.folder(folder)?.whyNotWritten ?? null
    if (why !== null) notes.say(`${folder} of ${this.index.store} is only read: ${why}.`)
    return why !== null
  }

  /** How many copies of an identity lie in a folder. */
  countIn(folder: FolderName, identity: string): number {
    return this.index.copiesOf(identity, 'id').filter((copy) => copy.folder === folder).length
  }

  /** @param identity - by what it counts as one mail, where nothing else tells */
  expect(copy: IndexedCopy, identity: string): Expected {
    return {
      identity: copy.id ?? identityOf(copy) ?? this.index.copyAt(copy.folder, copy.locator)?.identity ?? identity,
      id: copy.id,
      wire: copy.wire,
      size: copy.size,
      date: copy.date,
      generation: this.index.generationOf?.(copy) ?? this.folder(copy.folder)?.generation ?? null,
    }
  }
}

/** Whether two copies are surely one mail, as far as was read. */
export function areSurelyOne(a: IndexedCopy, b: IndexedCopy): boolean {
  return areSameOctets(a, b) || (a.content !== null && a.content === b.content)
}

export function areSameOctets(a: IndexedCopy, b: IndexedCopy): boolean {
  if (a.wire !== null && a.wire === b.wire) return true
  return a.emailId !== null && a.emailId === b.emailId && a.store === b.store
}
