import type { CopyRow } from './copy-rows.js'
import type { QuestionStatements } from './question-statements.js'

/** Wide rows held at a time. */
const ROWS = 500

/** The copies of one folder, in the order of their places. */
export function* walkByPlace(
  ask: QuestionStatements,
  question: 'copiesInFolder' | 'copiesWithoutId',
  folder: number,
): Iterable<CopyRow> {
  let from: readonly [position: number, locator: string, row: number] = [-1, '', 0]
  for (;;) {
    const page = ask[question].all(folder, ...from, ROWS)
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < ROWS) return
    from = [last[1], last[2], last[0]]
  }
}
