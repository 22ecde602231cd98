import type { ReportKind } from './report.js'
import { countOf, formatCount, formatSize } from './wording.js'

export interface DiscoverSummary {
  readonly stores: number
  readonly messages: number
  readonly bytes: number
  /** Files and folders that hold mail in a format that is not read. */
  readonly unsupported: number
}

/** A mail store that was found, or mail in a format that is not read. */
export interface FoundRow {
  readonly path: string
  /** The kind of store, or the format that is not read. */
  readonly type: string
  /** What a command takes as STORE; null for a format that is not read. */
  readonly url: string | null
  readonly folders: number | null
  readonly messages: number | null
  readonly bytes: number | null
  /** What converts it; null for a store. */
  readonly hint: string | null
}

const countOr = (count: number | null) => (count === null ? '' : formatCount(count))

/** The mail stores below a folder. */
export const discoverReport: ReportKind<DiscoverSummary, FoundRow> = {
  command: 'discover',
  rowsKey: 'found',
  title: 'Mail stores found',
  rowNoun: ['find', 'finds'],
  toJson: ({ path, type, url, folders, messages, bytes, hint }) => ({
    path,
    type,
    url,
    folders,
    messages,
    bytes,
    hint,
  }),
  csvColumns: ['path', 'type', 'url', 'folders', 'messages', 'bytes', 'hint'],
  toCsv: ({ path, type, url, folders, messages, bytes, hint }) => [[path, type, url, folders, messages, bytes, hint]],
  columns: [
    { head: 'type', align: 'left', shrinks: true },
    { head: 'messages', align: 'right', shrinks: false },
    { head: 'folders', align: 'right', shrinks: false },
    { head: 'size', align: 'right', shrinks: false },
    { head: 'path', align: 'left', shrinks: true, wraps: true },
  ],
  toTable: ({ path, type, folders, messages, bytes, hint }) => {
    const cells = [type, countOr(messages), countOr(folders), bytes === null ? '' : formatSize(bytes), path]
    return hint === null
      ? [{ cells, tone: 'plain' }]
      : [
          { cells, tone: 'doubtful' },
          { detail: hint, tone: 'quiet' },
        ]
  },
  countRows: ({ stores, unsupported }) => stores + unsupported,
  heading: ({ stores, messages, bytes, unsupported }) => {
    const others = unsupported === 0 ? '' : ` ${countOf(unsupported, 'find')} in a format that is not read.`
    return `${countOf(stores, 'mail store')} with ${countOf(messages, 'message')}, ${formatSize(bytes)}.${others}`
  },
  closing: ({ stores, unsupported }) => {
    const parts = [
      stores > 0
        ? 'To look into one: mbaudit scan PATH. To name them once: mbaudit config init.'
        : 'No mail was found here.',
    ]
    if (unsupported > 0) parts.push('What is not read says what converts it.')
    return parts.join(' ')
  },
  hasFound: () => false,
}
