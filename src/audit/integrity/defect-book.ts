import type { IndexedCopy } from '../../index/copy-index.js'
import type { DefectSpool, SpooledDefect } from '../../index/defect-spool.js'
import type { StoreIndex } from '../../index/store-index.js'
import type { Observation } from '../../stores/observation.js'
import type { ChosenRule } from './choose-rules.js'
import type { CheckSummary, Defect, RuleCount, SignatureCounts } from './defect.js'
import { type IndexSighting, SEVERITIES, type Sighting } from './rule.js'
import { ruleFailed } from './rule-failed.js'

/** What a defect is of: a message, a folder or the store. */
type Place = Pick<SpooledDefect, 'folder' | 'position' | 'locator' | 'id'>

const NOWHERE: Place = { folder: null, position: null, locator: null, id: null }
/** Of a folder that could not be read: after all others, by its name. */
const AFTER_ALL = 1_000_000_000

/** Takes defects down in a spool, and gives them back with their names. */
export class DefectBook {
  readonly #spool: DefectSpool
  readonly #indexes: readonly StoreIndex[]
  readonly #rules: readonly ChosenRule[]
  readonly #numbers: ReadonlyMap<string, number>
  readonly #ordinals: readonly ReadonlyMap<string, number>[]
  /** Folders with defects whose copy was not met yet. */
  readonly #waiting = new Set<string>()

  constructor(spool: DefectSpool, indexes: readonly StoreIndex[], chosen: readonly ChosenRule[]) {
    // That a rule failed is told whatever was chosen.
    const isTold = chosen.some(({ rule }) => rule.name === ruleFailed.name)
    this.#rules = isTold ? chosen : [...chosen, { rule: ruleFailed, severity: ruleFailed.severity }]
    this.#spool = spool
    this.#indexes = indexes
    this.#numbers = new Map(this.#rules.map(({ rule }, number) => [rule.name, number]))
    this.#ordinals = indexes.map((index) => new Map(index.folders().map(({ folder }, ordinal) => [folder, ordinal])))
  }

  addOfMessage(index: StoreIndex, rule: string, copy: IndexedCopy, sighting: Sighting): void {
    this.#add(index, rule, copy, sighting)
  }

  addOfIndex(index: StoreIndex, rule: string, { folder, copy, ...sighting }: IndexSighting): void {
    this.#add(index, rule, copy ?? { ...NOWHERE, folder }, sighting)
  }

  addOfStore(index: StoreIndex, rule: string, detail: string): void {
    this.#add(index, rule, NOWHERE, { offset: null, detail })
  }

  /** Where it lies among the messages of its folder is told when that message is met. */
  addObservation(index: StoreIndex, { rule, folder, locator, ...sighting }: Observation): void {
    const waits = folder !== null && locator !== null
    if (waits) this.#waiting.add(folder)
    this.#add(index, rule, { ...NOWHERE, folder, locator }, sighting, waits)
  }

  /** A message that observations may be about. */
  meet(index: StoreIndex, { folder, position, locator, id }: IndexedCopy): void {
    if (this.#waiting.has(folder))
      this.#spool.place({ store: this.#indexes.indexOf(index), folder, position, locator, id })
  }

  endStore(): void {
    this.#waiting.clear()
  }

  #add(index: StoreIndex, name: string, place: Place, { offset, detail }: Sighting, waits = false): void {
    const rule = this.#numbers.get(name)
    if (rule === undefined) return
    const { folder, position, locator, id } = place
    const store = this.#indexes.indexOf(index)
    const ordinal = folder === null ? -1 : (this.#ordinals[store]?.get(folder) ?? AFTER_ALL)
    this.#spool.add({ store, ordinal, folder, position, locator, rule, offset, detail, id }, waits)
  }

  *rows(): Iterable<Defect> {
    for (const spooled of this.#spool.inOrder()) yield this.#named(spooled)
  }

  #named({ rule, store, folder, locator, id, offset, detail }: SpooledDefect): Defect {
    const { severity = ruleFailed.severity, rule: named = ruleFailed } = this.#rules[rule] ?? {}
    const name = this.#indexes[store]?.store ?? ''
    return { rule: named.name, severity, store: name, folder, locator, id, offset, detail }
  }

  summarise(messages: number, dkim: SignatureCounts | null): CheckSummary {
    const byRule: RuleCount[] = this.#spool.counts().map(({ count, first }) => {
      const example = this.#named(first)
      return { rule: example.rule, severity: example.severity, count, example }
    })
    byRule.sort(compareCounts)
    const sum = (wanted: string | null) =>
      byRule.reduce((total, { severity, count }) => total + (wanted === null || severity === wanted ? count : 0), 0)
    const counts = { defects: sum(null), errors: sum('error'), warnings: sum('warning'), notes: sum('note') }
    return { messages, ...counts, byRule, dkim }
  }
}

/** The gravest first, of those the most frequent. */
function compareCounts(a: RuleCount, b: RuleCount): number {
  const graver = SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity)
  return graver || b.count - a.count || (a.rule < b.rule ? -1 : 1)
}
