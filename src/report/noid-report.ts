import type { NoIdRow, NoIdSummary } from '../audit/no-id.js'
import { MESSAGE_TABLE, messageTexts } from './list-report.js'
import { MESSAGE_COLUMNS, messageCells, messageObject, withoutSubject } from './message-object.js'
import type { ReportKind } from './report.js'
import { countOf, formatCount } from './wording.js'

/** Enough of a digest to tell it from others by eye. */
function shortIdentity(identity: string | null): string {
  return identity === null ? 'could not be read' : identity.replace(/(:[0-9a-f]{16})[0-9a-f]+$/, '$1…')
}

/** Messages with no Message-ID, and what they are told apart by instead. */
export const noIdReport: ReportKind<NoIdSummary, NoIdRow> = {
  command: 'noid',
  rowsKey: 'messages',
  title: 'Messages with no Message-ID',
  rowNoun: ['message', 'messages'],
  toJson: ({ copy }) => messageObject(copy),
  csvColumns: MESSAGE_COLUMNS,
  toCsv: ({ copy }) => [messageCells(copy)],
  columns: MESSAGE_TABLE.slice(0, -1),
  toTable: ({ copy, identity }) => [
    { cells: messageTexts(copy).slice(0, -1), tone: 'plain' },
    { detail: `${copy.locator}  ${shortIdentity(identity)}`, tone: 'quiet' },
  ],
  countRows: ({ noId }) => noId,
  withoutSubjects: (row) => ({ ...row, copy: withoutSubject(row.copy) }),
  heading: ({ messages, noId }) =>
    noId === 0
      ? `No message without a Message-ID among ${countOf(messages, 'message')}.`
      : `${formatCount(noId)} of ${countOf(messages, 'message')} with no Message-ID.`,
  closing: ({ noId }) =>
    noId === 0
      ? 'Each can be told by its Message-ID.'
      : 'They count by what they say instead, and mbaudit dupes compares them like all others.',
  hasFound: ({ noId }) => noId > 0,
}
