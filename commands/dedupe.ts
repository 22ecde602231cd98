import * as Flags from '@oclif/core/flags'
import { DUPLICATE_SCOPES, IDENTITY_RULES } from '../src/audit/duplicates.js'
import { ActCommand } from '../src/cli/act-command.js'
import { planFlags } from '../src/cli/act-flags.js'
import { chooseActStores } from '../src/cli/act-stores.js'
import { actBodyFlags, storeArgs } from '../src/cli/flags.js'
import { keepFlag, requireKeptStores } from '../src/cli/keep-flag.js'
import { planAgainstDuplicates, readDecisions } from '../src/cli/plan-dedupe.js'
import { DEDUPE_CLASSES } from '../src/plan/dedupe.js'
import { planReport } from '../src/report/plan-report.js'

export default class Dedupe extends ActCommand {
  static override summary = 'Take away the duplicates that are sure; flags of what goes are merged into what stays.'
  static override description =
    `Taken away is what mbaudit dupes calls identical or same-content, for a copy that stays. The plan is shown first, and
carried out when you agree; what goes lies in the run's quarantine, and mbaudit undo brings it back.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> ~/Mail --dry-run',
    "<%= config.bin %> <%= command.id %> ~/Mail --scope store --keep folder:'Archive/**'",
    '<%= config.bin %> <%= command.id %> ~/Mail --scope store --decisions dupes.csv',
  ]
  static override args = storeArgs
  static override flags = {
    ...actBodyFlags,
    ...planFlags,
    by: Flags.option({ options: IDENTITY_RULES })({
      default: 'id',
      description: 'what makes two messages one mail; content finds it under other Message-IDs too',
    }),
    scope: Flags.option({ options: DUPLICATE_SCOPES })({
      default: 'folder',
      description: 'look for copies within a folder, within a store, or across all stores named',
    }),
    class: Flags.option({ options: DEDUPE_CLASSES, multiple: true, multipleNonGreedy: true })({
      description: 'classes that are taken away; may be repeated [default: identical and same-content]',
    }),
    keep: keepFlag,
    decisions: Flags.string({
      helpValue: 'FILE',
      description: 'follow the keep column of a CSV that mbaudit dupes wrote and you edited',
      exclusive: ['keep'],
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Dedupe)
    const { by, scope, keep = [], class: classes, 'max-delete': limit } = flags
    const decisions = readDecisions(flags.decisions, process.cwd())
    await this.act({
      flags,
      report: planReport('dedupe'),
      choose: async (config, choices) => {
        const stores = await chooseActStores(args.store ?? [], 'target', config, choices)
        requireKeptStores(
          keep,
          stores.map(({ chosen }) => chosen),
        )
        return stores
      },
      folders: { only: flags.folder ?? [], not: flags['not-folder'] ?? [] },
      make: (scanned, stores) => planAgainstDuplicates(scanned, stores, { by, scope, keep, classes, decisions, limit }),
    })
  }
}
