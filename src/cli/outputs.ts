import { UsageError } from '../errors.js'
import { FORMATS } from '../report/formats.js'
import type { ReportData, ReportKind } from '../report/report.js'
import type { CommonFlags } from './flags.js'
import { type SaveTarget, saveFile, saveTargets } from './save-targets.js'
import { writeStandardOutput } from './standard-output.js'
import { terminalWidth, wantsColour } from './terminal.js'

/** Where a result goes: to standard output in one form, and to files. */
export interface Outputs {
  readonly form: 'table' | 'json' | 'csv'
  readonly limit: number
  readonly targets: readonly SaveTarget[]
}

const DEFAULT_LIMIT = 50

/** @throws UsageError when a file could not be written, or is named twice */
export function planOutputs(flags: Pick<CommonFlags, 'json' | 'csv' | 'limit' | 'save'>, cwd: string): Outputs {
  const targets = saveTargets(flags.save ?? [], cwd)
  const twice = targets.find(({ path }, i) => targets.findIndex((other) => other.path === path) !== i)
  if (twice) throw new UsageError(`--save names ${twice.path} twice`, 'Name each file once.')
  return { form: flags.json ? 'json' : flags.csv ? 'csv' : 'table', limit: flags.limit ?? DEFAULT_LIMIT, targets }
}

/** Shows a result to who is asked about it: on standard error, since it is not the result of the run yet. */
export async function showOnTerminal<S, R>(kind: ReportKind<S, R>, data: ReportData<S, R>): Promise<void> {
  const { renderTable } = await import('../report/table.js')
  const width = process.stderr.columns ?? terminalWidth()
  for (const text of renderTable(kind, data, { width, limit: DEFAULT_LIMIT, colour: wantsColour() }))
    process.stderr.write(text)
}

/**
 * Writes a result everywhere it is to go; files first, so that a reader who goes away spoils none.
 *
 * @param instead - what standard output gets in place of the result
 */
export async function writeOutputs<S, R>(
  outputs: Outputs,
  kind: ReportKind<S, R>,
  data: ReportData<S, R>,
  instead?: () => Iterable<string>,
): Promise<void> {
  for (const { path, format } of outputs.targets) {
    const render = await FORMATS[format]()
    await saveFile(path, render(kind, data))
  }
  if (instead !== undefined) await writeStandardOutput(instead())
  else if (outputs.form === 'table') {
    const { renderTable } = await import('../report/table.js')
    const options = { width: terminalWidth(), limit: outputs.limit, colour: wantsColour() }
    await writeStandardOutput(renderTable(kind, data, options))
  } else {
    const render = await FORMATS[outputs.form]()
    await writeStandardOutput(render(kind, data))
  }
}
