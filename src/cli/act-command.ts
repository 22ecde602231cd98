import { requireQuarantine } from '../apply/quarantine.js'
import type { Run, Runs } from '../apply/run.js'
import type { Config } from '../config/config.js'
import { EXIT, type ExitStatus, gravest, type Problem } from '../errors.js'
import { countSteps, listCounts, type PlanSummary } from '../report/plan-report.js'
import type { ReportKind } from '../report/report.js'
import type { StepRow } from '../report/step-row.js'
import { type ActEnd, carriedEnd, declinedEnd, NOTHING_TO_DO, problemOfError } from './act-end.js'
import { requireAgreement } from './act-flags.js'
import type { ActStore } from './act-stores.js'
import { AuditCommand, reportData, storeChoices } from './audit-command.js'
import type { StoreChoices } from './choose-stores.js'
import { interruptedRun, untoldRun } from './interrupted-run.js'
import { userRuns } from './known-runs.js'
import type { ActTools, MadePlan } from './made-plan.js'
import { openMessages, type RunMessages } from './messages.js'
import { type Outputs, planOutputs, showOnTerminal, writeOutputs } from './outputs.js'
import { type ShownSteps, shownPlan, shownRun, tellFromIndexes } from './plan-rows.js'
import { planTarget, savePlan } from './plan-target.js'
import { askToGoOn } from './question.js'
import { isForShow, type PlanScanRequest, scanForPlan } from './scan-for-plan.js'
import type { ScannedStores } from './scan-stores.js'
import { TargetLocks } from './target-locks.js'

/** What a command that changes mail asks for, and how. */
export interface ActRequest extends PlanScanRequest {
  readonly report: ReportKind<PlanSummary, StepRow>
  readonly choose: (config: Config, choices: StoreChoices, runs: Runs) => Promise<readonly ActStore[]>
  readonly make: (scanned: ScannedStores, stores: readonly ActStore[], tools: ActTools) => Promise<MadePlan>
  /** Told how it ended, unless it was for show or an error ended it. */
  readonly onEnd?: (end: ActEnd) => void
}

/** What is at hand when a plan is shown. */
interface Stage extends ActRequest {
  readonly outputs: Outputs
  readonly messages: RunMessages
  readonly scanned: ScannedStores
  readonly runs: Runs
  readonly made: MadePlan
}

/** A command that changes mail: what all of them have in common. Nothing is changed before the plan was shown and agreed to. */
export abstract class ActCommand extends AuditCommand {
  /** Locks and settles what is to be changed, scans, makes the plan, shows it, asks, carries it out and tells what came of it. */
  protected async act(request: ActRequest): Promise<void> {
    const { flags, report } = request
    requireAgreement(flags)
    const outputs = planOutputs(flags, process.cwd())
    const target = planTarget(flags.plan, process.cwd())
    using messages = openMessages(`mbaudit ${report.command}`, flags)
    const runs = userRuns()
    const stores = await request.choose(await this.loadConfig(flags), storeChoices(flags, messages), runs)
    using locks = new TargetLocks(runs, { command: `mbaudit ${report.command}`, note: messages.note })
    await using scanned = await scanForPlan(request, stores, locks, messages)
    using made = await request.make(scanned, stores, { runs, messages })
    messages.clear()
    for (const note of made.plan.header.notes) messages.note(note)
    const stage = { ...request, outputs, messages, scanned, runs, made }
    if (target !== null) await savePlan(target, made.plan)
    if (isForShow(flags)) await this.#showOnly(stage)
    else await this.#goOn(stage)
  }

  /** Shows the plan as the result. One that a limit stops is shown all the same, and the status says so. */
  async #showOnly(stage: Stage): Promise<void> {
    const { plan, counts, refusal } = stage.made
    const end =
      stage.flags.plan === undefined
        ? ({ kind: 'shown' } as const)
        : ({ kind: 'saved', file: stage.flags.plan } as const)
    const shown = shownPlan(plan, counts, end, tellOf(stage))
    const problems = refusal === null ? [] : [problemOfError(refusal)]
    await this.#tellEnd(stage, shown, null, problems, refusal === null ? EXIT.ok : EXIT.refused)
  }

  async #goOn(stage: Stage): Promise<void> {
    const { flags, made, messages, runs } = stage
    const { plan, counts, refusal } = made
    const shown = shownPlan(plan, counts, { kind: 'declined' }, tellOf(stage))
    if (countSteps(counts) === 0) {
      await made.conclude?.(null)
      stage.onEnd?.(NOTHING_TO_DO)
      return this.#tellEnd(stage, shown, null, [], EXIT.ok)
    }
    if (flags.yes) messages.note(`to do: ${listCounts(counts)}`)
    else await showOnTerminal(stage.report, this.#dataOf(stage, shown, null, []))
    if (refusal !== null) throw refusal
    if (!flags.yes && !(await askToGoOn('Carry this out?'))) {
      stage.onEnd?.(declinedEnd(counts))
      return this.#tellEnd(stage, shown, null, [], EXIT.ok)
    }
    if (counts.delete > 0) requireQuarantine(runs.directories)
    if (made.resume) messages.note(`goes on with run ${made.resume.name}`)
    const run = made.resume ?? (await runs.create(plan, Date.now()))
    made.begin?.(run)
    const { carryOut } = await import('./carry-out.js')
    const { result, problems, status } = await carryOut(run, counts, stage.scanned, flags, messages)
    try {
      await made.conclude?.(run)
      stage.onEnd?.(carriedEnd(run, counts, result, problems))
      const carried = shownRun(run, counts, result, tellOf(stage))
      if (result.ended !== 'interrupted') return await this.#tellEnd(stage, carried, run, problems, status)
      messages.sumUp(stage.report.heading(carried.summary, stage.scanned.lines), problems)
    } catch (error) {
      throw untoldRun(run, error)
    }
    throw interruptedRun(run)
  }

  async #tellEnd(
    stage: Stage,
    shown: ShownSteps,
    run: Run | null,
    problems: readonly Problem[],
    status: ExitStatus,
  ): Promise<void> {
    const data = this.#dataOf(stage, shown, run, problems)
    await writeOutputs(stage.outputs, stage.report, data)
    const { report, made } = stage
    const told = made.hasFound ? { ...report, hasFound: () => true } : report
    this.finish(stage.messages, told, data, stage.flags, gravest(stage.scanned.status(), status))
  }

  #dataOf({ flags, report, scanned, made }: Stage, shown: ShownSteps, run: Run | null, problems: readonly Problem[]) {
    const { notes } = made.plan.header
    const answer = { ...shown, details: { run: run?.name ?? null, notes, ...made.details }, footnotes: notes }
    return {
      ...reportData(answer, report, flags),
      stores: scanned.lines,
      problems: [...scanned.problems(), ...problems],
    }
  }
}

const tellOf = ({ flags, scanned }: Stage) =>
  tellFromIndexes(flags['no-subjects'] ? [] : scanned.scans.map(({ index }) => index))
