import type { Comparison } from '../audit/compare/comparison.js'
import type { KeepsFlag } from '../audit/compare/flags.js'
import type { IndexedCopy } from '../index/copy-index.js'
import type { StoreIndex } from '../index/store-index.js'
import { compareFolderNames } from '../stores/folder-name.js'
import type { FolderName } from '../stores/store.js'
import { Notes } from './notes.js'
import { FolderSteps } from './one-way-folders.js'
import { MailSteps } from './one-way-mails.js'
import type { StepSpool } from './step-spool.js'

/**
 * `archive` never deletes; `mirror` deletes what the master has not, and replaces what is changed; `fill` copies what is lacking
 * and touches nothing that is there, since people may use the slave already.
 */
export type OneWayMode = 'archive' | 'mirror' | 'fill'

/** The two stores that were compared. */
export interface Sides {
  readonly master: StoreIndex
  readonly slave: StoreIndex
}

export interface OneWayOptions {
  readonly mode: OneWayMode
  /** `one`: several copies of a mail in a folder of the master make one on the slave. */
  readonly copies: 'one' | 'all'
  /** In a mirror: folders that the master has not go as well, once they are empty. */
  readonly deleteFolders: boolean
  /** A flag that the master cannot keep says nothing by being absent there. */
  readonly masterKeeps: KeepsFlag
  /** Why a folder of the slave cannot keep a flag; empty: it can. */
  readonly whyNoFlag: (folder: FolderName, flag: string) => string
  /** Copies of the master that stay out of the plan although they were compared; without it none does. */
  readonly wants?: (copy: IndexedCopy) => boolean
  /** Flags that a copy is stored with beside its own: those of copies that it stands for. */
  readonly inherits?: (copy: IndexedCopy) => readonly string[]
}

/** What else there is to know of a plan: one sentence each, for its header. */
export interface Planned {
  readonly notes: readonly string[]
}

/**
 * Plans what makes the slave like the master. Nothing is remembered: equal stores give equal plans, and alike stores none.
 * What a comparison leaves in doubt is left as it is, and noted; but for a mail that the slave may lack, which is copied.
 */
export function planOneWay(comparison: Comparison, sides: Sides, options: OneWayOptions, into: StepSpool): Planned {
  const notes = new Notes()
  const { pairing, notReadInFull } = comparison.folders
  const names = new Set([
    ...sides.slave.folders().map(({ folder }) => folder),
    ...pairing.pairs.map(({ slave }) => slave),
  ])
  into.expectFolders([...names].sort(compareFolderNames).map((folder) => ({ store: sides.slave.store, folder })))
  const folders = new FolderSteps(comparison.folders, sides, options, into)
  const mails = new MailSteps(comparison.folders, sides, options, { into, notes, folders })
  const { moved, copies } = comparison.summary
  if (moved + copies > 0) for (const difference of comparison.differences()) mails.addFirst(difference)
  for (const difference of comparison.differences()) mails.addThen(difference)
  folders.addOthers(mails.lost)
  for (const folder of notReadInFull.master)
    notes.say(`${folder} of ${sides.master.store} was not read in full: nothing is deleted or moved against it.`)
  for (const folder of notReadInFull.slave)
    notes.say(`${folder} of ${sides.slave.store} was not read in full: nothing that is missing there is copied.`)
  return { notes: notes.sentences() }
}
