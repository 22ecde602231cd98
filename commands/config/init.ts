import { homedir } from 'node:os'
import { AuditCommand } from '../../src/cli/audit-command.js'
import { writeFirstConfig } from '../../src/cli/first-config.js'
import { configAnswer } from '../../src/config/configured-rows.js'
import { EXIT } from '../../src/errors.js'
import { configInitReport } from '../../src/report/config-report.js'

export default class ConfigInit extends AuditCommand {
  static override summary = 'Write a first configuration file, with the mail found in its usual places.'
  static override description =
    'It is written to mbaudit.yaml here, or to what --config names. A file that is there is never overwritten.'
  static override examples = ['<%= config.bin %> <%= command.id %>']

  async run(): Promise<void> {
    const { flags } = await this.parse(ConfigInit)
    const find = async () => {
      const file = await writeFirstConfig(flags.config, process.cwd(), homedir(), process.env)
      return { ...configAnswer(await this.loadConfig({ ...flags, config: file })), problems: [] }
    }
    await this.tell({ flags, report: configInitReport, status: EXIT.ok, find })
  }
}
