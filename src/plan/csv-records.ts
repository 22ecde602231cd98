/** A record of a CSV. */
export interface CsvRecord {
  /** Of the file, from 1: where the record begins. */
  readonly line: number
  readonly cells: readonly string[]
}

/** What spreadsheets put between cells, by the language they speak. */
const DELIMITERS = [',', ';', '\t'] as const

/** Reads CSV as RFC 4180 has it, with whatever line ends and delimiter a spreadsheet saved it with. Empty lines are left out. */
export function* csvRecords(text: string): Iterable<CsvRecord> {
  const plain = text.replace(/^\ufeff/, '')
  const token = tokenPattern(delimiterOf(plain))
  let line = 1
  let began = 1
  let cells: string[] = []
  for (const [, quoted, bare = '', end = ''] of plain.matchAll(token)) {
    cells.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'))
    line += countLines(quoted ?? '')
    if (end !== '' && !/^[\r\n]/.test(end)) continue
    if (cells.length > 1 || cells[0] !== '') yield { line: began, cells }
    cells = []
    began = line += countLines(end)
  }
}

function tokenPattern(delimiter: string): RegExp {
  return new RegExp(
    `(?:"((?:[^"]|"")*)"|([^"\\r\\n${delimiter}][^\\r\\n${delimiter}]*)?)(${delimiter}|\\r\\n|\\n|\\r|$)`,
    'gsu',
  )
}

/** The one that stands most often in the first line. */
function delimiterOf(text: string): string {
  const first = text.slice(0, text.search(/[\r\n]|$/))
  const often = (delimiter: string): number => first.split(delimiter).length
  return DELIMITERS.reduce((best, other) => (often(other) > often(best) ? other : best))
}

const countLines = (text: string): number => text.match(/\r\n|\n|\r/g)?.length ?? 0
