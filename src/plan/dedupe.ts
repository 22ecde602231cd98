import type { DuplicateClass, DuplicateGroup } from '../audit/findings.js'
import type { StoreIndex } from '../index/store-index.js'
import type { FolderName } from '../stores/store.js'
import type { Planned } from './one-way.js'
import type { StepSpool } from './step-spool.js'

/** Classes of which copies are taken away; the others never are. */
export const DEDUPE_CLASSES = ['identical', 'same-content', 'modified'] as const satisfies readonly DuplicateClass[]
export type DedupeClass = (typeof DEDUPE_CLASSES)[number]
/** Without `--class`. */
export const SURE_CLASSES: readonly DedupeClass[] = ['identical', 'same-content']

export interface DedupeOptions {
  readonly classes: readonly DedupeClass[]
  /** Why a folder cannot keep a flag; empty: it can. */
  readonly whyNoFlag: (store: string, folder: FolderName, flag: string) => string
}

/** Plans to take away the duplicates that are sure enough; their flags go to the copies that stay. */
export async function planDedupe(
  _groups: Iterable<DuplicateGroup>,
  _indexes: readonly StoreIndex[],
  _options: DedupeOptions,
  _into: StepSpool,
): Promise<Planned> {
  throw new RangeError('not yet')
}
