import type { Problem } from '../errors.js'
import { escapeHtml, PAGE_STYLE } from './html-text.js'
import type { Overview, ReportData, ReportKind, StoreLine, TableColumn, TableLine } from './report.js'
import { formatCount, formatSize } from './wording.js'

/** Nothing is loaded from anywhere and no script runs, whatever mail says in its Subject. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** A result as one page that needs nothing else, in pieces; every row is in it. */
export function* renderHtml<S, R>(kind: ReportKind<S, R>, data: ReportData<S, R>): Iterable<string> {
  yield pageHead(kind.title)
  yield `<h1>${escapeHtml(kind.title)}</h1>\n<p class="made">mbaudit ${escapeHtml(kind.command)}, ${escapeHtml(data.generatedAt)}</p>\n`
  yield `<p><strong>${escapeHtml(kind.heading(data.summary, data.stores))}</strong></p>\n`
  yield `<p>${escapeHtml(kind.closing(data.summary))}</p>\n`
  yield storesTable(data.stores)
  yield problemsTable(data.problems)
  if (kind.overview) yield overviewTable(kind.overview, data.summary)
  yield `<div class="scroll"><table>\n<caption>${escapeHtml(kind.title)}</caption>\n${headRow(kind.columns)}<tbody>\n`
  let number = 0
  for (const row of data.rows()) {
    number++
    for (const line of kind.toTable(row, number, true)) yield tableRow(kind.columns, line)
  }
  yield '</tbody></table></div>\n'
  const footnotes = data.footnotes ?? []
  if (footnotes.length > 0) {
    yield `<ul class="footnotes">\n${footnotes.map((note) => `<li>${escapeHtml(note)}</li>\n`).join('')}</ul>\n`
  }
  yield '</main></body></html>\n'
}

function pageHead(title: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<title>mbaudit: ${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style></head>
<body><main>
`
}

function headRow(columns: readonly TableColumn[]): string {
  const cells = columns.map(
    ({ head, align }) => `<th scope="col"${align === 'right' ? ' class="right"' : ''}>${escapeHtml(head)}</th>`,
  )
  return `<thead><tr>${cells.join('')}</tr></thead>\n`
}

function tableRow(columns: readonly TableColumn[], line: TableLine): string {
  if ('detail' in line) {
    return `<tr class="detail ${line.tone}"><td></td><td colspan="${columns.length - 1}">${escapeHtml(line.detail)}</td></tr>\n`
  }
  const cells = line.cells.map(
    (cell, i) => `<td${columns[i]?.align === 'right' ? ' class="right"' : ''}>${escapeHtml(cell)}</td>`,
  )
  return `<tr class="${line.tone}">${cells.join('')}</tr>\n`
}

function plainTable(caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const columns = heads.map((head) => ({ head, align: 'left', shrinks: false }) as const)
  const body = rows.map((cells) => tableRow(columns, { cells, tone: 'plain' })).join('')
  return `<div class="scroll"><table>\n<caption>${escapeHtml(caption)}</caption>\n${headRow(columns)}<tbody>\n${body}</tbody></table></div>\n`
}

function overviewTable<S>({ columns, rows }: Overview<S>, summary: S): string {
  const body = rows(summary)
    .flat()
    .map((line) => tableRow(columns, line))
  return `<div class="scroll"><table>\n<caption>In short</caption>\n${headRow(columns)}<tbody>\n${body.join('')}</tbody></table></div>\n`
}

function storesTable(stores: readonly StoreLine[]): string {
  const rows = stores.map((store) => [
    store.name,
    store.type,
    formatCount(store.folders),
    formatCount(store.messages),
    formatSize(store.bytes),
  ])
  return plainTable('Stores', ['store', 'type', 'folders', 'messages', 'size'], rows)
}

function problemsTable(problems: readonly Problem[]): string {
  const rows = problems.map(({ code, store, folder, locator, message }) => [
    code,
    store,
    folder ?? '',
    locator ?? '',
    message,
  ])
  return plainTable('What could not be read', ['code', 'store', 'folder', 'locator', 'what happened'], rows)
}
