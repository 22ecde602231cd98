import { ACCOUNTS_EXPECTED, type AccountsRow, type AccountsSide } from '../config/accounts-file.js'
import type { Config } from '../config/config.js'
import { EXIT, gravest, type Problem, UsageError } from '../errors.js'
import { type AccountRow, accountsReport, NOTHING_KNOWN, sumAccounts } from '../report/accounts-report.js'
import { countOf, formatCount } from '../report/wording.js'
import { certificateFiles } from './account-certificates.js'
import { accountKey, doneAccounts } from './accounts-overview.js'
import type { ActRequest } from './act-command.js'
import { requireAgreement } from './act-flags.js'
import type { ActStore } from './act-stores.js'
import { reportData, storeChoices } from './audit-command.js'
import { inTurns } from './in-turns.js'
import { interruption } from './interruption.js'
import { userRuns } from './known-runs.js'
import { type ListedAccounts, listAccounts, problemOfLine, withPassword } from './listed-accounts.js'
import { openMessages, type RunMessages } from './messages.js'
import { type AccountEnd, migrateAccount } from './migrate-account.js'
import { planOutputs, showOnTerminal, writeOutputs } from './outputs.js'
import { askToGoOn } from './question.js'
import type { SaveTarget } from './save-targets.js'

/** What `migrate --accounts` is asked for. */
export interface AccountsRequest {
  readonly flags: ActRequest['flags'] & {
    readonly accounts: string
    readonly 'accounts-at-once': number
    readonly 'only-failed'?: string | undefined
  }
  readonly config: Config
  /** What is asked for one account, as for one alone. */
  readonly requestOf: (source: string, target: string, certificates: readonly SaveTarget[]) => ActRequest
}

/** A line of the list that names both sides. */
interface AccountLine extends Pick<AccountsRow, 'line' | 'account'> {
  readonly pair: { readonly source: AccountsSide; readonly target: AccountsSide }
}

interface ListedLines {
  readonly rows: readonly AccountLine[]
  readonly problems: readonly Problem[]
}

/** What is at hand while accounts are gone through. */
interface Round extends AccountsRequest {
  readonly rows: readonly AccountLine[]
  readonly messages: RunMessages
  readonly prepared: (line: AccountLine) => Prepared
}

/** Copies the accounts of a list, some at a time, and gives an overview. One that fails keeps no other from being copied. */
export async function migrateAccounts(request: AccountsRequest): Promise<void> {
  const { flags } = request
  requireAgreement(flags, false)
  const outputs = planOutputs(flags, process.cwd())
  using messages = openMessages('mbaudit migrate accounts', flags)
  const listed = withTargets(listAccounts(flags.accounts, process.cwd()))
  for (const note of listed.notes) messages.note(note)
  const done = flags['only-failed'] === undefined ? null : doneAccounts(flags['only-failed'], process.cwd())
  const rows = listed.rows.filter(({ pair }) => done?.has(accountKey(pair.source.store, pair.target.store)) !== true)
  if (listed.rows.length + listed.problems.length === 0)
    throw new UsageError(`--accounts ${flags.accounts} names no account`, 'docs/moving-accounts.md says what it is.')
  const prepared = prepareEach(request, certificateFiles(listed.rows, outputs.targets))
  const ends = await goThrough({ ...request, rows, messages, prepared })
  const data = overviewOf(request, listed, rows, ends)
  await writeOutputs(outputs, accountsReport, data)
  messages.sumUp(accountsReport.heading(data.summary, []), data.problems)
  const found = flags['exit-code'] && accountsReport.hasFound(data.summary) ? EXIT.found : EXIT.ok
  const interrupted = interruption.aborted ? EXIT.interrupted : EXIT.ok
  process.exitCode = gravest(found, interrupted, ...[...data.rows()].map(({ exit }) => exit))
}

/** Looks first and asks, where there is someone to ask; carries out what is agreed to. */
async function goThrough(round: Round): Promise<ReadonlyMap<AccountLine, AccountEnd>> {
  const { flags } = round
  if (flags.yes || flags['dry-run']) return tryAll(round)
  const looked = await tryAll({ ...round, flags: { ...flags, 'dry-run': true } })
  const planned = [...looked.values()].filter(({ status }) => status === 'planned').length
  if (planned === 0 || interruption.aborted) return looked
  await showOnTerminal(accountsReport, overviewOf(round, { rows: round.rows, problems: [] }, round.rows, looked))
  return (await askToGoOn(`Copy the mail of ${countOf(planned, 'account')}?`)) ? tryAll(round) : looked
}

