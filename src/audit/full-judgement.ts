import type { StoreIndex } from '../index/store-index.js'
import { needVerdicts, type Pair } from '../index/verdicts.js'
import type { DuplicateGroup } from './findings.js'
import type { Copies } from './identity-groups.js'
import { deciders, judgeGroup, type Knowledge } from './judgement.js'
import type { KeepRule } from './keep-rules.js'
import { copiesToRead } from './likeness.js'

/** What the indexes know of messages by now. */
export function knowledgeOf(indexes: readonly StoreIndex[]): Knowledge {
  const byName = new Map(indexes.map((index) => [index.store, index]))
  return {
    wire: (copy) => (copy.wire === null ? (byName.get(copy.store)?.wire(copy) ?? null) : copy.wire),
    content: (copy) => byName.get(copy.store)?.content(copy) ?? null,
    verdict: (kept, other) => byName.get(kept.store)?.verdict(kept, other) ?? null,
  }
}

/** The ID that all copies have; null: they have none, or not the same. */
export function sharedId([{ id }, ...others]: Copies): string | null {
  return others.every((copy) => copy.id === id) ? id : null
}

/** Judges groups, asking the indexes to have read what that takes, until nothing more can be learnt. */
export async function judgeInFull(
  indexes: readonly StoreIndex[],
  groups: readonly Copies[],
  rules: readonly KeepRule[],
  onJudged: (group: DuplicateGroup, copies: Copies) => void,
): Promise<void> {
  const known = knowledgeOf(indexes)
  const unread = groups.flatMap(copiesToRead)
  for (const index of indexes) await index.needWires(unread.filter(({ store }) => store === index.store))
  const wanted = groups.flatMap((copies) => deciders(copies, known))
  for (const index of indexes) await index.needContents(wanted.filter(({ store }) => store === index.store))
  const asked = new Set<string>()
  for (let open = groups; open.length > 0; ) {
    const needs: Pair[] = []
    const unfinished: Copies[] = []
    for (const copies of open) {
      const judgement = judgeGroup(sharedId(copies), copies, rules, known)
      const missing = judgement.needs.filter((pair) => !asked.has(nameOf(pair)))
      if (missing.length === 0) onJudged(judgement.group, copies)
      else unfinished.push(copies)
      needs.push(...missing)
    }
    for (const pair of needs) asked.add(nameOf(pair))
    await needVerdicts(indexes, needs)
    open = unfinished
  }
}

const nameOf = ({ kept, other }: Pair): string => JSON.stringify([kept.store, kept.row, other.store, other.row])
