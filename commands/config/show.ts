import { AuditCommand } from '../../src/cli/audit-command.js'
import { configAnswer } from '../../src/config/configured-rows.js'
import { EXIT } from '../../src/errors.js'
import { configShowReport } from '../../src/report/config-report.js'

export default class ConfigShow extends AuditCommand {
  static override summary =
    'Show the configuration as it is understood: files, paths, stores. Passwords are never shown.'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run(): Promise<void> {
    const { flags } = await this.parse(ConfigShow)
    const find = async () => {
      const config = await this.loadConfig(flags)
      return { ...configAnswer(config), problems: [] }
    }
    await this.tell({ flags, report: configShowReport, status: EXIT.ok, find })
  }
}
