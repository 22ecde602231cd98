import { planReport } from '../report/plan-report.js'
import type { ActRequest } from './act-command.js'
import type { ActStore } from './act-stores.js'
import type { Format } from './migration-formats.js'
import { chooseMigration, type NamedMigration, requireTargetApart } from './migration-stores.js'
import { planOutputs } from './outputs.js'
import type { MigrationFlags } from './said-options.js'
import type { SaveTarget } from './save-targets.js'
import { isForShow } from './scan-for-plan.js'

type RequestFlags = ActRequest['flags'] & MigrationFlags & { readonly format?: Format | undefined }

/** What a command is asked for, without the files that are to get its proof. */
export interface Proven {
  readonly flags: ActRequest['flags']
  readonly proof: readonly SaveTarget[]
}

/** What is shown alone is a plan; what is carried out is proven, and `--save` names the files of the proof. */
export function takeProof(flags: ActRequest['flags']): Proven {
  if (isForShow(flags)) return { flags, proof: [] }
  const { save: _save, ...others } = flags
  return { flags: { ...others, save: undefined }, proof: planOutputs(flags, process.cwd()).targets }
}

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
