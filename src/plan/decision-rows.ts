import { csvRecords } from './csv-records.js'
import { PlanMistakeError } from './plan-mistake.js'

/** What a person decided of one copy. */
export interface DecisionRow {
  readonly line: number
  readonly group: string
  readonly store: string
  /** Ways to read the cell: a `'` at its start may have been put there against formulas. */
  readonly folders: readonly string[]
  readonly locators: readonly string[]
  readonly id: string
  readonly digest: string
  readonly size: string
  readonly keep: boolean
}

const COLUMNS = ['group', 'store', 'folder', 'locator', 'id', 'digest', 'size', 'keep'] as const
type Column = (typeof COLUMNS)[number]

/** Truth as spreadsheets write it back, in the languages they speak. */
const TRUE = ['true', 'yes', '1', 'wahr', 'ja', 'vrai', 'oui', 'verdadero', 'sí', 'vero', 'sì', 'waar']
const FALSE = ['false', 'no', '0', 'falsch', 'nein', 'faux', 'non', 'falso', 'onwaar', 'nee']

/**
 * Reads the CSV of `dupes`. Columns may be in any order, and others be among them.
 *
 * @throws PlanMistakeError
 */
export function* decisionRows(text: string, file: string): Iterable<DecisionRow> {
  let columns: ReadonlyMap<Column, number> | null = null
  for (const { line, cells } of csvRecords(text)) {
    if (columns === null) columns = findColumns(cells, line, file)
    else yield readRow(cells, line, columns, file)
  }
  if (columns === null) throw new PlanMistakeError({ file, line: 1, field: '' }, 'is missing', COLUMN_HINT)
}

const COLUMN_HINT = `the columns of mbaudit dupes --csv, among them ${COLUMNS.join(', ')}`

function findColumns(cells: readonly string[], line: number, file: string): ReadonlyMap<Column, number> {
  const columns = new Map(COLUMNS.map((column) => [column, cells.indexOf(column)] as const))
  for (const [column, at] of columns)
    if (at < 0)
      throw new PlanMistakeError({ file, line, field: column }, 'is missing: there is no such column', COLUMN_HINT)
  return columns
}

function readRow(
  cells: readonly string[],
  line: number,
  columns: ReadonlyMap<Column, number>,
  file: string,
): DecisionRow {
  const cell = (column: Column): string => cells[columns.get(column) ?? -1] ?? ''
  const keep = cell('keep').trim().toLowerCase()
  if (!TRUE.includes(keep) && !FALSE.includes(keep))
    throw new PlanMistakeError({ file, line, field: 'keep' }, `is "${cell('keep')}"`, 'true or false')
  return {
    line,
    group: cell('group'),
    store: cell('store'),
    folders: readings(cell('folder')),
    locators: readings(cell('locator')),
    id: cell('id'),
    digest: cell('digest'),
    size: cell('size'),
    keep: TRUE.includes(keep),
  }
}

const readings = (text: string): readonly string[] => (/^'[=+\-@\t\r]/.test(text) ? [text.slice(1), text] : [text])
