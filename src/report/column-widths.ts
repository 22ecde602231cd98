import type { TableColumn } from './report.js'

const GAP = 2
/** A column that gives way is never made narrower than this. */
const NARROWEST = 8

/**
 * Widths that fit `columns` into `available` columns of a terminal. Those that do not shrink keep their natural width; what is
 * left is shared out so that the widest give way first.
 */
export function columnWidths(columns: readonly TableColumn[], natural: readonly number[], available: number): number[] {
  const widths = [...natural]
  const room = available - GAP * (columns.length - 1)
  let excess = widths.reduce((sum, width) => sum + width, 0) - room
  while (excess > 0) {
    const widest = widestShrinking(columns, widths)
    if (widest === -1) break
    const next = Math.max(
      NARROWEST,
      ...columns.map((column, i) => (column.shrinks && i !== widest ? (widths[i] ?? 0) : 0)),
    )
    const target = Math.max(NARROWEST, Math.min((widths[widest] ?? 0) - 1, next), (widths[widest] ?? 0) - excess)
    excess -= (widths[widest] ?? 0) - target
    widths[widest] = target
  }
  return widths
}

/** The widest column that may still give way; -1 when there is none. */
function widestShrinking(columns: readonly TableColumn[], widths: readonly number[]): number {
  let widest = -1
  columns.forEach((column, i) => {
    const width = widths[i] ?? 0
    if (column.shrinks && width > NARROWEST && (widest === -1 || width > (widths[widest] ?? 0))) widest = i
  })
  return widest
}
