import * as Args from '@oclif/core/args'
import { AuditCommand } from '../src/cli/audit-command.js'
import { knownRule } from '../src/cli/rule-names.js'
import { EXIT } from '../src/errors.js'
import { explainReport, explainRuleReport } from '../src/report/explain-report.js'

export default class Explain extends AuditCommand {
  static override summary = 'Say what an integrity rule means, how it comes about, what to do; without RULE, list all.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> reused-message-id',
  ]
  static override args = {
    rule: Args.string({ ignoreStdin: true, description: 'the name of a rule, as mbaudit check prints it' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Explain)
    const { RULES } = await import('../src/audit/integrity/rules.js')
    const names = RULES.map(({ name }) => name)
    const name = args.rule === undefined ? undefined : knownRule(args.rule, names)
    const rules = name === undefined ? RULES : RULES.filter((rule) => rule.name === name)
    const [first] = rules
    await this.tell({
      flags: { ...flags, limit: flags.limit ?? Number.POSITIVE_INFINITY },
      report: name === undefined || first === undefined ? explainReport : explainRuleReport(first),
      status: EXIT.ok,
      find: async () => ({ summary: { rules: rules.length }, rows: () => rules, problems: [] }),
    })
  }
}
