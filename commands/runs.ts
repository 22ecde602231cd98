import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { type AgreementFlags, agreementFlags, requireAgreement } from '../src/cli/act-flags.js'
import { AuditCommand, reportData } from '../src/cli/audit-command.js'
import type { CommonFlags } from '../src/cli/flags.js'
import { listRuns, showRun, userRuns } from '../src/cli/known-runs.js'
import { showOnTerminal } from '../src/cli/outputs.js'
import { parseAge, pruneRuns } from '../src/cli/prune-runs.js'
import { askToGoOn } from '../src/cli/question.js'
import { EXIT } from '../src/errors.js'
import { planReport } from '../src/report/plan-report.js'
import { pruneReport, runsReport } from '../src/report/runs-report.js'

export default class Runs extends AuditCommand {
  static override summary = 'List what was carried out; the steps of one run; empty old quarantines.'
  static override description =
    'What a run deleted lies in its quarantine, until --prune empties it. mbaudit undo takes a run back.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --prune 90d']
  static override args = {
    run: Args.string({ ignoreStdin: true, description: 'a run, or as much of its name as is needed: its steps' }),
  }
  static override flags = {
    ...agreementFlags,
    prune: Flags.custom<number>({ parse: parseAge, helpValue: 'AGE' })({
      description: 'delete quarantined mail of runs that ended longer ago: 90d, 12w, 6m, 1y',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Runs)
    const { run } = args
    const status = EXIT.ok
    if (flags.prune !== undefined) return this.#prune(flags, flags.prune)
    if (run === undefined) {
      const find = async () => ({ ...listRuns(userRuns()), problems: [] })
      return this.tell({ flags, report: runsReport, status, find })
    }
    return this.tell({ flags, report: planReport('runs-steps'), status, find: async () => showRun(userRuns(), run) })
  }

  async #prune(flags: CommonFlags & AgreementFlags, age: number): Promise<void> {
    requireAgreement(flags, false)
    const runs = userRuns()
    const planned = await pruneRuns(runs, age, false)
    const isAgreed = !flags['dry-run'] && planned.summary.runs > 0 && (flags.yes || (await this.#asks(flags, planned)))
    const find = async () => (isAgreed ? pruneRuns(runs, age, true) : planned)
    return this.tell({ flags, report: pruneReport, status: EXIT.ok, find })
  }

  async #asks(flags: CommonFlags, planned: Awaited<ReturnType<typeof pruneRuns>>): Promise<boolean> {
    await showOnTerminal(pruneReport, { ...reportData(planned, pruneReport, flags), stores: [], problems: [] })
    return askToGoOn('Delete it for good?')
  }
}
