import * as Flags from '@oclif/core/flags'
import { DUPLICATE_SCOPES, findDuplicates, IDENTITY_RULES } from '../src/audit/duplicates.js'
import { AuditCommand } from '../src/cli/audit-command.js'
import { bodyFlags, storeArgs } from '../src/cli/flags.js'
import { keepFlag, requireKeptStores } from '../src/cli/keep-flag.js'
import { UsageError } from '../src/errors.js'
import { dupesReport } from '../src/report/dupes-report.js'

export default class Dupes extends AuditCommand {
  static override summary = 'Report messages that are stored more than once, and how sure that is.'
  static override description =
    `Nothing is changed. Copies of one identity are a group; each is classed against the one that would stay:
identical (the same mail), same-content (delivered or fetched twice), modified (a footer, a subject tag, cut off …),
different (only the Message-ID is the same), unverified (a body was not read).`
  static override examples = [
    '<%= config.bin %> <%= command.id %> ~/Mail',
    '<%= config.bin %> <%= command.id %> ~/Mail mbox:old.mbox --scope all --save dupes.csv',
    '<%= config.bin %> <%= command.id %> ~/Mail --keep folder:Archive/** --keep oldest',
  ]
  static override args = storeArgs
  static override flags = {
    ...bodyFlags,
    by: Flags.option({ options: IDENTITY_RULES })({
      default: 'id',
      description: 'what makes two messages one mail; content finds it under other Message-IDs too',
    }),
    scope: Flags.option({ options: DUPLICATE_SCOPES })({
      default: 'store',
      description: 'look for copies within a folder, within a store, or across all stores named',
    }),
    keep: keepFlag,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Dupes)
    const { by, scope, keep = [] } = flags
    if (by === 'content' && flags['no-bodies'])
      throw new UsageError('--no-bodies cannot be given together with --by content', 'Content is what bodies say.')
    await this.audit({
      flags,
      stores: args.store ?? [],
      report: dupesReport,
      check: (stores) => requireKeptStores(keep, stores),
      ask: (indexes) => findDuplicates(indexes, { by, scope, keep }),
    })
  }
}
