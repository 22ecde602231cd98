import type { ScanContext } from './folder-scan.js'
import { walkSideBySide } from './side-by-side.js'
import type { StoreIndex } from './store-index.js'

/**
 * Hides copies that are the same file system object as an earlier one of the store: by the order of folders, then of place.
 *
 * @param hasChanged - whether the store changed since copies were hidden last
 */
export function markAliases({ statements, transactions }: ScanContext, hasChanged: boolean): void {
  const hasAliases = statements.anyOtherNames.get(1) !== undefined
  const isStale = statements.anyElsewhere.get(1) !== undefined
  if (!isStale && !(hasAliases && hasChanged)) return
  transactions.begin()
  statements.showAliases.run()
  if (hasAliases) statements.hideAliases.run()
  transactions.wrote(1)
}

/** Rows hidden at a time. */
const BATCH = 5000

/**
 * The indexes that a question is asked of: each store once, whatever it was called, and of copies that are one object in
 * several of them only those in the first.
 */
export function distinctIndexes(indexes: readonly StoreIndex[]): readonly StoreIndex[] {
  const distinct = indexes.filter(
    (index, at) => indexes.findIndex(({ identity }) => identity === index.identity) === at,
  )
  if (distinct.length > 1) hideShared(distinct)
  return distinct
}

function hideShared(indexes: readonly StoreIndex[]): void {
  const shared: number[][] = indexes.map(() => [])
  const walks = indexes.map((index) => index.objects())
  for (const { met } of walkSideBySide(walks, ([object]) => object)) {
    const first = met[0]?.walk
    for (const { walk, item } of met) if (walk !== first) shared[walk]?.push(item[1])
    for (const [walk, rows] of shared.entries()) if (rows.length >= BATCH) indexes[walk]?.hide(rows.splice(0))
  }
  for (const [walk, rows] of shared.entries()) indexes[walk]?.hide(rows)
}
