import { findNoId } from '../src/audit/no-id.js'
import { AuditCommand } from '../src/cli/audit-command.js'
import { bodyFlags, storeArgs } from '../src/cli/flags.js'
import { noIdReport } from '../src/report/noid-report.js'

export default class NoId extends AuditCommand {
  static override summary = 'List messages with no Message-ID, and the identity they get instead.'
  static override description = 'The stores are only read.'
  static override examples = ['<%= config.bin %> <%= command.id %> ~/Mail --save noid.csv']
  static override args = storeArgs
  static override flags = bodyFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(NoId)
    await this.audit({ flags, stores: args.store ?? [], report: noIdReport, ask: findNoId })
  }
}
