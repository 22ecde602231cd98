import { stringify } from 'csv-stringify/sync'
import type { Cell, ReportData, ReportKind } from './report.js'

/** What a spreadsheet may take for a formula when it stands at the start of a cell (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/
/** RFC 4180, also where a cell holds a lone CR or LF. */
const RFC4180 = { record_delimiter: '\r\n', quoted_match: /[\r\n]/ } as const
const ROWS_AT_ONCE = 500

/** A cell's text. What a spreadsheet would run is made harmless by a leading `'`; null is empty. */
function cellText(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell !== 'string') return String(cell)
  return (FORMULA.test(cell) ? `'${cell}` : cell).toWellFormed()
}

/** A result as CSV, some hundred records at a time: a header row, then all rows. */
export function* renderCsv<S, R>(kind: ReportKind<S, R>, data: ReportData<S, R>): Iterable<string> {
  let records: string[][] = [[...kind.csvColumns]]
  let number = 0
  for (const row of data.rows()) {
    number++
    for (const cells of kind.toCsv(row, number)) records.push(cells.map(cellText))
    if (records.length < ROWS_AT_ONCE) continue
    yield stringify(records, RFC4180)
    records = []
  }
  yield stringify(records, RFC4180)
}
