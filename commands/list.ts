import { listMessages } from '../src/audit/listing.js'
import { AuditCommand } from '../src/cli/audit-command.js'
import { bodyFlags, storeArgs } from '../src/cli/flags.js'
import { listReport } from '../src/report/list-report.js'

export default class List extends AuditCommand {
  static override summary = 'List every message: the index, one row a message.'
  static override description = 'The stores are only read.'
  static override examples = ['<%= config.bin %> <%= command.id %> ~/Mail --folder INBOX --limit all']
  static override args = storeArgs
  static override flags = bodyFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(List)
    await this.audit({ flags, stores: args.store ?? [], report: listReport, ask: listMessages })
  }
}
