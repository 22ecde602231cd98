import * as Args from '@oclif/core/args'
import { accountsFlags, requireNoStore } from '../src/cli/accounts-flags.js'
import { ActCommand, type ActRequest } from '../src/cli/act-command.js'
import { planFlags } from '../src/cli/act-flags.js'
import { actBodyFlags } from '../src/cli/flags.js'
import { migrationFlags } from '../src/cli/migration-flags.js'
import { migrationRequest, takeProof } from '../src/cli/migration-request.js'
import { namedMigration } from '../src/cli/migration-stores.js'
import { pairFlags } from '../src/cli/pair-flags.js'
import type { SaveTarget } from '../src/cli/save-targets.js'

export default class Migrate extends ActCommand {
  static override summary = 'Copy a store into another format or onto a server, and prove that it arrived.'
  static override description =
    `Every folder and message of SOURCE is copied; SOURCE is only read. Each copy is read back and compared. Run again, it
copies what is new since then and changes nothing else. --save proof.html writes what became of each message.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> ~/Mail --format mbox',
    '<%= config.bin %> <%= command.id %> old.mbox imaps://alice@imap.example.org/ --save proof.html',
    '<%= config.bin %> <%= command.id %> home.mbox ~/Mail --into all --format maildir --dedupe',
    '<%= config.bin %> <%= command.id %> --accounts accounts.csv --dry-run',
  ]
  static override usage = [
    '<%= command.id %> [SOURCE] [TARGET] --format FORMAT',
    '<%= command.id %> SOURCE... --into TARGET --format FORMAT',
  ]
  static override args = {
    store: Args.string({
      multiple: true,
      ignoreStdin: true,
      description:
        'the store to copy, and where to. No source: the only store of the configuration; no target: SOURCE.FORMAT in the current folder; one on a server needs no format',
    }),
  }
  static override flags = {
    ...actBodyFlags,
    ...pairFlags,
    ...planFlags,
    ...migrationFlags,
    ...accountsFlags,
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Migrate)
    const { accounts } = flags
    const stores = args.store ?? []
    if (accounts === undefined) {
      const proven = takeProof(flags)
      const request = migrationRequest(namedMigration(stores, flags.into), flags, proven.proof)
      return this.act({ ...request, flags: proven.flags })
    }
    const { migrateAccounts } = await import('../src/cli/migrate-accounts.js')
    requireNoStore(stores)
    const requestOf = (source: string, target: string, certificates: readonly SaveTarget[]): ActRequest =>
      migrationRequest({ sources: [source], target }, flags, certificates)
    await migrateAccounts({ flags: { ...flags, accounts }, config: await this.loadConfig(flags), requestOf })
  }
}
