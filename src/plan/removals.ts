import type { IndexedCopy } from '../index/copy-index.js'
import type { StoreIndex } from '../index/store-index.js'
import type { FolderName } from '../stores/store.js'
import { Notes } from './notes.js'
import type { StepSpool } from './step-spool.js'
import { placeOf, StoreFacts } from './store-facts.js'

/** A copy that is to go, and the one that stays in its stead. */
export interface Removal {
  readonly copy: IndexedCopy
  readonly standIn: IndexedCopy
  /** What it is to the one that stays: `identical`. */
  readonly likeness: string
}

/** Why a folder cannot keep a flag; empty: it can. */
export type WhyNoFlag = (store: string, folder: FolderName, flag: string) => string

/** These say something of one copy, not of the mail. */
const OF_COPY = ['\\deleted', '\\draft', '\\recent']

/** Turns removals into steps: what goes, and the flags that it leaves to what stays. */
export class RemovalSteps {
  readonly notes = new Notes()
  readonly #stores: ReadonlyMap<string, StoreFacts>
  readonly #whyNoFlag: WhyNoFlag
  readonly #into: StepSpool

  constructor(indexes: readonly StoreIndex[], whyNoFlag: WhyNoFlag, into: StepSpool) {
    this.#stores = new Map(indexes.map((index) => [index.store, new StoreFacts(index)]))
    this.#whyNoFlag = whyNoFlag
    this.#into = into
    for (const index of indexes) into.expectFolders(index.folders())
  }

  /** Why a copy stays although another could stand in for it; null: it may go. */
  whyNot({ copy, standIn }: Removal): string | null {
    if (!this.#of(copy).mayLose(copy)) return this.#of(copy).whyLeft(copy, this.notes)
    if (this.#of(standIn).folder(standIn.folder)?.isComplete !== true)
      return 'since the folder of the copy that stays was not read in full'
    return null
  }

  /** @param removals - of one mail */
  add(removals: readonly Removal[]): void {
    const heirs = new Map<IndexedCopy, IndexedCopy[]>()
    for (const removal of removals) {
      const { copy, standIn } = removal
      this.#delete(removal)
      heirs.set(standIn, [...(heirs.get(standIn) ?? []), copy])
    }
    for (const [standIn, gone] of heirs) this.#bequeath(standIn, gone)
  }

  #delete({ copy, standIn, likeness }: Removal): void {
    const { flags, received } = copy
    this.#into.add(
      {
        op: 'delete',
        why: `${likeness}: ${standIn.folder} ${standIn.locator} stays`,
        at: placeOf(copy),
        expect: this.#of(copy).expect(copy, ''),
        flags,
        received,
        safe: { keptAs: placeOf(standIn), expect: this.#of(standIn).expect(standIn, '') },
        staysElsewhere: standIn.store === copy.store,
      },
      copy.position,
    )
  }

  #bequeath(standIn: IndexedCopy, gone: readonly IndexedCopy[]): void {
    const has = new Set([...standIn.flags.map((flag) => flag.toLowerCase()), ...OF_COPY])
    const add: string[] = []
    for (const flag of gone.flatMap(({ flags }) => flags)) {
      const key = flag.toLowerCase()
      if (has.has(key)) continue
      has.add(key)
      const why = this.#whyNoFlagOn(standIn, flag)
      if (why === '') add.push(flag)
      else this.notes.count(`will be without ${flag}, which a copy that goes has: ${why}`)
    }
    if (add.length === 0) return
    const why = 'flags of the copies that go'
    const expect = this.#of(standIn).expect(standIn, '')
    const at = placeOf(standIn)
    this.#into.add({ op: 'flags', why, at, expect, had: standIn.flags, add: add.sort(), remove: [] }, standIn.position)
  }

  #whyNoFlagOn(copy: IndexedCopy, flag: string): string {
    const { store, folder } = copy
    return this.#of(copy).isOnlyRead(folder, this.notes)
      ? `${folder} is only read`
      : this.#whyNoFlag(store, folder, flag)
  }

  #of({ store }: IndexedCopy): StoreFacts {
    const facts = this.#stores.get(store)
    if (facts === undefined) throw new RangeError(`${store} has no index`)
    return facts
  }
}
