import type { Problem } from '../errors.js'

/** A store as every result lists it. `bytes` are octets. */
export interface StoreLine {
  readonly name: string
  readonly type: string
  readonly folders: number
  readonly messages: number
  readonly bytes: number
}

/** What one run of a command gave, as data: what every format is made from. */
export interface ReportData<Summary, Row> {
  /** RFC 3339, UTC. */
  readonly generatedAt: string
  readonly stores: readonly StoreLine[]
  readonly summary: Summary
  readonly problems: readonly Problem[]
  /** What else the result has to say: further keys of the JSON result, between `problems` and the rows. */
  readonly details?: Readonly<Record<string, unknown>>
  /** The same for people: lines below the table. */
  readonly footnotes?: readonly string[]
  /** May be walked more than once; equal rows in equal order each time. */
  rows(): Iterable<Row>
}

export type Cell = string | number | boolean | null
/** How a cell is coloured, where colours are wanted: by what it means. */
export type Tone = 'good' | 'doubtful' | 'bad' | 'quiet' | 'plain'

export interface TableColumn {
  readonly head: string
  readonly align: 'left' | 'right'
  /** Whether it gives way when the terminal is narrow. */
  readonly shrinks: boolean
  /** Whether what does not fit is broken into further lines instead of being cut off. */
  readonly wraps?: boolean
  /** Whether a terminal does without it where all its cells say the same: one store, nothing unseen. */
  readonly yields?: boolean
}

/** A line of a table: cells of the columns, or one text across all of them but the first. */
export type TableLine =
  | { readonly cells: readonly string[]; readonly tone: Tone }
  | { readonly detail: string; readonly tone: Tone }

/** A shorter table that stands for all rows: each of its rows sums up many. */
export interface Overview<Summary> {
  readonly columns: readonly TableColumn[]
  readonly rowNoun: readonly [string, string]
  /** The rows in their order, each with its lines. */
  rows(summary: Summary): readonly (readonly TableLine[])[]
}

/** How a command's result looks in every format. A table of these is all that the formats know of commands. */
export interface ReportKind<Summary, Row> {
  /** The command's name in `schema`: `mbaudit/<command>@1`. */
  readonly command: string
  /** The key that holds the rows in JSON. */
  readonly rowsKey: string
  readonly title: string
  /** What one row is, in the singular and the plural. */
  readonly rowNoun: readonly [string, string]
  toJson(row: Row): object
  readonly csvColumns: readonly string[]
  /** @param number - of the row, from 1 */
  toCsv(row: Row, number: number): Iterable<readonly Cell[]>
  readonly columns: readonly TableColumn[]
  /**
   * @param number - of the row, from 1
   * @param whole - whether a row with very many lines is given in full
   */
  toTable(row: Row, number: number, whole: boolean): readonly TableLine[]
  /** How many rows there are, without walking them. */
  countRows(summary: Summary): number
  /** What a terminal shows instead of the rows; HTML shows it before them. */
  readonly overview?: Overview<Summary>
  /** The summary as JSON has it, where that is not the summary itself. */
  summaryToJson?(summary: Summary): object
  /** How much a row matters: a table that cannot show all shows the heaviest. Without it, the first ones. */
  weigh?(row: Row): number
  /** The row without From and Subject, for `--no-subjects`. */
  withoutSubjects?(row: Row): Row
  /** The first line of a table: what was found. */
  heading(summary: Summary, stores: readonly StoreLine[]): string
  /** The last lines of a table: what it means, and what to do next. */
  closing(summary: Summary): string
  /** Whether the audit found something, for `--exit-code`. */
  hasFound(summary: Summary): boolean
}
