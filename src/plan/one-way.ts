import type { Comparison, KeepsFlag } from '../audit/compare/comparison.js'
import type { StoreIndex } from '../index/store-index.js'
import type { FolderName } from '../stores/store.js'
import type { StepSpool } from './step-spool.js'

/** `archive` never deletes; `mirror` deletes what the master has not, and replaces what is changed. */
export type OneWayMode = 'archive' | 'mirror'

/** The two stores that were compared. */
export interface Sides {
  readonly master: StoreIndex
  readonly slave: StoreIndex
}

export interface OneWayOptions {
  readonly mode: OneWayMode
  /** `one`: several copies of a mail in a folder of the master make one on the slave. */
  readonly copies: 'one' | 'all'
  /** In a mirror: folders that the master has not, once they are empty. */
  readonly deleteFolders: boolean
  /** A flag that the master cannot keep says nothing by being absent there. */
  readonly masterKeeps: KeepsFlag
  /** Why a folder of the slave cannot keep a flag; empty: it can. */
  readonly whyNoFlag: (folder: FolderName, flag: string) => string
}

/** What else there is to know of a plan: one sentence each, for its header. */
export interface Planned {
  readonly notes: readonly string[]
}

/** Plans what makes the slave like the master. Nothing is remembered: equal stores give equal plans, and alike stores none. */
export function planOneWay(_comparison: Comparison, _sides: Sides, _options: OneWayOptions, _into: StepSpool): Planned {
  throw new RangeError('not yet')
}
