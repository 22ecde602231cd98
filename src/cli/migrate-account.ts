import type { Run } from '../apply/run.js'
import { walkRunSteps } from '../apply/runs.js'
import { EXIT, type ExitStatus, gravest, MbauditError, type Problem } from '../errors.js'
import type { Plan } from '../plan/plan.js'
import { type AccountMail, type AccountState, NOTHING_KNOWN } from '../report/accounts-report.js'
import { countSteps } from '../report/plan-report.js'
import type { ActRequest } from './act-command.js'
import { problemOfError } from './act-end.js'
import type { ActStore } from './act-stores.js'
import { carryOut } from './carry-out.js'
import { interruption } from './interruption.js'
import { userRuns } from './known-runs.js'
import type { MadePlan } from './made-plan.js'
import type { RunMessages } from './messages.js'
import { isForShow, scanForPlan } from './scan-for-plan.js'
import type { ScannedStores } from './scan-stores.js'
import { TargetLocks } from './target-locks.js'

/** What is asked for one account of many: as a command asks for one alone. */
export type AccountRequest = Omit<ActRequest, 'choose' | 'onEnd'>

/** What came of one account. */
export interface AccountEnd {
  readonly mail: AccountMail
  readonly status: AccountState
  readonly run: string | null
  readonly why: string | null
  readonly exit: ExitStatus
  readonly problems: readonly Problem[]
  /** What is no trouble of the account but a defect of the program. */
  readonly bug: unknown
}

/** What is known of the mail before and after. */
interface Known {
  mail: AccountMail
}

/**
 * Brings the mail of one account over, in a run of its own, or looks at what there would be to do. What keeps it from being
 * done is told and never thrown, so that the others go on.
 */
export async function migrateAccount(
  request: AccountRequest,
  choose: () => Promise<readonly ActStore[]>,
  messages: RunMessages,
): Promise<AccountEnd> {
  const known: Known = { mail: NOTHING_KNOWN }
  try {
    return await bringOver(request, await choose(), messages, known)
  } catch (error) {
    return endOf(error, known)
  }
}

async function bringOver(
  request: AccountRequest,
  stores: readonly ActStore[],
  messages: RunMessages,
  known: Known,
): Promise<AccountEnd> {
  const runs = userRuns()
  using locks = new TargetLocks(runs, { command: `mbaudit ${request.report.command}`, note: messages.note })
  await using scanned = await scanForPlan(request, stores, locks, messages)
  using made = await request.make(scanned, stores, { runs, messages })
  for (const note of made.plan.header.notes) messages.note(note)
  known.mail = mailOf(made, scanned, stores)
  const steps = countSteps(made.counts)
  if (steps > 0 && made.refusal !== null) throw made.refusal
  if (steps === 0 && !isForShow(request.flags)) await made.conclude?.(null)
  if (steps === 0 || isForShow(request.flags))
    return withTroubles(scanned, { ...SETTLED, mail: known.mail, status: steps === 0 ? 'nothing' : 'planned' })
  const run = made.resume ?? (await runs.create(made.plan, Date.now()))
  made.begin?.(run)
  const { result, problems, status } = await carryOut(run, made.counts, scanned, request.flags, messages)
  await made.conclude?.(run)
  const mail = { ...known.mail, ...carriedMail(run), verified: result.verified, altered: result.alteredByServer }
  const isWhole = problems.length === 0 && result.failed + result.skipped + result.open === 0
  const state = result.ended === 'interrupted' ? 'interrupted' : isWhole ? 'done' : 'partly'
  return withTroubles(scanned, { ...SETTLED, mail, run: run.name, status: state, exit: status, problems })
}

const SETTLED = { run: null, why: null, exit: EXIT.ok, problems: [], bug: null } as const

/** What could not be read is a trouble of the account as well. */
function withTroubles(scanned: ScannedStores, end: AccountEnd): AccountEnd {
  const problems = [...scanned.problems(), ...end.problems]
  const [first] = problems
  if (first === undefined) return end
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  const status = end.status === 'done' || end.status === 'nothing' ? 'partly' : end.status
  return { ...end, status, problems, why: `${first.message}${more}`, exit: gravest(end.exit, scanned.status()) }
}

function endOf(error: unknown, { mail }: Known): AccountEnd {
  if (isInterruption(error)) return { ...SETTLED, mail, status: 'interrupted', exit: EXIT.interrupted, why: null }
  if (error instanceof MbauditError) {
    const { message, hint, exitStatus } = error
    const problems = [problemOfError(error)]
    return { ...SETTLED, mail, status: 'failed', why: `${message}. ${hint}`, exit: exitStatus, problems }
  }
  const why = `a bug in mbaudit: ${error instanceof Error ? error.message : String(error)}`
  const problem: Problem = { code: 'BUG', store: '', folder: null, locator: null, message: why }
  return { ...SETTLED, mail, status: 'failed', why, exit: EXIT.bug, problems: [problem], bug: error }
}

/** Whatever is thrown without a word of ours once all is to end comes of that. */
const isInterruption = (error: unknown): boolean =>
  error instanceof MbauditError ? error.code === 'INTERRUPTED' : interruption.aborted

function mailOf(
  { plan, counts, leftOut }: MadePlan,
  { lines }: ScannedStores,
  stores: readonly ActStore[],
): AccountMail {
  const sources = new Set(stores.filter(({ role }) => role === 'source').map(({ chosen }) => chosen.name))
  const messages = lines.filter(({ name }) => sources.has(name)).reduce((sum, line) => sum + line.messages, 0)
  return {
    ...NOTHING_KNOWN,
    messages,
    planned: counts.copy,
    bytes: counts.bytes,
    newest: newestOf(plan),
    leftOut: leftOut?.() ?? 0,
  }
}

/** When the newest mail that is to be copied was received: whether the old side still gets any. */
function newestOf(plan: Plan): number | null {
  let newest: number | null = null
  for (const step of plan.steps())
    if (step.op === 'copy' && step.received !== null) newest = Math.max(newest ?? step.received, step.received)
  return newest
}

function carriedMail(run: Run): Pick<AccountMail, 'copied' | 'failed'> {
  const count = { copied: 0, failed: 0 }
  for (const { step, state } of walkRunSteps(run)) {
    if (step.op !== 'copy') continue
    if (state === 'done') count.copied++
    else if (state !== 'open') count.failed++
  }
  return count
}
