import type { CopyRow } from './copy-rows.js'
import type { QuestionStatements } from './question-statements.js'
import type { CountedIdentity, IdentityRule } from './store-index.js'

/** So many identities are asked for at once: a statement for each costs more than what it finds. */
export const IDENTITIES_AT_ONCE = 64
/** Rows are wide: one page holds no more of them, but for an identity that has more by itself. */
const ROWS_AT_ONCE = 500

/** Walks the rows of identities, those of one together; the identities are sorted, and so is what comes out. */
export function* walkCopiesOf(
  ask: Pick<QuestionStatements, 'copiesOfKeys' | 'copiesOfContents'>,
  identities: Iterable<CountedIdentity>,
  by: IdentityRule,
): Iterable<readonly [identity: string, rows: readonly CopyRow[]]> {
  const rowsOf = (wanted: readonly string[]): readonly CopyRow[] => {
    const filled = Array.from({ length: IDENTITIES_AT_ONCE }, (_, nth) => wanted[nth] ?? wanted[0] ?? '')
    return by === 'id' ? ask.copiesOfKeys.all(...filled) : ask.copiesOfContents.all(...filled)
  }
  let wanted: string[] = []
  let count = 0
  for (const { identity, copies } of identities) {
    wanted.push(identity)
    count += copies
    if (wanted.length < IDENTITIES_AT_ONCE && count < ROWS_AT_ONCE) continue
    yield* together(rowsOf(wanted), by)
    wanted = []
    count = 0
  }
  if (wanted.length > 0) yield* together(rowsOf(wanted), by)
}

const identityOfRow = (row: CopyRow | undefined, by: IdentityRule): string => row?.[by === 'id' ? 3 : 5] ?? ''

function* together(
  rows: readonly CopyRow[],
  by: IdentityRule,
): Iterable<readonly [identity: string, rows: readonly CopyRow[]]> {
  let from = 0
  for (let at = 1; at <= rows.length; at++) {
    const identity = identityOfRow(rows[from], by)
    if (at < rows.length && identityOfRow(rows[at], by) === identity) continue
    yield [identity, rows.slice(from, at)]
    from = at
  }
}
