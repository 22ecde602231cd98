import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { planFlags } from '../src/cli/act-flags.js'
import { chooseActStore, requireApart } from '../src/cli/act-stores.js'
import { channelFlags } from '../src/cli/channel-flags.js'
import { actBodyFlags } from '../src/cli/flags.js'
import { pairFlags } from '../src/cli/pair-flags.js'
import { SyncCommand } from '../src/cli/sync-command.js'
import { toward } from '../src/cli/toward.js'
import { UsageError } from '../src/errors.js'
import { planReport } from '../src/report/plan-report.js'

export default class Sync extends SyncCommand {
  static override summary = 'Make a store like another, or carry out a channel of the configuration.'
  static override description =
    `What is missing on SLAVE is copied, what moved is moved, flags and folders are brought over; MASTER is only read. Nothing is
deleted, unless --delete says so. A CHANNEL is synced as the configuration says: archive, mirror or two-way. The plan is shown
first, and carried out when you agree; mbaudit undo takes a run back.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> imaps://alice@imap.example.org/ maildir:/backup/mail --dry-run',
    '<%= config.bin %> <%= command.id %> old new --delete --max-delete 100',
    '<%= config.bin %> <%= command.id %> home --toward laptop',
    '<%= config.bin %> <%= command.id %> --all --yes --quiet',
  ]
  static override usage = ['<%= command.id %> MASTER SLAVE', '<%= command.id %> CHANNEL', '<%= command.id %> --all']
  static override args = {
    master: Args.string({ ignoreStdin: true, description: 'the store that is right; or, alone, a channel or a group' }),
    slave: Args.string({
      ignoreStdin: true,
      description: 'the store that is to become like it; a local one need not be there yet',
    }),
  }
  static override flags = {
    ...actBodyFlags,
    ...pairFlags,
    ...planFlags,
    ...channelFlags,
    delete: Flags.boolean({ description: 'mirror: delete on SLAVE what MASTER has not, replace what is changed' }),
    'delete-folders': Flags.boolean({
      description: 'with --delete: delete folders that MASTER has not, once they are empty',
      dependsOn: ['delete'],
    }),
    copies: Flags.option({ options: ['one', 'all'] as const })({
      description: 'of several copies of one mail in a folder of MASTER, how many SLAVE gets [default: one]',
    }),
  }

  async run(): Promise<void> {
    const { args, flags: given } = await this.parse(Sync)
    const flags = given.toward === undefined ? given : { ...given, 'dry-run': true }
    const { master, slave } = args
    if (master === undefined || slave === undefined || flags.all) return this.syncChannels(master, slave, flags)
    this.requireNoChannel(flags)
    if (master === slave) {
      throw new UsageError('MASTER and SLAVE are one store', 'Name two: the one that is right, and the one to change.')
    }
    if (flags.toward !== undefined && flags.toward !== master && flags.toward !== slave)
      throw new UsageError(`--toward ${flags.toward} is neither store`, `It is ${master} or ${slave}.`)
    await this.act({
      flags,
      report: planReport('sync'),
      choose: async (config, choices) => [
        await chooseActStore(master, 'source', config, choices),
        await chooseActStore(slave, 'target', config, choices, true),
      ],
      folders: { only: [], not: [] },
      whenOpen: requireApart,
      make: async (scanned, stores) => {
        const { planSync } = await import('../src/cli/plan-sync.js')
        const made = await planSync(scanned, stores, {
          flags,
          mode: flags.delete ? 'mirror' : 'archive',
          copies: flags.copies ?? 'one',
          deleteFolders: flags['delete-folders'],
          limit: flags['max-delete'],
          channel: null,
        })
        return flags.toward === undefined ? made : toward(made, flags.toward)
      },
    })
  }
}
