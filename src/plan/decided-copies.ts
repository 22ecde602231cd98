import type { IndexedCopy } from '../index/copy-index.js'
import type { StoreIndex } from '../index/store-index.js'
import { folderName } from '../stores/store.js'
import type { DecisionRow } from './decision-rows.js'
import { PlanMistakeError } from './plan-mistake.js'

/**
 * The copies that rows of decisions are of, looked at again.
 *
 * @throws PlanMistakeError for the first row that no longer fits
 */
export async function findDecided(
  rows: readonly DecisionRow[],
  indexes: readonly StoreIndex[],
  file: string,
): Promise<ReadonlyMap<DecisionRow, IndexedCopy>> {
  const found = new Map(rows.map((row) => [row, findCopy(row, indexes, file)]))
  for (const index of indexes) {
    const told = [...found].filter(([row, copy]) => copy.store === index.store && row.digest !== '')
    await index.needWires(told.map(([, copy]) => copy).filter(({ wire }) => wire === null))
    for (const [row, copy] of told) {
      const wire = copy.wire ?? index.wire(copy)
      if (wire !== row.digest) throw unfit(row, file, 'digest', 'is of another message than lies there now')
    }
  }
  return found
}

function findCopy(row: DecisionRow, indexes: readonly StoreIndex[], file: string): IndexedCopy {
  const index = indexes.find(({ store }) => store === row.store)
  if (index === undefined) {
    const allowed = indexes.map(({ store }) => JSON.stringify(store)).join(', ')
    throw new PlanMistakeError({ file, line: row.line, field: 'store' }, `is "${row.store}"`, allowed)
  }
  const copy = lookUp(row, index)
  if (copy === null) throw unfit(row, file, 'locator', `names no message in ${row.folders[0] ?? ''} any more`)
  if ((copy.id ?? '') !== row.id) throw unfit(row, file, 'id', 'is of another message than lies there now')
  if (row.digest === '' && row.size !== '' && Number(row.size) !== copy.size)
    throw unfit(row, file, 'size', 'is of another message than lies there now')
  return copy
}

function lookUp({ folders, locators }: DecisionRow, index: StoreIndex): IndexedCopy | null {
  for (const folder of folders)
    for (const locator of locators) {
      const found = index.copyAt(folderName(folder), locator)
      if (found !== null) return found.copy
    }
  return null
}

const unfit = ({ line }: DecisionRow, file: string, field: string, wrong: string): PlanMistakeError =>
  new PlanMistakeError({ file, line, field }, wrong, 'what mbaudit dupes says now; make the file anew')
