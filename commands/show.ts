import * as Args from '@oclif/core/args'
import { type Explanation, explainMail } from '../src/audit/show.js'
import { AuditCommand } from '../src/cli/audit-command.js'
import { accountFlags } from '../src/cli/flags.js'
import { readMail } from '../src/cli/readable-mail.js'
import type { StoreIndex } from '../src/index/store-index.js'
import { type ShownMail, showReport } from '../src/report/show-report.js'

export default class Show extends AuditCommand {
  static override summary = 'Show one mail and every copy of it; of two, what differs and whether they are duplicates.'
  static override description =
    `A mail is named by its Message-ID or by the locator that other commands print (offset=40960, file=…, number=17, uid=812).
Where several folders have the locator, write FOLDER/LOCATOR.`
  static override examples = [
    "<%= config.bin %> <%= command.id %> ~/Mail '<4711@example.org>'",
    '<%= config.bin %> <%= command.id %> mbox:old.mbox offset=0 offset=40960',
  ]
  static override usage = '<%= command.id %> STORE ID|LOCATOR [ID|LOCATOR]'
  static override args = {
    store: Args.string({ required: true, ignoreStdin: true, description: 'the store to look in' }),
    mail: Args.string({ required: true, ignoreStdin: true, description: 'its Message-ID or its locator' }),
    other: Args.string({ ignoreStdin: true, description: 'another mail to lay beside it' }),
  }
  static override flags = accountFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Show)
    const queries = args.other === undefined ? ([args.mail] as const) : ([args.mail, args.other] as const)
    await this.audit({
      flags,
      stores: [args.store],
      report: showReport,
      ask: async (indexes) => answer(await explainMail(indexes, queries), indexes, !flags['no-subjects']),
    })
  }
}

async function answer({ mails, pair }: Explanation, indexes: readonly StoreIndex[], withContent: boolean) {
  const shown: ShownMail[] = []
  for (const mail of mails) {
    const message = withContent && (await indexes.find(({ store }) => store === mail.copy.store)?.read(mail.copy))
    shown.push({ mail, readable: message ? await readMail(message) : null })
  }
  const copies = mails.reduce((sum, mail) => sum + mail.copies.length, 0)
  const told = pair && !withContent ? { ...pair, details: [] } : pair
  return { summary: { mails: mails.length, copies, pair: told }, rows: () => shown, footnotes: told?.details ?? [] }
}
