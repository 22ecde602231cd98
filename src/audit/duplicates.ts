import { distinctIndexes } from '../index/same-object.js'
import type { IdentityRule, StoreIndex } from '../index/store-index.js'
import type { DupesSummary, DuplicateClass, DuplicateGroup, Findings } from './findings.js'
import { judgeInFull, knowledgeOf, sharedId } from './full-judgement.js'
import { type Copies, walkGroups } from './identity-groups.js'
import { judgeGroup, type Knowledge } from './judgement.js'
import { type KeepRule, rulesInOrder } from './keep-rules.js'

export const IDENTITY_RULES = ['id', 'content'] as const satisfies readonly IdentityRule[]

export const DUPLICATE_SCOPES = ['folder', 'store', 'all'] as const
export type DuplicateScope = (typeof DUPLICATE_SCOPES)[number]

export interface DupesOptions {
  readonly by: IdentityRule
  readonly scope: DuplicateScope
  /** Empty: the default order of rules. */
  readonly keep: readonly KeepRule[]
}

/** Copies of groups that are judged together, so that their messages are read in the order they lie in. */
const COPIES_AT_ONCE = 1000

/** Groups with no more copies than this in all are held; more are judged again whenever they are walked. */
const COPIES_KEPT = 25_000

/** Groups the copies of the stores by identity and judges each group. Groups are sorted by identity. */
export async function findDuplicates(
  named: readonly StoreIndex[],
  options: DupesOptions,
): Promise<Findings<DupesSummary, DuplicateGroup>> {
  const audit = new DuplicateAudit(distinctIndexes(named), options)
  await audit.read()
  return { summary: audit.summarise(), rows: () => audit.groups() }
}

class DuplicateAudit {
  readonly #indexes: readonly StoreIndex[]
  readonly #options: DupesOptions
  readonly #rules: readonly KeepRule[]
  readonly #known: Knowledge
  readonly #found = new GroupCounts()
  /** The groups as they were judged; null: there are too many to be held. */
  #judged: DuplicateGroup[] | null = []

  constructor(indexes: readonly StoreIndex[], options: DupesOptions) {
    this.#indexes = indexes
    this.#options = options
    this.#rules = rulesInOrder(options.keep)
    this.#known = knowledgeOf(indexes)
  }

  /** Has everything read that the judgements rest on, and counts them. */
  async read(): Promise<void> {
    for (const index of this.#indexes) {
      await index.needIdentities()
      if (this.#options.by === 'content') await index.needContents()
    }
    let batch: Copies[] = []
    let copies = 0
    for (const group of this.#walk()) {
      batch.push(group)
      copies += group.length
      if (copies < COPIES_AT_ONCE) continue
      await this.#readBatch(batch)
      batch = []
      copies = 0
    }
    await this.#readBatch(batch)
  }

  async #readBatch(groups: readonly Copies[]): Promise<void> {
    const judged = new Map<Copies, DuplicateGroup>()
    await judgeInFull(this.#indexes, groups, this.#rules, (group, copies) => {
      this.#found.add(group)
      judged.set(copies, group)
    })
    if (this.#found.groups + this.#found.extra > COPIES_KEPT) this.#judged = null
    for (const copies of groups) {
      const group = judged.get(copies)
      if (group !== undefined) this.#judged?.push(group)
    }
  }

  /** The groups as they stand, once all is read. */
  *groups(): Iterable<DuplicateGroup> {
    if (this.#judged !== null) {
      yield* this.#judged
      return
    }
    for (const copies of this.#walk()) yield judgeGroup(sharedId(copies), copies, this.#rules, this.#known).group
  }

  #walk(): Iterable<Copies> {
    return walkGroups(this.#indexes, this.#options.by, this.#options.scope)
  }

  summarise(): DupesSummary {
    const totals = this.#indexes.map((index) => index.totals())
    const sum = (name: 'messages' | 'noId' | 'sameObject' | 'unreadable') =>
      totals.reduce((total, counts) => total + counts[name], 0)
    const messages = sum('messages')
    return {
      messages,
      unique: messages - this.#found.groups - this.#found.extra,
      groups: this.#found.groups,
      extra: this.#found.extra,
      redundant: this.#found.redundant,
      redundantBytes: this.#found.redundantBytes,
      identical: this.#found.ofClass('identical'),
      sameContent: this.#found.ofClass('same-content'),
      modified: this.#found.ofClass('modified'),
      different: this.#found.ofClass('different'),
      unverified: this.#found.ofClass('unverified'),
      sameObject: sum('sameObject'),
      noId: sum('noId'),
      unreadable: sum('unreadable'),
    }
  }
}

class GroupCounts {
  groups = 0
  extra = 0
  redundant = 0
  redundantBytes = 0
  readonly #classes = new Map<DuplicateClass, number>()

  add({ class: likeness, copies }: DuplicateGroup): void {
    this.groups++
    this.extra += copies.length - 1
    this.#classes.set(likeness, this.ofClass(likeness) + 1)
    for (const { keep, copy } of copies) {
      if (keep) continue
      this.redundant++
      this.redundantBytes += copy.size
    }
  }

  ofClass(likeness: DuplicateClass): number {
    return this.#classes.get(likeness) ?? 0
  }
}
