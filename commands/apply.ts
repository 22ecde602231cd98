import * as Args from '@oclif/core/args'
import { ActCommand } from '../src/cli/act-command.js'
import { carryOutFlags, requireAgreement } from '../src/cli/act-flags.js'
import { AppliedChannel } from '../src/cli/applied-channel.js'
import { actBodyFlags } from '../src/cli/flags.js'
import { takeProof } from '../src/cli/migration-request.js'
import { choosePlannedStores, requireIdentities } from '../src/cli/planned-stores.js'
import { madeBefore, openPlan } from '../src/cli/read-plan.js'
import { isForShow } from '../src/cli/scan-for-plan.js'
import { planReport } from '../src/report/plan-report.js'

export default class Apply extends ActCommand {
  static override summary = 'Carry out a plan that --plan saved.'
  static override description =
    `Every step looks again whether it still holds; one that does not is left alone and told. The plan is shown first, and
carried out when you agree. Stopped in the middle, the same command goes on.`
  static override examples = ['<%= config.bin %> <%= command.id %> monday.plan']
  static override args = {
    plan: Args.string({ required: true, ignoreStdin: true, description: 'the file' }),
  }
  static override flags = { ...actBodyFlags, ...carryOutFlags }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Apply)
    requireAgreement(flags, false)
    using plan = openPlan(args.plan, process.cwd())
    const { stores, command } = plan.header
    const { flags: asked, proof } = command === 'migrate' ? takeProof(flags) : { flags, proof: [] }
    const channel = new AppliedChannel(plan.header, flags)
    try {
      await this.act({
        flags: asked,
        report: planReport('apply'),
        choose: (config, choices) => {
          channel.find(config)
          return choosePlannedStores(stores, config, choices)
        },
        folders: { only: [], not: [] },
        whenOpen: (open) => requireIdentities(stores, open),
        make: async (scanned, acts, tools) => {
          const made = madeBefore(plan, scanned, tools.runs, flags['max-delete'])
          if (command !== 'migrate' || isForShow(flags)) return channel.make(made, scanned, tools)
          const { proveSaved } = await import('../src/cli/migration-proving.js')
          return proveSaved(made, scanned, acts, proof, tools)
        },
        onEnd: (end) => channel.end(end),
      })
    } catch (error) {
      channel.fail(error)
      throw error
    }
  }
}
