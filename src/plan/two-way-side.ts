import { type Readings, readingsOf } from '../audit/compare/readings.js'
import type { FolderPairing } from '../audit/folder-pairs.js'
import type { IndexedCopy } from '../index/copy-index.js'
import type { PairFolder, PairPlace, PairSide } from '../index/pair-row.js'
import type { FolderFacts, StoreIndex } from '../index/store-index.js'
import type { FolderName } from '../stores/store.js'
import { StoreFacts } from './store-facts.js'
import type { TwoWayOptions } from './two-way.js'

/** More than the position of any message in a folder. */
const POSITIONS = 2 ** 42

/** One of the two stores, and what is asked of it. */
export class TwoWaySide {
  readonly side: PairSide
  readonly index: StoreIndex
  readonly facts: StoreFacts
  /** Of the index: asked once, since it counts messages. */
  readonly folders: readonly FolderFacts[]
  readonly shows: { readonly messages: number; readonly objectsTwice: boolean }
  readonly readings: Readings
  /** Whether a locator that names a copy now names the same one later. */
  readonly isStable: boolean
  readonly #pairing: FolderPairing
  readonly #options: TwoWayOptions
  readonly #ordinals: ReadonlyMap<FolderName, number>

  constructor(side: PairSide, index: StoreIndex, pairing: FolderPairing, options: TwoWayOptions) {
    this.side = side
    this.index = index
    this.facts = new StoreFacts(index)
    this.folders = index.folders()
    const { messages, sameObject } = index.totals()
    this.shows = { messages, objectsTwice: sameObject > 0 }
    this.readings = readingsOf(index, options.unlisted[side === 'a' ? 'master' : 'slave'])
    this.isStable = options.stableLocators[side]
    this.#pairing = pairing
    this.#options = options
    this.#ordinals = new Map(this.folders.map(({ folder }, ordinal) => [folder, ordinal]))
  }

  get store(): string {
    return this.index.store
  }

  /** The folder of the other side that pairs with one of this side. */
  partnerOf(folder: FolderName): FolderName {
    return this.side === 'a' ? this.#pairing.slaveOf(folder) : this.#pairing.masterOf(folder)
  }

  wants(folder: FolderName): boolean {
    return this.#options.wantsFolder(this.side === 'a' ? folder : this.#pairing.masterOf(folder))
  }

  /** What locators of a folder hold under now; undefined: there is no such folder. */
  generation(folder: FolderName): string | null | undefined {
    return this.facts.folder(folder)?.generation
  }

  /** Whether what was at a place and is met nowhere was deleted: the folder was read in full, under the same numbering. */
  wouldShow({ folder, generation }: PairFolder): boolean {
    if (!this.readings.isInFull(folder)) return false
    const now = this.generation(folder)
    return now === undefined || now === generation
  }

  placeOf({ folder, locator }: IndexedCopy): PairPlace {
    return { folder, locator, generation: this.generation(folder) ?? null }
  }

  keepsFlag(folder: FolderName, flag: string): boolean {
    return this.#options.keepsFlag[this.side === 'a' ? 'master' : 'slave'](folder, flag)
  }

  whyNoFlag(folder: FolderName, flag: string): string {
    return this.keepsFlag(folder, flag) ? this.#options.whyNoFlag(this.side, folder, flag) : 'its store cannot keep it'
  }

  /** Where a copy stands among those of its store. */
  rank({ folder, position }: IndexedCopy): number {
    return (this.#ordinals.get(folder) ?? 0) * POSITIONS + position
  }
}

export type Both<T> = Readonly<Record<PairSide, T>>
export const SIDES = ['a', 'b'] as const
