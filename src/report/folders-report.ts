import type { FoldersSummary } from '../audit/listing.js'
import type { FolderFacts } from '../index/store-index.js'
import type { ReportKind } from './report.js'
import { countOf, formatCount, formatDate, formatSize, shortDate } from './wording.js'

function folderObject(row: FolderFacts) {
  return {
    store: row.store,
    folder: row.folder,
    specialUse: row.specialUse,
    messages: row.messages,
    bytes: row.bytes,
    unseen: row.unseen,
    deleted: row.deleted,
    noId: row.noId,
    oldest: formatDate(row.oldest),
    newest: formatDate(row.newest),
  }
}

const day = (seconds: number | null) => shortDate(seconds).slice(0, 10)
const orBlank = (count: number) => (count === 0 ? '' : formatCount(count))

/** A folder's name, and what it is for where the name does not say so. */
function nameAndUse({ folder, specialUse }: FolderFacts): string {
  const use = specialUse?.replace('\\', '') ?? ''
  return folder.endsWith(use) ? folder : `${folder} (${use})`
}

/** Folders and what they hold. */
export const foldersReport: ReportKind<FoldersSummary, FolderFacts> = {
  command: 'folders',
  rowsKey: 'folders',
  title: 'Folders',
  rowNoun: ['folder', 'folders'],
  toJson: folderObject,
  csvColumns: ['store', 'folder', 'specialUse', 'messages', 'bytes', 'unseen', 'deleted', 'noId', 'oldest', 'newest'],
  toCsv: (row) => [Object.values(folderObject(row))],
  columns: [
    { head: 'folder', align: 'left', shrinks: true },
    { head: 'messages', align: 'right', shrinks: false },
    { head: 'size', align: 'right', shrinks: false },
    { head: 'unseen', align: 'right', shrinks: false, yields: true },
    { head: 'deleted', align: 'right', shrinks: false, yields: true },
    { head: 'no ID', align: 'right', shrinks: false, yields: true },
    { head: 'oldest', align: 'left', shrinks: false },
    { head: 'newest', align: 'left', shrinks: false },
    { head: 'store', align: 'left', shrinks: true, yields: true },
  ],
  toTable: (row) => [
    {
      cells: [
        nameAndUse(row),
        formatCount(row.messages),
        formatSize(row.bytes),
        orBlank(row.unseen),
        orBlank(row.deleted),
        orBlank(row.noId),
        day(row.oldest),
        day(row.newest),
        row.store,
      ],
      tone: 'plain',
    },
  ],
  countRows: ({ folders }) => folders,
  heading: ({ folders, messages, bytes }, stores) =>
    `${countOf(folders, 'folder')} with ${countOf(messages, 'message')}, ${formatSize(bytes)}, in ${countOf(stores.length, 'store')}.`,
  closing: ({ folders }) =>
    folders === 0
      ? 'No folder was found here. mbaudit discover PATH finds where mail lies.'
      : 'What is marked deleted is still there. The messages of a folder: mbaudit list --folder NAME.',
  hasFound: () => false,
}
