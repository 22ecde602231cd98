import type { IndexedCopy } from '../index/copy-index.js'
import { walkSideBySide } from '../index/side-by-side.js'
import type { IdentityRule, StoreIndex } from '../index/store-index.js'
import type { DuplicateScope } from './duplicates.js'

/** Copies of one identity in one scope, in the order of stores as named and of their places in them. */
export type Copies = readonly [IndexedCopy, IndexedCopy, ...IndexedCopy[]]

/** Walks the groups of copies: sorted by identity, and holding one of them at a time. */
export function* walkGroups(indexes: readonly StoreIndex[], by: IdentityRule, scope: DuplicateScope): Iterable<Copies> {
  if (scope === 'all' && indexes.length > 1) yield* walkAcross(indexes, by)
  else for (const index of indexes) yield* walkWithin(index, by, scope)
}

function* walkAcross(indexes: readonly StoreIndex[], by: IdentityRule): Iterable<Copies> {
  const walks = indexes.map((index) => index.identities(by, 1))
  for (const { key, met } of walkSideBySide(walks, ({ identity }) => identity)) {
    if (met.reduce((sum, { item }) => sum + item.copies, 0) < 2) continue
    const copies = met.flatMap(({ walk }) => indexes[walk]?.copiesOf(key, by) ?? [])
    if (areSeveral(copies)) yield copies
  }
}

function* walkWithin(index: StoreIndex, by: IdentityRule, scope: DuplicateScope): Iterable<Copies> {
  for (const copies of index.repeatedCopies(by)) {
    const groups = scope === 'folder' ? byFolder(copies) : [copies]
    for (const group of groups) if (areSeveral(group)) yield group
  }
}

const areSeveral = (copies: readonly IndexedCopy[]): copies is Copies => copies.length > 1

function byFolder(copies: readonly IndexedCopy[]): Iterable<readonly IndexedCopy[]> {
  const folders = new Map<string, IndexedCopy[]>()
  for (const copy of copies) {
    const held = folders.get(copy.folder)
    if (held === undefined) folders.set(copy.folder, [copy])
    else held.push(copy)
  }
  return folders.values()
}
