import type { IndexedCopy } from '../index/copy-index.js'
import type { Verdict } from '../index/store-index.js'
import type { Pair } from '../index/verdicts.js'
import { type Matched, rowsOf } from './two-way-match.js'
import type { Both, TwoWaySide } from './two-way-side.js'

/** What copies that no state tells of are to each other. */
export interface LeftPairs {
  /** The same mail in folders that pair. */
  readonly together: readonly Both<IndexedCopy>[]
  /** The same mail in folders that do not. */
  readonly apart: readonly Both<IndexedCopy>[]
  /** One mail that a store or a list has altered, in folders that pair. */
  readonly altered: readonly Both<IndexedCopy>[]
  readonly single: Both<readonly IndexedCopy[]>
  /** What must be compared to say it. */
  readonly needs: readonly Pair[]
}

/** @param asksAltered - whether different mails under one identity may be one that was altered on its way */
export function pairLeft(
  { left, mails }: Matched,
  sides: Both<TwoWaySide>,
  asksAltered: boolean,
  verdict: (pair: Pair) => Verdict | null,
): LeftPairs {
  const rest = { a: new Set(left.a), b: new Set(left.b) }
  const together: Both<IndexedCopy>[] = []
  const apart: Both<IndexedCopy>[] = []
  const take = (a: IndexedCopy, b: IndexedCopy, into: Both<IndexedCopy>[]): void => {
    rest.a.delete(a)
    rest.b.delete(b)
    into.push({ a, b })
  }
  for (const mail of mails) {
    const [rows, others] = [rowsOf(mail, 'a'), rowsOf(mail, 'b')]
    const of = (side: 'a' | 'b') => [...rest[side]].filter(({ row }) => (side === 'a' ? rows : others).has(row))
    for (const a of of('a')) {
      const b = of('b').find(({ folder }) => folder === sides.a.partnerOf(a.folder))
      if (b !== undefined) take(a, b, together)
    }
    for (const a of of('a')) {
      const [b] = of('b')
      if (b !== undefined) take(a, b, apart)
    }
  }
  const altered: Both<IndexedCopy>[] = []
  const needs: Pair[] = []
  for (const a of asksAltered ? [...rest.a] : []) {
    const b = [...rest.b].find(({ folder }) => folder === sides.a.partnerOf(a.folder))
    if (b === undefined) continue
    const pair = { kept: a, other: b }
    const likeness = verdict(pair)
    if (likeness === null) needs.push(pair)
    if (likeness?.class !== 'different') take(a, b, altered)
  }
  return { together, apart, altered, single: { a: [...rest.a], b: [...rest.b] }, needs }
}
