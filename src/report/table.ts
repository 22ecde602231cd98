import Table from 'cli-table3'
import { columnWidths } from './column-widths.js'
import { heaviestRows, type NumberedRow } from './heaviest-rows.js'
import type { Overview, ReportData, ReportKind, TableColumn, TableLine, Tone } from './report.js'
import { displayWidth, fitWidth, showVisibly, wrapWords } from './visible-text.js'
import { countOf, formatCount } from './wording.js'

export interface TableOptions {
  /** Columns of the terminal. */
  readonly width: number
  /** Rows shown; `Infinity` for all. */
  readonly limit: number
  readonly colour: boolean
}

const SGR: Readonly<Record<Tone, string>> = { good: '32', doubtful: '33', bad: '31', quiet: '2', plain: '' }
const NARROWEST_TERMINAL = 40
/** Two blanks between columns, and no lines: what is copied out of a terminal stays readable. */
const NO_FRAME = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

const paint = (text: string, codes: string, colour: boolean) =>
  colour && codes !== '' ? `\u001b[${codes}m${text}\u001b[0m` : text

/** A result as a table for people: what was found, the rows that matter most, what it means and what to do next. */
export function* renderTable<S, R>(
  kind: ReportKind<S, R>,
  data: ReportData<S, R>,
  options: TableOptions,
): Iterable<string> {
  const width = Math.max(NARROWEST_TERMINAL, options.width)
  const { columns, noun, total, shown } = kind.overview
    ? overviewPart(kind.overview, data.summary, options.limit)
    : rowsPart(kind, data, options.limit)
  yield `${paint(wrapWords(showVisibly(kind.heading(data.summary, data.stores)), width), '1', options.colour)}\n`
  if (shown.length > 0) {
    yield `\n${drawLines(columns, shown.flat(), width, options.colour)}\n`
  }
  yield '\n'
  for (const note of data.footnotes ?? [])
    yield `${paint(hangingText(showVisibly(note), width), SGR.quiet, options.colour)}\n`
  if (data.footnotes && data.footnotes.length > 0) yield '\n'
  if (total > shown.length) yield `${wrapWords(moreRows(noun, total, shown.length), width)}\n`
  yield `${wrapWords(showVisibly(kind.closing(data.summary)), width)}\n`
}

/** What of a result a table shows. */
interface ShownPart {
  readonly columns: readonly TableColumn[]
  readonly noun: readonly [string, string]
  readonly total: number
  /** Each row with its lines. */
  readonly shown: readonly (readonly TableLine[])[]
}

function overviewPart<S>({ columns, rowNoun, rows }: Overview<S>, summary: S, limit: number): ShownPart {
  const all = rows(summary)
  return { columns, noun: rowNoun, total: all.length, shown: all.slice(0, limit) }
}

function rowsPart<S, R>(kind: ReportKind<S, R>, data: ReportData<S, R>, limit: number): ShownPart {
  const rows = shownRows(kind, data, limit)
  const isWhole = limit === Number.POSITIVE_INFINITY
  const shown = rows.map(({ row, number }) => kind.toTable(row, number, isWhole))
  return { columns: kind.columns, noun: kind.rowNoun, total: kind.countRows(data.summary), shown }
}

function shownRows<S, R>(kind: ReportKind<S, R>, data: ReportData<S, R>, limit: number): NumberedRow<R>[] {
  if (kind.weigh && Number.isFinite(limit)) return heaviestRows(data.rows(), limit, kind.weigh)
  return firstRows(data.rows(), limit)
}

function firstRows<R>(rows: Iterable<R>, limit: number): NumberedRow<R>[] {
  const first: NumberedRow<R>[] = []
  if (limit === 0) return first
  for (const row of rows) if (first.push({ row, number: first.length + 1 }) >= limit) break
  return first
}

function moreRows([one, many]: readonly [string, string], total: number, shown: number): string {
  return `${formatCount(total - shown)} more of ${countOf(total, one, many)}: --limit all shows them here, --save FILE.csv writes them all.`
}

function drawLines(
  all: readonly TableColumn[],
  lines: readonly TableLine[],
  available: number,
  colour: boolean,
): string {
  const isShown = all.map((column, i) => column.yields !== true || saysMore(lines, i))
  const columns = all.filter((_, i) => isShown[i])
  const safe = lines.map((line) => makeSafe(line, isShown))
  const widths = widened(columnWidths(columns, naturalWidths(columns, safe), available), safe, available)
  const indent = (widths[0] ?? 0) + 2
  const table = new Table({
    chars: NO_FRAME,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colWidths: widths,
    colAligns: columns.map((column) => column.align),
  })
  table.push(columns.map(({ head }, i) => paint(fitWidth(head, widths[i] ?? 0), '1', colour)))
  table.push(widths.map((width) => '─'.repeat(width)))
  for (const line of safe) {
    if ('cells' in line) {
      table.push(line.cells.map((cell, i) => paint(fitCell(cell, columns[i], widths[i] ?? 0), SGR[line.tone], colour)))
    } else {
      const content = paint(hangingText(line.detail, available - indent), SGR[line.tone], colour)
      table.push(['', { content, colSpan: columns.length - 1, hAlign: 'left' }])
    }
  }
  return withoutTrailingBlanks(table.toString())
}

/** Lines below a row have the width of the columns but the first: the last one grows where they need more. */
function widened(widths: readonly number[], lines: readonly TableLine[], available: number): number[] {
  const total = widths.reduce((sum, width) => sum + width + 2, -2)
  // Of the two blanks between columns cli-table3 counts one into what a cell spans.
  const span = total - (widths[0] ?? 0) - 2 - Math.max(0, widths.length - 2)
  const longest = lines.reduce((most, line) => ('detail' in line ? Math.max(most, displayWidth(line.detail)) : most), 0)
  const more = Math.max(0, Math.min(longest - span, available - total))
  return widths.map((width, i) => (i === widths.length - 1 ? width + more : width))
}

function fitCell(cell: string, column: TableColumn | undefined, width: number): string {
  return column?.wraps ? wrapWords(cell, width) : fitWidth(cell, width)
}

/** A text whose further lines stand a little to the right of the first. */
function hangingText(text: string, width: number): string {
  return displayWidth(text) <= width ? text : wrapWords(text, width - 2).replaceAll('\n', '\n  ')
}

/** Whether the cells of a column differ from each other. */
function saysMore(lines: readonly TableLine[], column: number): boolean {
  const said = new Set(lines.map((line) => ('cells' in line ? line.cells[column] : undefined)))
  said.delete(undefined)
  return said.size > 1
}

function makeSafe(line: TableLine, isShown: readonly boolean[]): TableLine {
  return 'cells' in line
    ? { cells: line.cells.filter((_, i) => isShown[i]).map(showVisibly), tone: line.tone }
    : { detail: showVisibly(line.detail), tone: line.tone }
}

function naturalWidths(columns: readonly TableColumn[], lines: readonly TableLine[]): number[] {
  const widths = columns.map(({ head }) => displayWidth(head))
  for (const line of lines) {
    if (!('cells' in line)) continue
    line.cells.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, displayWidth(cell))
    })
  }
  return widths
}

function withoutTrailingBlanks(text: string): string {
  return text.replace(/[ ]+$/gm, '')
}