async function tryAll(round: Round): Promise<ReadonlyMap<AccountLine, AccountEnd>> {
  const { rows, flags, messages } = round
  const ends = new Map<AccountLine, AccountEnd>()
  await inTurns(rows, flags['accounts-at-once'], storesOf, async (line) => {
    if (interruption.aborted) return
    const end = await tryOne(line, round)
    ends.set(line, end)
    if (end.bug instanceof Error) messages.note(end.bug.stack ?? end.bug.message)
    if (!flags['dry-run'])
      messages.note(progressOf(line, end, `${formatCount(ends.size)} of ${formatCount(rows.length)}`))
  })
  return ends
}

/** Two accounts with a store in common come one after the other: a store is read and written by one run at a time. */
const storesOf = ({ pair }: AccountLine): readonly string[] => [pair.source.store, pair.target.store]

function progressOf({ account }: AccountLine, { status, mail, run }: AccountEnd, at: string): string {
  const copied = mail.copied === null ? '' : `, ${countOf(mail.copied, 'message')} copied`
  return `${at}: ${account}: ${status}${copied}${run === null ? '' : `, run ${run}`}`
}

async function tryOne(line: AccountLine, { flags, messages, prepared }: Round): Promise<AccountEnd> {
  const { request, choose } = prepared(line)
  const note = (text: string): void => messages.note(`${line.account}: ${text}`)
  const own = { ...messages, note, beforeEach: () => {}, clear: () => {} }
  // One line for each account when it is done: the progress of several at a time would be drawn over each other.
  const quietly = { ...request, flags: { ...flags, progress: 'none' as const } }
  return migrateAccount(quietly, () => choose(own), own)
}

/** What is asked for an account, made once: who was asked for a password is not asked again when it is carried out. */
interface Prepared {
  readonly request: ActRequest
  readonly choose: (messages: RunMessages) => Promise<readonly ActStore[]>
}

function prepareEach(
  { flags, config, requestOf }: AccountsRequest,
  certificates: ReadonlyMap<AccountLine, readonly SaveTarget[]>,
): (line: AccountLine) => Prepared {
  const known = new Map<AccountLine, Prepared>()
  const prepare = (line: AccountLine): Prepared => {
    const { source, target } = line.pair
    const files = flags['dry-run'] ? [] : (certificates.get(line) ?? [])
    const request = requestOf(source.store, target.store, files)
    let chosen: Promise<readonly ActStore[]> | null = null
    const choose = async (messages: RunMessages): Promise<readonly ActStore[]> => {
      const acts = await request.choose(config, storeChoices(flags, messages), userRuns())
      return acts.map((act) => ({ ...act, chosen: withPassword(act.chosen, act.role === 'target' ? target : source) }))
    }
    return { request, choose: (messages) => (chosen ??= choose(messages)) }
  }
  return (line) => {
    const prepared = known.get(line) ?? prepare(line)
    known.set(line, prepared)
    return prepared
  }
}

/** The lines that name both sides; one that does not is a mistake. */
function withTargets({
  file,
  rows,
  problems,
  notes,
}: ListedAccounts): ListedLines & { readonly notes: readonly string[] } {
  const lines: AccountLine[] = []
  const lacking: Problem[] = []
  for (const { line, account, source, target } of rows)
    if (target === null) lacking.push(problemOfLine(file, line, `no target for ${account}; ${ACCOUNTS_EXPECTED}`))
    else lines.push({ line, account, pair: { source, target } })
  return { rows: lines, problems: [...problems, ...lacking], notes }
}

function overviewOf(
  { flags }: Pick<AccountsRequest, 'flags'>,
  listed: ListedLines,
  rows: readonly AccountLine[],
  ends: ReadonlyMap<AccountLine, AccountEnd>,
) {
  const told = [...listed.problems.map(rowOfProblem), ...rows.map((line) => rowOf(line, ends.get(line)))]
  const summary = sumAccounts(told, listed.rows.length - rows.length)
  const problems = [...listed.problems, ...rows.flatMap((line) => problemsOf(line, ends.get(line)))]
  const answer = { summary, rows: () => told }
  return { ...reportData(answer, accountsReport, flags), stores: [], problems }
}

/** What names no store is of the account. */
const problemsOf = ({ account }: AccountLine, end: AccountEnd | undefined): readonly Problem[] =>
  end?.problems.map((problem) => (problem.store === '' ? { ...problem, store: account } : problem)) ?? []

function rowOf({ account, pair }: AccountLine, end: AccountEnd | undefined): AccountRow {
  const at = { account, source: pair.source.store, target: pair.target.store }
  if (end === undefined) return { ...at, ...NOTHING_KNOWN, status: 'not-begun', run: null, why: null, exit: EXIT.ok }
  const { mail, status, run, why, exit } = end
  return { ...at, ...mail, status, run, why, exit }
}

const rowOfProblem = ({ store, message }: Problem): AccountRow => ({
  account: store,
  source: '',
  target: '',
  ...NOTHING_KNOWN,
  status: 'failed',
  run: null,
  why: message,
  exit: EXIT.usage,
})
