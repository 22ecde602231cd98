import type { DuplicateClass, DuplicateGroup, JudgedCopy } from '../audit/findings.js'
import { whyLeftAlone } from '../audit/standing.js'
import type { IndexedCopy } from '../index/copy-index.js'
import type { StoreIndex } from '../index/store-index.js'
import { ModifiedCopies } from './modified-copies.js'
import type { Planned } from './one-way.js'
import { type Removal, RemovalSteps, type WhyNoFlag } from './removals.js'
import type { StepSpool } from './step-spool.js'
import { areSameOctets, areSurelyOne, isView } from './store-facts.js'

/** Classes of which copies are taken away; the others never are. */
export const DEDUPE_CLASSES = ['identical', 'same-content', 'modified'] as const satisfies readonly DuplicateClass[]
export type DedupeClass = (typeof DEDUPE_CLASSES)[number]
/** Without `--class`. */
export const SURE_CLASSES: readonly DedupeClass[] = ['identical', 'same-content']

export interface DedupeOptions {
  readonly classes: readonly DedupeClass[]
  readonly whyNoFlag: WhyNoFlag
}

/** Plans to take away the duplicates that are sure enough; their flags go to the copies that stay. */
export async function planDedupe(
  groups: Iterable<DuplicateGroup>,
  indexes: readonly StoreIndex[],
  { classes, whyNoFlag }: DedupeOptions,
  into: StepSpool,
): Promise<Planned> {
  const steps = new RemovalSteps(indexes, whyNoFlag, into)
  const modified = new ModifiedCopies(indexes)
  for (const group of groups) {
    const lesser = classes.includes('modified') ? await lesserCopies(group, modified) : NONE
    const wanted = removalsOf(group, lesser).filter(({ likeness }) => classes.some((each) => each === likeness))
    const removals = wanted.filter((removal) => {
      const why = steps.whyNot(removal)
      if (why !== null) steps.notes.count(`extra, and left, ${why}`)
      return why === null
    })
    steps.add(removals)
  }
  return { notes: steps.notes.sentences() }
}

const NONE: ReadonlySet<IndexedCopy> = new Set()

/** The copies that differ from the one that stays, and are no more than it. */
async function lesserCopies({ copies }: DuplicateGroup, modified: ModifiedCopies): Promise<ReadonlySet<IndexedCopy>> {
  const [kept, ...others] = copies
  const altered = others.filter(({ class: likeness, copy }) => likeness === 'modified' && whyLeftAlone(copy) === null)
  if (altered.length === 0 || !canStandIn(kept.copy)) return NONE
  return modified.lesserThan(
    kept.copy,
    altered.map(({ copy }) => copy),
  )
}

/** @param lesser - copies that may go for the one that all are judged against, although they differ from it */
function removalsOf({ copies }: DuplicateGroup, lesser: ReadonlySet<IndexedCopy>): readonly Removal[] {
  const [{ copy: kept }] = copies
  const staying = copies.filter(({ copy, keep }) => keep && !lesser.has(copy)).map(({ copy }) => copy)
  const heirs = [...staying.filter((copy) => whyLeftAlone(copy) === null), ...staying].filter(canStandIn)
  return copies.flatMap(({ copy, keep }: JudgedCopy): readonly Removal[] => {
    if (keep && !lesser.has(copy)) return []
    const standIn = standInFor(copy, heirs)
    if (standIn !== null) return [{ copy, standIn, likeness: likenessOf(copy, standIn) }]
    return lesser.has(copy) && isNoWorse(kept, copy) ? [{ copy, standIn: kept, likeness: 'modified' }] : []
  })
}

/** A copy that stays and is surely the same mail; the same octets before the same content. */
export function standInFor(copy: IndexedCopy, heirs: readonly IndexedCopy[]): IndexedCopy | null {
  const able = heirs.filter((heir) => heir !== copy && isNoWorse(heir, copy))
  return able.find((heir) => areSameOctets(heir, copy)) ?? able.find((heir) => areSurelyOne(heir, copy)) ?? null
}

export const likenessOf = (copy: IndexedCopy, standIn: IndexedCopy): DedupeClass =>
  areSameOctets(copy, standIn) ? 'identical' : 'same-content'

/** A view shows messages of other folders: a copy there may vanish with the one that it shows. */
export const canStandIn = ({ specialUse }: IndexedCopy): boolean => !isView(specialUse)

const isDeleted = ({ flags }: IndexedCopy): boolean => flags.includes('\\Deleted')
const isNoWorse = (heir: IndexedCopy, copy: IndexedCopy): boolean => !isDeleted(heir) || isDeleted(copy)
