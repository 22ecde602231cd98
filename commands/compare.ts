import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { compareStores } from '../src/audit/compare/compare-stores.js'
import type { Comparison, FolderDifferences } from '../src/audit/compare/comparison.js'
import { differenceRows } from '../src/audit/compare/difference-rows.js'
import { AuditCommand } from '../src/cli/audit-command.js'
import { combinedTarget } from '../src/cli/combined-target.js'
import { actBodyFlags } from '../src/cli/flags.js'
import { pairFlags } from '../src/cli/pair-flags.js'
import { compareOptions, pairOf } from '../src/cli/pair-options.js'
import { saveFile } from '../src/cli/save-targets.js'
import { UsageError } from '../src/errors.js'
import { combinedLines } from '../src/report/combined-lines.js'
import { compareReport, folderDetails, folderNotes } from '../src/report/compare-report.js'
import { folderFilter } from '../src/stores/folder-globs.js'
import type { Store } from '../src/stores/store.js'

export default class Compare extends AuditCommand {
  static override summary = 'Report what two stores differ in, mail by mail.'
  static override description =
    `Nothing is changed. A mail is missing (on the slave), extra (there alone), moved (the slave has it in another folder), changed
(it has another text), flagged otherwise (flags), or not there equally often (copies).
Folders pair by name; --map and --match-special-use pair others.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> master slave',
    '<%= config.bin %> <%= command.id %> ~/Mail imaps://ana@example.org --save differences.csv',
    '<%= config.bin %> <%= command.id %> master slave --match-special-use --map Work=Archive/Work',
    '<%= config.bin %> <%= command.id %> master slave --combined -',
  ]
  static override args = {
    master: Args.string({ required: true, ignoreStdin: true, description: 'the store that is right' }),
    slave: Args.string({ required: true, ignoreStdin: true, description: 'the store that is looked at against it' }),
  }
  static override flags = {
    ...actBodyFlags,
    ...pairFlags,
    combined: Flags.string({
      helpValue: 'FILE|-',
      description:
        'a line a mail to a file, or (-) instead of the table: = same, + missing, - extra, * changed, > moved …',
    }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Compare)
    const combined = combinedTarget(flags, process.cwd())
    const held: { found: Comparison | null } = { found: null }
    const lines = () => (held.found === null ? [] : combinedLines(held.found.folders, held.found.pairs()))
    try {
      await this.audit({
        flags,
        stores: [args.master, args.slave],
        report: compareReport,
        scan: { folders: [], notFolders: [], needsAll: true, whenOpen: async (stores) => requireTwo(stores) },
        ask: async (_, { open }) => {
          const pair = pairOf(open)
          const [master, slave] = [pair.master.scanned.index, pair.slave.scanned.index]
          const options = await compareOptions(pair, flags)
          const found = await compareStores(master, slave, options)
          held.found = found
          if (combined.path !== null) await saveFile(combined.path, lines())
          const names = [master.store, slave.store] as const
          return {
            summary: found.summary,
            rows: () => differenceRows(found.differences(), options),
            details: folderDetails(found.summary, found.folders, names),
            footnotes: [...folderNotes(found.folders, names), ...unmatchedNotes(found.folders, flags.folder)],
          }
        },
        ...(combined.isPrinted ? { instead: lines } : {}),
      })
    } finally {
      held.found?.[Symbol.dispose]()
    }
  }
}

/** @throws UsageError where both names are of one place, before anything is read */
function requireTwo([master, slave]: readonly Store[]): void {
  if (master !== undefined && slave !== undefined && master.identity !== slave.identity) return
  throw new UsageError('MASTER and SLAVE are one store', 'Name two: a store differs in nothing from itself.')
}

/** A mistyped name must not look like a folder in which nothing differs. */
function unmatchedNotes({ pairing }: FolderDifferences, globs: readonly string[] = []): string[] {
  const names = [...pairing.pairs.map(({ master }) => master), ...pairing.extra.map(pairing.masterOf)]
  const unmatched = globs.filter((glob) => !names.some(folderFilter([glob], [])))
  return unmatched.map((glob) => `--folder ${glob} matches no folder of either store.`)
}
