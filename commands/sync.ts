import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ActCommand } from '../src/cli/act-command.js'
import { planFlags } from '../src/cli/act-flags.js'
import { chooseActStore, requireApart } from '../src/cli/act-stores.js'
import { actBodyFlags } from '../src/cli/flags.js'
import { pairFlags } from '../src/cli/pair-flags.js'
import { UsageError } from '../src/errors.js'
import { planReport } from '../src/report/plan-report.js'

export default class Sync extends ActCommand {
  static override summary =
    'Make a store like another. The first is only read; the second is shown what would change, and asked about.'
  static override description =
    `What is missing on SLAVE is copied, what moved is moved, flags and folders are brought over. Nothing is deleted, unless
--delete says so. The plan is shown first, and carried out when you agree; mbaudit undo takes a run back.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> imaps://alice@imap.example.org/ maildir:/backup/mail --dry-run',
    '<%= config.bin %> <%= command.id %> old new --delete --max-delete 100',
  ]
  static override usage = '<%= command.id %> MASTER SLAVE'
  static override args = {
    master: Args.string({ required: true, ignoreStdin: true, description: 'the store that is right' }),
    slave: Args.string({
      required: true,
      ignoreStdin: true,
      description: 'the store that is to become like it; a local one need not be there yet',
    }),
  }
  static override flags = {
    ...actBodyFlags,
    ...pairFlags,
    ...planFlags,
    delete: Flags.boolean({ description: 'mirror: delete on SLAVE what MASTER has not, replace what is changed' }),
    'delete-folders': Flags.boolean({
      description: 'with --delete: delete folders that MASTER has not, once they are empty',
      dependsOn: ['delete'],
    }),
    copies: Flags.option({ options: ['one', 'all'] as const })({
      default: 'one',
      description: 'of several copies of one mail in a folder of MASTER, how many SLAVE gets',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Sync)
    if (args.master === args.slave) {
      throw new UsageError('MASTER and SLAVE are one store', 'Name two: the one that is right, and the one to change.')
    }
    await this.act({
      flags,
      report: planReport('sync'),
      choose: async (config, choices) => [
        await chooseActStore(args.master, 'source', config, choices),
        await chooseActStore(args.slave, 'target', config, choices, true),
      ],
      folders: { only: [], not: [] },
      whenOpen: requireApart,
      make: async (scanned, stores) => {
        const { planSync } = await import('../src/cli/plan-sync.js')
        return planSync(scanned, stores, {
          flags,
          mode: flags.delete ? 'mirror' : 'archive',
          copies: flags.copies,
          deleteFolders: flags['delete-folders'],
          limit: flags['max-delete'],
        })
      },
    })
  }
}
