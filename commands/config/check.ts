import { AuditCommand } from '../../src/cli/audit-command.js'
import { missingStores } from '../../src/cli/choose-stores.js'
import { checkConfiguredRules } from '../../src/cli/rule-names.js'
import { configAnswer } from '../../src/config/configured-rows.js'
import { EXIT } from '../../src/errors.js'
import { configCheckReport } from '../../src/report/config-report.js'

export default class ConfigCheck extends AuditCommand {
  static override summary = 'Check the configuration: each mistake with its line and what is allowed there.'
  static override description = 'A store whose path is not there is a problem (status 3); no store is read.'
  static override examples = ['<%= config.bin %> <%= command.id %> --config other.yaml']

  async run(): Promise<void> {
    const { flags } = await this.parse(ConfigCheck)
    const find = async () => {
      const config = await this.loadConfig(flags)
      if (config.rules.length > 0) {
        const { RULES } = await import('../../src/audit/integrity/rules.js')
        checkConfiguredRules(
          config.rules,
          RULES.map(({ name }) => name),
        )
      }
      return { ...configAnswer(config), problems: missingStores(config) }
    }
    await this.tell({ flags, report: configCheckReport, status: EXIT.store, find })
  }
}
