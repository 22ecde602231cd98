import { AuditCommand } from '../src/cli/audit-command.js'
import { bodyFlags, storeArgs } from '../src/cli/flags.js'
import type { ScannedStores } from '../src/cli/scan-stores.js'
import type { ScanSummary } from '../src/index/scan.js'
import { type ScannedFolderRow, scanReport } from '../src/report/scan-report.js'

/** A table names no more files that are no mail than these; JSON holds all. */
const FOREIGN_SHOWN = 10

export default class Scan extends AuditCommand {
  static override summary = 'Read the stores and bring their indexes up to date.'
  static override description = 'The stores are only read. Files in them that are no mail are listed.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> ~/Mail',
    '<%= config.bin %> <%= command.id %> mbox:old.mbox --rebuild',
  ]
  static override args = storeArgs
  static override flags = bodyFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Scan)
    await this.audit({
      flags,
      stores: args.store ?? [],
      report: scanReport,
      ask: async (_indexes, scanned) => scanAnswer(scanned),
    })
  }
}

function scanAnswer({ scans }: ScannedStores) {
  const foreign = scans.flatMap(({ index, foreign }) =>
    foreign.map(({ path, why }) => ({ store: index.store, path, why })),
  )
  const footnotes = foreign.slice(0, FOREIGN_SHOWN).map(({ path, why }) => `no mail: ${path} (${why})`)
  const more = foreign.length - FOREIGN_SHOWN
  return {
    summary: scans.map(({ summary }) => summary).reduce(addSummaries),
    rows: (): Iterable<ScannedFolderRow> =>
      scans.flatMap(({ index, folders }) => folders.map((folder) => ({ store: index.store, ...folder }))),
    details: { foreign },
    footnotes: more > 0 ? [...footnotes, `no mail: ${more} more; --json names all`] : footnotes,
  }
}

function addSummaries(a: ScanSummary, b: ScanSummary): ScanSummary {
  return {
    messages: a.messages + b.messages,
    bytes: a.bytes + b.bytes,
    folders: a.folders + b.folders,
    read: a.read + b.read,
    kept: a.kept + b.kept,
    noId: a.noId + b.noId,
    unreadable: a.unreadable + b.unreadable,
    foreign: a.foreign + b.foreign,
  }
}
