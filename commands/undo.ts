import * as Args from '@oclif/core/args'
import type { Run } from '../src/apply/run.js'
import { ActCommand } from '../src/cli/act-command.js'
import { planFlags, requireAgreement } from '../src/cli/act-flags.js'
import { actBodyFlags } from '../src/cli/flags.js'
import { userRuns } from '../src/cli/known-runs.js'
import { planToUndo, runToUndo, storesToUndo } from '../src/cli/plan-undo.js'
import { choosePlannedStores, requireIdentities } from '../src/cli/planned-stores.js'
import { planReport } from '../src/report/plan-report.js'

export default class Undo extends ActCommand {
  static override summary = 'Take a run back: what it deleted comes back, what it copied and moved goes back.'
  static override description =
    `Deleted mail comes back from the run's quarantine, with folder, flags and received date. A copy is taken away again only
while its source still has the mail. What cannot be taken back is told. The plan is shown first, and carried out when you agree.`
  static override examples = ['<%= config.bin %> <%= command.id %> 20240301T080000Z-sync-4f2a']
  static override args = {
    run: Args.string({ required: true, ignoreStdin: true, description: 'as mbaudit runs lists it, or its beginning' }),
  }
  static override flags = { ...actBodyFlags, ...planFlags }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Undo)
    requireAgreement(flags)
    const run: Run = runToUndo(userRuns(), args.run)
    const stores = storesToUndo(run)
    await this.act({
      flags,
      report: planReport('undo'),
      choose: (config, choices) => choosePlannedStores(stores, config, choices),
      folders: { only: [], not: [] },
      whenOpen: (open) => requireIdentities(stores, open),
      make: (scanned, _stores, { runs }) => planToUndo(run, runs, scanned, flags['max-delete']),
    })
  }
}
