import type { ScanSummary } from '../index/scan.js'
import type { ReportKind } from './report.js'
import { countOf, formatCount, formatSize } from './wording.js'

export interface ScannedFolderRow {
  readonly store: string
  readonly folder: string
  readonly messages: number
  readonly bytes: number
  readonly read: number
  readonly kept: number
}

function closing(summary: ScanSummary): string {
  const parts = [`${formatCount(summary.read)} read anew, ${formatCount(summary.kept)} known and unchanged.`]
  if (summary.unreadable > 0) parts.push(`${countOf(summary.unreadable, 'message')} could not be read; each is listed.`)
  if (summary.noId > 0) parts.push(`${countOf(summary.noId, 'message')} with no Message-ID: mbaudit noid.`)
  parts.push('What is there twice: mbaudit dupes.')
  return parts.join(' ')
}

/** What was read, folder by folder. */
export const scanReport: ReportKind<ScanSummary, ScannedFolderRow> = {
  command: 'scan',
  rowsKey: 'folders',
  title: 'Scan',
  rowNoun: ['folder', 'folders'],
  toJson: ({ store, folder, messages, bytes, read, kept }) => ({ store, folder, messages, bytes, read, kept }),
  csvColumns: ['store', 'folder', 'messages', 'bytes', 'read', 'kept'],
  toCsv: ({ store, folder, messages, bytes, read, kept }) => [[store, folder, messages, bytes, read, kept]],
  columns: [
    { head: 'folder', align: 'left', shrinks: true },
    { head: 'messages', align: 'right', shrinks: false },
    { head: 'size', align: 'right', shrinks: false },
    { head: 'read', align: 'right', shrinks: false },
    { head: 'kept', align: 'right', shrinks: false },
    { head: 'store', align: 'left', shrinks: true, yields: true },
  ],
  toTable: (row) => [
    {
      cells: [
        row.folder,
        formatCount(row.messages),
        formatSize(row.bytes),
        formatCount(row.read),
        formatCount(row.kept),
        row.store,
      ],
      tone: 'plain',
    },
  ],
  countRows: ({ folders }) => folders,
  heading: ({ messages, bytes, folders }, stores) =>
    `${countOf(messages, 'message')}, ${formatSize(bytes)}, in ${countOf(folders, 'folder')} of ${countOf(stores.length, 'store')}.`,
  closing,
  hasFound: () => false,
}
