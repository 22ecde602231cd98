import type { Question } from '../plan/two-way-question.js'
import type { ReportKind } from './report.js'
import { countOf, formatDate, shortDate } from './wording.js'

const KINDS: Readonly<Record<Question['kind'], string>> = {
  'new-or-deleted': 'new here, or deleted there?',
  'which-deleted': 'is it this one that was deleted?',
  'moved-where': 'which side moved it?',
}

/** What is to be filled in comes last, where a spreadsheet shows it free. */
const COLUMNS = [
  'question',
  'kind',
  'store',
  'folder',
  'locator',
  'otherFolder',
  'id',
  'date',
  'from',
  'subject',
  'taken',
  'allowed',
  'answer',
] as const

/** A question as results show it. */
export function questionObject(asked: Question) {
  const { question, kind, store, folder, locator, otherFolder, id, date, from, subject, taken, allowed } = asked
  return {
    question,
    kind,
    store,
    folder,
    locator,
    otherFolder,
    id,
    date: formatDate(date),
    from,
    subject,
    taken,
    allowed,
    answer: asked.isAnswered ? taken : null,
  }
}

/** What no state tells: a row a question. The `q` keeps a spreadsheet from reading a number. */
export const questionsReport: ReportKind<{ readonly questions: number }, Question> = {
  command: 'sync-questions',
  rowsKey: 'questions',
  title: 'Questions',
  rowNoun: ['question', 'questions'],
  toJson: questionObject,
  csvColumns: COLUMNS,
  toCsv: (row) => {
    const shown = { ...questionObject(row), question: `q${row.question}`, allowed: row.allowed.join(' ') }
    return [COLUMNS.map((column) => shown[column])]
  },
  columns: [
    { head: 'date (UTC)', align: 'left', shrinks: false },
    { head: 'from', align: 'left', shrinks: true },
    { head: 'subject', align: 'left', shrinks: true },
    { head: 'folder', align: 'left', shrinks: true },
    { head: 'store', align: 'left', shrinks: true },
    { head: 'question', align: 'left', shrinks: false },
  ],
  toTable: ({ date, from, subject, folder, store, kind }) => [
    { cells: [shortDate(date), from, subject, folder, store, KINDS[kind]], tone: 'plain' },
  ],
  countRows: ({ questions }) => questions,
  withoutSubjects: (row) => ({ ...row, from: '', subject: '' }),
  heading: ({ questions }) => `${countOf(questions, 'question')}.`,
  closing: () => 'Fill in the column "answer", and hand it back with --answers FILE.',
  hasFound: ({ questions }) => questions > 0,
}
