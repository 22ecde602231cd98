import type { DuplicateGroup, JudgedCopy } from '../audit/findings.js'
import { judgeInFull } from '../audit/full-judgement.js'
import type { Copies } from '../audit/identity-groups.js'
import { type KeepRule, parseKeepRule, rulesInOrder } from '../audit/keep-rules.js'
import type { IndexedCopy } from '../index/copy-index.js'
import type { StoreIndex } from '../index/store-index.js'
import { findDecided } from './decided-copies.js'
import { type DecisionRow, decisionRows } from './decision-rows.js'
import { canStandIn, type DedupeOptions, likenessOf, standInFor } from './dedupe.js'
import { ModifiedCopies } from './modified-copies.js'
import type { Planned } from './one-way.js'
import { PlanMistakeError } from './plan-mistake.js'
import { type Removal, RemovalSteps } from './removals.js'
import type { StepSpool } from './step-spool.js'
import { isView } from './store-facts.js'

/** A CSV of `dupes` whose column `keep` a person edited. */
export interface Decisions {
  /** For messages. */
  readonly file: string
  readonly text: string
}

/** Copies that are judged together, so that their messages are read in the order they lie in. */
const COPIES_AT_ONCE = 1000

/**
 * Plans what the decisions say, looking at every copy again. What is sure to be the same mail goes as decided; a `modified`
 * copy only where `classes` has that class; mail that is only thought to be the same never goes.
 *
 * @throws PlanMistakeError for a row that cannot be read, no longer fits what is there, or takes away what nothing stands in for
 */
export async function planDecisions(
  { file, text }: Decisions,
  indexes: readonly StoreIndex[],
  options: DedupeOptions,
  into: StepSpool,
): Promise<Planned> {
  const steps = new DecisionSteps(file, indexes, options, into)
  let batch: Group[] = []
  let copies = 0
  for (const rows of groupRows(decisionRows(text, file))) {
    batch.push({ rows })
    copies += rows.length
    if (copies < COPIES_AT_ONCE) continue
    await steps.add(batch)
    batch = []
    copies = 0
  }
  await steps.add(batch)
  return { notes: steps.notes }
}

interface Group {
  readonly rows: readonly DecisionRow[]
}

function groupRows(rows: Iterable<DecisionRow>): Iterable<readonly DecisionRow[]> {
  const groups = new Map<string, DecisionRow[]>()
  for (const row of rows) {
    const group = groups.get(row.group)
    if (group === undefined) groups.set(row.group, [row])
    else group.push(row)
  }
  return groups.values()
}

class DecisionSteps {
  readonly #file: string
  readonly #indexes: readonly StoreIndex[]
  readonly #options: DedupeOptions
  readonly #steps: RemovalSteps
  readonly #modified: ModifiedCopies
  /** Lines by copy. */
  readonly #met = new Map<string, number>()

  constructor(file: string, indexes: readonly StoreIndex[], options: DedupeOptions, into: StepSpool) {
    this.#file = file
    this.#indexes = indexes
    this.#options = options
    this.#steps = new RemovalSteps(indexes, options.whyNoFlag, into)
    this.#modified = new ModifiedCopies(indexes)
  }

  get notes(): readonly string[] {
    return this.#steps.notes.sentences()
  }

  async add(groups: readonly Group[]): Promise<void> {
    const rows = new Map<string, DecisionRow>()
    const found = await findDecided(
      groups.flatMap((group) => group.rows),
      this.#indexes,
      this.#file,
    )
    for (const [row, copy] of found) {
      const before = this.#met.get(keyOf(copy))
      if (before !== undefined)
        throw this.#mistake(row, 'locator', `is the message of line ${before} again`, 'each once')
      this.#met.set(keyOf(copy), row.line)
      rows.set(keyOf(copy), row)
    }
    const isKept: KeepRule = { name: 'decided', weigh: ({ copy }) => (rows.get(keyOf(copy))?.keep === true ? 1 : 0) }
    const oldest = parseKeepRule('oldest')
    const rules = [isKept, ...rulesInOrder(oldest === null ? [] : [oldest])]
    const judged: DuplicateGroup[] = []
    const undecided = groups.flatMap((group) => this.#copiesToJudge(group, found))
    await judgeInFull(this.#indexes, undecided, rules, (group) => judged.push(group))
    for (const group of judged) this.#steps.add(await this.#removalsOf(group, rows))
  }

  /** Groups in which something goes. */
  #copiesToJudge({ rows }: Group, found: ReadonlyMap<DecisionRow, IndexedCopy>): readonly Copies[] {
    const gone = rows.find(({ keep }) => !keep)
    if (gone === undefined) return []
    if (rows.every(({ keep }) => !keep))
      throw this.#mistake(gone, 'keep', `is false in every row of group ${gone.group}`, 'true in one of them at least')
    const [first, second, ...others] = rows.flatMap((row) => found.get(row) ?? [])
    return first === undefined || second === undefined ? [] : [[first, second, ...others]]
  }

  async #removalsOf({ copies }: DuplicateGroup, rows: ReadonlyMap<string, DecisionRow>): Promise<readonly Removal[]> {
    const isKept = ({ copy }: JudgedCopy): boolean => rows.get(keyOf(copy))?.keep === true
    const heirs = copies.filter(isKept).map(({ copy }) => copy)
    const removals: Removal[] = []
    for (const judged of copies) {
      const row = rows.get(keyOf(judged.copy))
      if (row === undefined || row.keep) continue
      const removal = await this.#removalOf(judged, row, heirs.filter(canStandIn), copies[0].copy)
      const why = this.#steps.whyNot(removal)
      if (why === null) removals.push(removal)
      else this.#steps.notes.count(`decided to go, and left, ${why}`)
    }
    return removals
  }

  async #removalOf(
    { copy, class: likeness, reason }: JudgedCopy,
    row: DecisionRow,
    heirs: readonly IndexedCopy[],
    kept: IndexedCopy,
  ): Promise<Removal> {
    if (isView(copy.specialUse))
      throw this.#mistake(row, 'keep', `is false in ${copy.folder}, which shows messages of other folders`, 'true')
    const standIn = standInFor(copy, heirs)
    if (standIn !== null) return { copy, standIn, likeness: likenessOf(copy, standIn) }
    if (likeness !== 'modified') {
      const wrong = `is false, and no copy that stays and is not marked deleted is surely the same mail (${likeness})`
      throw this.#mistake(row, 'keep', wrong, 'true')
    }
    if (!(await this.#modified.lesserThan(kept, [copy])).has(copy) || !heirs.includes(kept))
      throw this.#mistake(row, 'keep', 'is false, and the copy has what the one that stays lacks', 'true')
    if (!this.#options.classes.includes('modified')) {
      const wrong = `is false, and the copy differs from the one that stays (modified: ${reason ?? 'text'})`
      throw this.#mistake(row, 'keep', wrong, 'true, or false together with --class modified')
    }
    return { copy, standIn: kept, likeness: 'modified' }
  }

  #mistake({ line }: DecisionRow, field: string, wrong: string, allowed: string): PlanMistakeError {
    return new PlanMistakeError({ file: this.#file, line, field }, wrong, allowed)
  }
}

const keyOf = ({ store, row }: IndexedCopy): string => `${row} ${store}`
