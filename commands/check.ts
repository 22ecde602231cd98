import * as Flags from '@oclif/core/flags'
import { type ChosenRule, chooseRules } from '../src/audit/integrity/choose-rules.js'
import { type CheckedStore, findDefects } from '../src/audit/integrity/find-defects.js'
import { SEVERITIES, type Severity } from '../src/audit/integrity/rule.js'
import { AuditCommand } from '../src/cli/audit-command.js'
import { accountFlags, type CommonFlags, storeArgs } from '../src/cli/flags.js'
import { interruption } from '../src/cli/interruption.js'
import { checkConfiguredRules, knownRule } from '../src/cli/rule-names.js'
import type { OpenScan } from '../src/cli/scan-stores.js'
import { DefectSpool } from '../src/index/defect-spool.js'
import { type EpochSeconds, epochSeconds } from '../src/message/message.js'
import { checkReport, signatureNote } from '../src/report/check-report.js'
import { EXAMINERS } from '../src/stores/examiners.js'

const repeatable = { multiple: true, multipleNonGreedy: true, helpValue: 'RULE' } as const

type CheckFlags = CommonFlags & {
  readonly rule: readonly string[] | undefined
  readonly 'not-rule': readonly string[] | undefined
  readonly severity: Severity
}

export default class Check extends AuditCommand {
  static override summary = 'Report what is broken or odd in stores and messages, by rule.'
  static override description =
    `Nothing is changed. Each finding names its place; mbaudit explain says what a rule means.
error: mail is lost, unreadable or not safe to move; warning: it may become so; note: odd, and good to know.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> ~/Mail',
    '<%= config.bin %> <%= command.id %> mbox:old.mbox --severity warning --save defects.csv',
    '<%= config.bin %> <%= command.id %> ~/Mail --rule reused-message-id',
  ]
  static override args = storeArgs
  static override flags = {
    ...accountFlags,
    rule: Flags.string({ ...repeatable, description: 'only this rule; may be repeated' }),
    'not-rule': Flags.string({ ...repeatable, description: 'not this rule; may be repeated' }),
    severity: Flags.option({ options: SEVERITIES })({
      default: 'note',
      description: 'findings of this severity and of graver ones',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Check)
    const rules = await this.#chosenRules(flags)
    const now = epochSeconds(Math.floor(Date.now() / 1000))
    using spool = new DefectSpool()
    await this.audit({
      flags,
      stores: args.store ?? [],
      report: checkReport,
      ask: async (_indexes, { open }) => {
        const stores = open.map((scan) => checkedStore(scan, now))
        const found = await findDefects(stores, { rules, now, spool })
        const note = signatureNote(found.summary.dkim)
        return { ...found, footnotes: note === null ? [] : [note] }
      },
    })
  }

  async #chosenRules(flags: CheckFlags): Promise<readonly ChosenRule[]> {
    const { RULES } = await import('../src/audit/integrity/rules.js')
    const names = RULES.map(({ name }) => name)
    const only = (flags.rule ?? []).map((name) => knownRule(name, names))
    const not = (flags['not-rule'] ?? []).map((name) => knownRule(name, names))
    const configured = (await this.loadConfig(flags)).rules
    checkConfiguredRules(configured, names)
    const grades = new Map(configured.map(({ name, grade }) => [name, grade]))
    return chooseRules(RULES, { only, not, atLeast: flags.severity, grades })
  }
}

function checkedStore({ store, scanned, wanted }: OpenScan, now: EpochSeconds): CheckedStore {
  return {
    index: scanned.index,
    async *observe() {
      const { spec } = store
      if (spec.type === 'imap') return
      const examine = await EXAMINERS[spec.type]?.()
      if (examine !== undefined) yield* examine({ spec }, { wanted, now, signal: interruption })
    },
  }
}
