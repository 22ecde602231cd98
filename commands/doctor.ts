import * as Flags from '@oclif/core/flags'
import { AuditCommand, storeChoices } from '../src/cli/audit-command.js'
import { checkAccounts } from '../src/cli/check-accounts.js'
import { checkStores, problemsOf, type StoreStep } from '../src/cli/check-stores.js'
import { chooseStores } from '../src/cli/choose-stores.js'
import { accountFlags, storeArgs } from '../src/cli/flags.js'
import { listAccounts } from '../src/cli/listed-accounts.js'
import { EXIT, type ExitStatus, gravest, type Problem } from '../src/errors.js'
import { type DoctorSummary, doctorReport } from '../src/report/doctor-report.js'

export default class Doctor extends AuditCommand {
  static override summary = 'Open a store step by step and say what works, how long it took, and what to do.'
  static override description =
    `Of an account: name, TCP, TLS, greeting, ways to log in, login, capabilities and what is made of them, namespaces, folders, special use, quota.
Nothing is changed, and no message is read.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> imaps://alice@imap.example.org/',
    '<%= config.bin %> <%= command.id %> --accounts accounts.csv --jobs 8 --save doctor.csv',
  ]
  static override args = storeArgs
  static override flags = {
    ...accountFlags,
    accounts: Flags.string({
      helpValue: 'FILE',
      description: 'a list of accounts, source and target of each (CSV, or the list of imapsync)',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Doctor)
    const find = async () => {
      const choices = storeChoices(flags, { note: () => {} })
      const config = await this.loadConfig(flags)
      const jobs = flags.jobs ?? 1
      const list = flags.accounts === undefined ? null : listAccounts(flags.accounts, choices.cwd)
      const named = args.store ?? []
      const chosen = list !== null && named.length === 0 ? [] : await chooseStores(named, config, choices)
      const listed = list === null ? null : await checkAccounts(list, config, choices, jobs)
      const steps = [...(await checkStores(chosen, jobs)), ...(listed?.steps ?? [])]
      const problems = [...(listed?.problems ?? []), ...problemsOf(steps)]
      return { summary: sumUp(steps), rows: () => steps, problems, footnotes: list?.notes ?? [] }
    }
    await this.tell({ flags, report: doctorReport, status: statusOf, find })
  }
}

function sumUp(steps: readonly StoreStep[]): DoctorSummary {
  const ill = new Set(steps.filter(({ outcome }) => outcome === 'failed').map(({ store }) => store))
  const stores = new Set(steps.map(({ store }) => store)).size
  const count = (outcome: StoreStep['outcome']) => steps.filter((step) => step.outcome === outcome).length
  return { stores, well: stores - ill.size, steps: steps.length, warnings: count('warning'), failed: count('failed') }
}

/** What can be opened and has no room for some mail is no store that cannot be opened. */
function statusOf(problems: readonly Problem[]): ExitStatus {
  const stands = ({ code }: Problem): ExitStatus =>
    code === 'USAGE' ? EXIT.usage : code === 'QUOTA_EXCEEDED' || code === 'REFUSED' ? EXIT.partial : EXIT.store
  return gravest(...problems.map(stands))
}
