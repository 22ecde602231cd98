import { csvRecords } from './csv-records.js'
import { PlanMistakeError } from './plan-mistake.js'
import type { Answer } from './two-way-question.js'

const ANSWERS: readonly Answer[] = ['copy', 'delete', 'as-a', 'as-b', 'leave']
const COLUMN_HINT = 'the columns of mbaudit sync --questions, among them question and answer'

/** A line of a file of answers that says something. */
interface GivenAnswer {
  readonly line: number
  readonly answer: Answer
}

/** The answers of a file, by question. */
export type Answers = ReadonlyMap<string, GivenAnswer>

/**
 * Reads a CSV of questions that was filled in. Columns may be in any order, and others be among them; a row without an answer
 * says nothing.
 *
 * @param file - for messages
 * @throws PlanMistakeError for a row that cannot be read, or answers what was not asked so: with line, field and what is allowed
 */
export function readAnswers(text: string, file: string): Answers {
  const answers = new Map<string, GivenAnswer>()
  let columns: Columns | null = null
  for (const { line, cells } of csvRecords(text)) {
    if (columns === null) {
      columns = findColumns(cells, line, file)
      continue
    }
    const { question, answer, allowed } = readRow(cells, columns)
    if (answer === '' || question === '') continue
    const place = { file, line, field: 'answer' }
    const given = ANSWERS.find((each) => each === answer)
    if (given === undefined || (allowed.length > 0 && !allowed.includes(given)))
      throw new PlanMistakeError(place, `is "${answer}"`, `${listed(allowed)}, or nothing`)
    const before = answers.get(question)
    if (before !== undefined && before.answer !== given)
      throw new PlanMistakeError(place, `is "${answer}", and "${before.answer}" in line ${before.line}`, 'one answer')
    answers.set(question, { line, answer: given })
  }
  if (columns === null) throw new PlanMistakeError({ file, line: 1, field: '' }, 'is missing', COLUMN_HINT)
  return answers
}

interface Columns {
  readonly question: number
  readonly answer: number
  readonly allowed: number
}

function findColumns(cells: readonly string[], line: number, file: string): Columns {
  const found = cells.map((cell) => cell.trim().toLowerCase())
  for (const field of ['question', 'answer'])
    if (!found.includes(field))
      throw new PlanMistakeError({ file, line, field }, 'is missing: there is no such column', COLUMN_HINT)
  return {
    question: found.indexOf('question'),
    answer: found.indexOf('answer'),
    allowed: found.indexOf('allowed'),
  }
}

function readRow(cells: readonly string[], columns: Columns) {
  const cell = (at: number): string => (cells[at] ?? '').trim()
  return {
    question: cell(columns.question).toLowerCase().replace(/^q/, ''),
    answer: cell(columns.answer).toLowerCase(),
    allowed: cell(columns.allowed)
      .split(/\s+/)
      .filter((each) => each !== ''),
  }
}

const listed = (allowed: readonly string[]): string => (allowed.length === 0 ? ANSWERS : allowed).join(', ')
