import type { ExitStatus } from '../errors.js'
import type { ReportKind, TableLine, Tone } from './report.js'
import { countOf, formatCount, formatDate, formatSize, shortDate } from './wording.js'

/**
 * How it stands with an account. `nothing`: there was nothing to copy. `planned`: looked at alone. `partly`: some of it was not
 * copied. `failed`: none of it was tried. `not-begun`: all ended before its turn.
 */
export const ACCOUNT_STATES = ['done', 'nothing', 'planned', 'partly', 'failed', 'interrupted', 'not-begun'] as const
export type AccountState = (typeof ACCOUNT_STATES)[number]

/** What was found out of the mail of an account; null: it was not come to. */
export interface AccountMail {
  /** On the source. */
  readonly messages: number | null
  /** That are to be copied by this run. */
  readonly planned: number | null
  /** Octets of those. */
  readonly bytes: number | null
  /** When the newest of those was received, in seconds. */
  readonly newest: number | null
  readonly copied: number | null
  /** Copies that were read back and are the same mail. */
  readonly verified: number | null
  /** Copies that the target changed when it stored them. */
  readonly altered: number | null
  readonly failed: number | null
  /** Messages of the source that were not asked for, or that stand for others. */
  readonly leftOut: number | null
}

export const NOTHING_KNOWN: AccountMail = {
  messages: null,
  planned: null,
  bytes: null,
  newest: null,
  copied: null,
  verified: null,
  altered: null,
  failed: null,
  leftOut: null,
}

/** A line of a list of accounts, and what came of it. */
export interface AccountRow extends AccountMail {
  readonly account: string
  readonly source: string
  readonly target: string
  readonly status: AccountState
  readonly run: string | null
  /** Why it is not as it should be; null: it is. */
  readonly why: string | null
  /** What it alone would have the program end with. */
  readonly exit: ExitStatus
}

export interface AccountsSummary {
  readonly accounts: number
  readonly done: number
  readonly nothing: number
  readonly planned: number
  readonly partly: number
  readonly failed: number
  readonly interrupted: number
  readonly notBegun: number
  /** Accounts that were done before, by what `--only-failed` names. */
  readonly skipped: number
  readonly copied: number
  readonly verified: number
  readonly toCopy: number
  readonly bytes: number
}

const COLUMNS = [
  'account',
  'source',
  'target',
  'messages',
  'planned',
  'bytes',
  'newest',
  'copied',
  'verified',
  'altered',
  'failed',
  'leftOut',
  'status',
  'run',
  'why',
] as const

const TONES: Readonly<Record<AccountState, Tone>> = {
  done: 'good',
  nothing: 'quiet',
  planned: 'plain',
  partly: 'doubtful',
  failed: 'bad',
  interrupted: 'doubtful',
  'not-begun': 'quiet',
}

const cellOf = (row: AccountRow, column: (typeof COLUMNS)[number]) =>
  column === 'newest' ? formatDate(row.newest) : row[column]

function toTable(row: AccountRow): readonly TableLine[] {
  const { account, source, target, messages, planned, newest, copied, verified, failed, status, why } = row
  const tone = TONES[status]
  const counts = [messages, planned, copied, verified, failed].map((count) =>
    count === null ? '-' : formatCount(count),
  )
  const line = { cells: [account, ...counts, shortDate(newest), status, source, target], tone }
  return why === null ? [line] : [line, { detail: why, tone }]
}

function heading({ accounts, done, nothing, planned, skipped, ...counts }: AccountsSummary): string {
  const { partly, failed, interrupted, notBegun, copied, verified, toCopy, bytes } = counts
  const all = [
    ...(done > 0 ? [`${formatCount(done)} copied`] : []),
    ...(nothing > 0 ? [`${formatCount(nothing)} with nothing to copy`] : []),
    ...(planned > 0 ? [`${formatCount(planned)} with mail to copy`] : []),
    ...(partly > 0 ? [`${formatCount(partly)} copied in part`] : []),
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
    ...(interrupted > 0 ? [`${formatCount(interrupted)} interrupted`] : []),
    ...(notBegun > 0 ? [`${formatCount(notBegun)} not begun`] : []),
    ...(skipped > 0 ? [`${formatCount(skipped)} done before`] : []),
  ]
  const mail =
    copied > 0
      ? `; ${countOf(copied, 'message')} copied, ${formatCount(verified)} of them verified`
      : planned > 0
        ? `; ${countOf(toCopy, 'message')} to copy (${formatSize(bytes)})`
        : ''
  return `${countOf(accounts, 'account')}${all.length === 0 ? '' : `: ${all.join(', ')}`}${mail}.`
}

function closing({ partly, failed, interrupted, notBegun, planned }: AccountsSummary): string {
  if (planned > 0) return 'Nothing was changed. Mail to copy is mail that the new side has not yet.'
  return partly + failed + interrupted + notBegun > 0
    ? 'The same command does what is left; --only-failed OVERVIEW.csv looks at no other account.'
    : 'The same command again copies what comes to the old side from now on. To take one back: mbaudit undo RUN.'
}

/** What came of a list of accounts, a row an account. */
export const accountsReport: ReportKind<AccountsSummary, AccountRow> = {
  command: 'migrate-accounts',
  rowsKey: 'accounts',
  title: 'Accounts',
  rowNoun: ['account', 'accounts'],
  toJson: (row) => Object.fromEntries(COLUMNS.map((column) => [column, cellOf(row, column)])),
  csvColumns: COLUMNS,
  toCsv: (row) => [COLUMNS.map((column) => cellOf(row, column))],
  columns: [
    { head: 'account', align: 'left', shrinks: true },
    { head: 'messages', align: 'right', shrinks: false },
    { head: 'to copy', align: 'right', shrinks: false },
    { head: 'copied', align: 'right', shrinks: false },
    { head: 'verified', align: 'right', shrinks: false },
    { head: 'failed', align: 'right', shrinks: false },
    { head: 'newest to copy', align: 'left', shrinks: false, yields: true },
    { head: 'status', align: 'left', shrinks: false },
    { head: 'source', align: 'left', shrinks: true },
    { head: 'target', align: 'left', shrinks: true },
  ],
  toTable,
  countRows: ({ accounts }) => accounts,
  summaryToJson: (summary) => summary,
  weigh: ({ status }) => (status === 'done' || status === 'nothing' ? 0 : 1),
  heading,
  closing,
  hasFound: ({ done, planned, partly, failed, interrupted, notBegun }) =>
    done + planned + partly + failed + interrupted + notBegun > 0,
}

/** Adds accounts up. @param skipped - accounts that were not looked at */
export function sumAccounts(rows: readonly AccountRow[], skipped: number): AccountsSummary {
  const count = (state: AccountState): number => rows.filter(({ status }) => status === state).length
  const sum = (of: (row: AccountRow) => number | null): number => rows.reduce((total, row) => total + (of(row) ?? 0), 0)
  return {
    accounts: rows.length,
    done: count('done'),
    nothing: count('nothing'),
    planned: count('planned'),
    partly: count('partly'),
    failed: count('failed'),
    interrupted: count('interrupted'),
    notBegun: count('not-begun'),
    skipped,
    copied: sum(({ copied }) => copied),
    verified: sum(({ verified }) => verified),
    toCopy: sum(({ planned }) => planned),
    bytes: sum(({ bytes }) => bytes),
  }
}
