import { listFolders } from '../src/audit/listing.js'
import { AuditCommand } from '../src/cli/audit-command.js'
import { accountFlags, storeArgs } from '../src/cli/flags.js'
import { foldersReport } from '../src/report/folders-report.js'

export default class Folders extends AuditCommand {
  static override summary =
    'List folders: messages, size, unseen, marked deleted, no ID, special use, oldest and newest.'
  static override description = 'The stores are only read.'
  static override examples = ['<%= config.bin %> <%= command.id %> ~/Mail --csv']
  static override args = storeArgs
  static override flags = accountFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Folders)
    await this.audit({ flags, stores: args.store ?? [], report: foldersReport, ask: listFolders })
  }
}
