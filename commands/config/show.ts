import { AuditCommand } from '../../src/cli/audit-command.js'
import { configuredRows } from '../../src/config/configured-rows.js'
import { configShowReport } from '../../src/report/config-report.js'

export default class ConfigShow extends AuditCommand {
  static override summary =
    'Show the configuration as it is understood: files, paths, stores. Passwords are never shown.'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run(): Promise<void> {
    const { flags } = await this.parse(ConfigShow)
    const config = await this.loadConfig(flags)
    const summary = { file: config.file, stores: config.stores.size, channels: config.channels.size }
    await this.tell({ flags, report: configShowReport, answer: { summary, rows: () => configuredRows(config) } })
  }
}
