import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '../errors.js'
import { csvRecords } from '../plan/csv-records.js'
import type { AccountState } from '../report/accounts-report.js'

/** An account as an overview tells it apart from others. */
export const accountKey = (source: string, target: string): string => JSON.stringify([source, target])

const GOOD: readonly AccountState[] = ['done', 'nothing']
const isGood = (status: string): boolean => GOOD.some((good) => good === status)

/**
 * The accounts that an overview, saved as CSV before, says nothing is left to do for. What it does not name is to be done.
 *
 * @throws UsageError where it is none
 */
export function doneAccounts(file: string, cwd: string): ReadonlySet<string> {
  const [header, ...records] = [...csvRecords(readText(file, cwd))]
  const [source, target, status] = ['source', 'target', 'status'].map((name) => header?.cells.indexOf(name) ?? -1)
  if (source === undefined || target === undefined || status === undefined || Math.min(source, target, status) < 0)
    throw notAnOverview(file)
  const cell = (cells: readonly string[], at: number): string => (cells[at] ?? '').replace(/^'(?=[=+\-@\t\r])/, '')
  return new Set(
    records
      .filter(({ cells }) => isGood(cell(cells, status)))
      .map(({ cells }) => accountKey(cell(cells, source), cell(cells, target))),
  )
}

function readText(file: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UsageError(`--only-failed ${file} cannot be read: ${why}`, HINT)
  }
}

const HINT = 'Name what an earlier run saved: mbaudit migrate --accounts FILE --save overview.csv'
const notAnOverview = (file: string): UsageError =>
  new UsageError(`--only-failed ${file} is no overview of accounts: it has no columns source, target and status`, HINT)
