import { resolve } from 'node:path'
import * as Args from '@oclif/core/args'
import { AuditCommand } from '../src/cli/audit-command.js'
import { throwIfInterrupted } from '../src/cli/interruption.js'
import { EXIT, type Problem } from '../src/errors.js'
import { type DiscoverSummary, discoverReport, type FoundRow } from '../src/report/discover-report.js'
import { discoverStores } from '../src/stores/discover.js'

export default class Discover extends AuditCommand {
  static override summary =
    'Name every mail store below a folder, its kind and size; and mail that is not read, with what converts it.'
  static override description = 'The stores are only read. Symbolic links are not followed.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> ~',
    '<%= config.bin %> <%= command.id %> /mnt/old-disk --save found.csv',
  ]
  static override args = {
    path: Args.string({ required: true, ignoreStdin: true, description: 'a folder, a disk or a file' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Discover)
    await this.tell({ flags, report: discoverReport, status: EXIT.partial, find: () => findStores(resolve(args.path)) })
  }
}

async function findStores(path: string) {
  const found: FoundRow[] = []
  const problems: Problem[] = []
  for await (const each of discoverStores(path)) {
    throwIfInterrupted()
    if (each.kind === 'trouble') {
      problems.push({ code: 'UNREADABLE', store: each.path, folder: null, locator: null, message: each.message })
    } else if (each.kind === 'store') {
      const { path: place, type, url, folders, messages, bytes } = each
      found.push({ path: place, type, url, folders, messages, bytes, hint: null })
    } else {
      const { path: place, format, bytes, hint } = each
      found.push({ path: place, type: format, url: null, folders: null, messages: null, bytes, hint })
    }
  }
  found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  return { summary: sumUp(found), rows: () => found, problems }
}

function sumUp(found: readonly FoundRow[]): DiscoverSummary {
  const stores = found.filter(({ url }) => url !== null)
  return {
    stores: stores.length,
    messages: stores.reduce((sum, { messages }) => sum + (messages ?? 0), 0),
    bytes: stores.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    unsupported: found.length - stores.length,
  }
}
