import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { UsageError } from '../errors.js'
import { type Answers, readAnswers } from '../plan/two-way-answers.js'
import type { Question } from '../plan/two-way-question.js'
import { renderCsv } from '../report/csv.js'
import { questionsReport } from '../report/questions-report.js'
import { reportData } from './audit-command.js'
import type { CommonFlags } from './flags.js'
import { saveFile } from './save-targets.js'

/** @throws UsageError when the file cannot be read; PlanMistakeError for a row that says what cannot be meant */
export function openAnswers(file: string | undefined, cwd: string): Answers {
  if (file === undefined) return new Map()
  return readAnswers(textOf(file, cwd), file)
}

function textOf(file: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`--answers ${file} cannot be read: ${why}`, 'Name the CSV that --questions wrote.')
  }
}

/**
 * Where `--questions` writes to; null: nowhere.
 *
 * @throws UsageError for a place that cannot be written to, before anything is read
 */
export function questionsTarget(file: string | undefined, cwd: string): string | null {
  if (file === undefined) return null
  const path = resolve(cwd, file)
  if (!/\.csv$/i.test(file)) throw new UsageError(`--questions ${file} is no CSV`, 'Name a file that ends in .csv.')
  if (!statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--questions ${file}: there is no folder ${dirname(path)}`, 'Make it first.')
  return path
}

/** Writes the questions for a person to answer. They tell which mail there is, and are for their owner alone. */
export async function saveQuestions(
  path: string,
  questions: () => Iterable<Question>,
  count: number,
  flags: CommonFlags,
): Promise<void> {
  const answer = { summary: { questions: count }, rows: questions }
  const data = { ...reportData(answer, questionsReport, flags), stores: [], problems: [] }
  await saveFile(path, renderCsv(questionsReport, data), 0o600)
}
