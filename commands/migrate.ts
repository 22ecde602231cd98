import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { accountsFlags, requireNoStore } from '../src/cli/accounts-flags.js'
import { ActCommand, type ActRequest } from '../src/cli/act-command.js'
import { planFlags } from '../src/cli/act-flags.js'
import { requireApart } from '../src/cli/act-stores.js'
import { actBodyFlags } from '../src/cli/flags.js'
import { chooseMigration, FORMATS } from '../src/cli/migration-stores.js'
import { pairFlags } from '../src/cli/pair-flags.js'
import { planReport } from '../src/report/plan-report.js'

export default class Migrate extends ActCommand {
  static override summary = 'Copy a store into another format or onto a server, and prove that it arrived.'
  static override description =
    `Every folder and message of SOURCE is copied; SOURCE is only read. Each copy is read back and compared. Run again, it
copies what is new since then and changes nothing else.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> ~/Mail --format mbox',
    '<%= config.bin %> <%= command.id %> old.mbox imaps://alice@imap.example.org/',
    '<%= config.bin %> <%= command.id %> --accounts accounts.csv --dry-run',
  ]
  static override usage = '<%= command.id %> [SOURCE] [TARGET] --format FORMAT'
  static override args = {
    source: Args.string({
      ignoreStdin: true,
      description: 'the store to copy; none: the only one of the configuration',
    }),
    target: Args.string({
      ignoreStdin: true,
      description: 'where to; none: SOURCE.FORMAT in the current folder. One on a server needs no format',
    }),
  }
  static override flags = {
    ...actBodyFlags,
    ...pairFlags,
    ...planFlags,
    format: Flags.option({ options: FORMATS })({ description: 'how the target is laid out, where it is local' }),
    'into-existing': Flags.boolean({ description: 'add to a target that holds other mail' }),
    ...accountsFlags,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Migrate)
    const { accounts } = flags
    const requestOf = (source: string | undefined, target: string | undefined): ActRequest => ({
      flags,
      report: planReport('migrate'),
      choose: (config, choices) => chooseMigration(source, target, flags.format, config, choices),
      folders: { only: [], not: [] },
      whenOpen: requireApart,
      make: async (scanned, stores) => {
        const { planMigration } = await import('../src/cli/plan-migration.js')
        return planMigration(scanned, stores, { flags, intoExisting: flags['into-existing'] })
      },
    })
    if (accounts === undefined) return this.act(requestOf(args.source, args.target))
    const { migrateAccounts } = await import('../src/cli/migrate-accounts.js')
    requireNoStore(args)
    await migrateAccounts({ flags: { ...flags, accounts }, config: await this.loadConfig(flags), requestOf })
  }
}
