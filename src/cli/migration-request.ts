import { planReport } from '../report/plan-report.js'
import type { ActRequest } from './act-command.js'
import type { ActStore } from './act-stores.js'
import type { Format } from './migration-formats.js'
import { chooseMigration, type NamedMigration, requireTargetApart } from './migration-stores.js'
import type { MigrationFlags } from './plan-migration.js'
import type { SaveTarget } from './save-targets.js'

type RequestFlags = ActRequest['flags'] & MigrationFlags & { readonly format?: Format | undefined }

/** What a migration asks for. @param proof - files that its certificate goes to */
export function migrationRequest(named: NamedMigration, flags: RequestFlags, proof: readonly SaveTarget[]): ActRequest {
  let acts: readonly ActStore[] = []
  return {
    flags,
    report: planReport('migrate'),
    choose: async (config, choices) => {
      acts = await chooseMigration(named, flags.format, config, choices)
      return acts
    },
    folders: { only: [], not: [] },
    whenOpen: (stores) => requireTargetApart(stores, acts),
    make: async (scanned, stores, tools) => {
      const { planMigration } = await import('./plan-migration.js')
      return planMigration(scanned, stores, { flags, proof }, tools)
    },
  }
}
