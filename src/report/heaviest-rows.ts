/** A row and its number, from 1, in the order of the whole result. */
export interface NumberedRow<Row> {
  readonly row: Row
  readonly number: number
}

/**
 * The `limit` rows that weigh most, the heaviest first; of rows that weigh the same the earlier one comes first.
 * Holds no more than some hundred rows beyond them, however many there are.
 */
export function heaviestRows<Row>(rows: Iterable<Row>, limit: number, weigh: (row: Row) => number): NumberedRow<Row>[] {
  let kept: (NumberedRow<Row> & { weight: number })[] = []
  let number = 0
  const settle = () => {
    kept = kept.sort((a, b) => b.weight - a.weight || a.number - b.number).slice(0, limit)
  }
  for (const row of rows) {
    kept.push({ row, weight: weigh(row), number: ++number })
    if (kept.length >= limit + 500) settle()
  }
  settle()
  return kept
}
