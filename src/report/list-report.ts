import type { IndexedCopy } from '../index/copy-index.js'
import { MESSAGE_COLUMNS, messageCells, messageObject, withoutSubject } from './message-object.js'
import type { ReportKind, TableColumn } from './report.js'
import { countOf, formatSize, shortDate } from './wording.js'

/** The columns that a message has in a table. */
export const MESSAGE_TABLE: readonly TableColumn[] = [
  { head: 'date (UTC)', align: 'left', shrinks: false },
  { head: 'size', align: 'right', shrinks: false },
  { head: 'from', align: 'left', shrinks: true },
  { head: 'subject', align: 'left', shrinks: true },
  { head: 'folder', align: 'left', shrinks: true },
  { head: 'locator', align: 'left', shrinks: true },
]

/** A message's cells in a table; the locator is the last. */
export function messageTexts(copy: IndexedCopy): readonly string[] {
  return [shortDate(copy.date), formatSize(copy.size), copy.from, copy.subject, copy.folder, copy.locator]
}

/** The index: every message, in the order of its place. */
export const listReport: ReportKind<{ readonly messages: number }, IndexedCopy> = {
  command: 'list',
  rowsKey: 'messages',
  title: 'Messages',
  rowNoun: ['message', 'messages'],
  toJson: messageObject,
  csvColumns: MESSAGE_COLUMNS,
  toCsv: (copy) => [messageCells(copy)],
  columns: MESSAGE_TABLE,
  toTable: (copy) => [{ cells: messageTexts(copy), tone: 'plain' }],
  countRows: ({ messages }) => messages,
  withoutSubjects: withoutSubject,
  heading: ({ messages }, stores) => `${countOf(messages, 'message')} in ${countOf(stores.length, 'store')}.`,
  closing: ({ messages }) =>
    messages === 0
      ? 'There is no mail here. mbaudit discover PATH finds where it lies.'
      : 'What is there twice: mbaudit dupes. One mail in full: mbaudit show STORE ID.',
  hasFound: () => false,
}
