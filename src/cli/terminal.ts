/** Columns of the terminal: `COLUMNS` if it is set, else what the terminal says, else 80. */
export function terminalWidth(): number {
  const set = Number(process.env.COLUMNS)
  return Number.isInteger(set) && set > 0 ? set : (process.stdout.columns ?? 80)
}

/** Whether standard output is coloured: on a terminal, unless `NO_COLOR` says no or `FORCE_COLOR` says yes (no-color.org). */
export function wantsColour(): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false
  return process.stdout.isTTY === true && TERM !== 'dumb'
}
