import { FORMATS } from '../report/formats.js'
import type { ActStore } from './act-stores.js'
import type { ActTools, MadePlan } from './made-plan.js'
import { MigrationProof, type ProofChoices } from './migration-proof.js'
import { type LaidOut, layOut, type MigrationParts, partsOf } from './migration-sides.js'
import { sampleTarget } from './migration-target.js'
import { readMigration } from './said-options.js'
import type { SaveTarget } from './save-targets.js'
import type { ScannedStores } from './scan-stores.js'

/** What a proof is asked for. */
export type ProofRequest = Pick<ProofChoices, 'manifest' | 'resume'> & { readonly files: readonly SaveTarget[] }

/** Begins the proof of a migration with what the stores hold before it. */
export async function startProof(
  parts: MigrationParts,
  laid: LaidOut | null,
  { files, manifest, resume }: ProofRequest,
  { runs, messages }: ActTools,
): Promise<MigrationProof> {
  const rendered = await Promise.all(files.map(async ({ path, format }) => ({ path, render: await FORMATS[format]() })))
  const proof = new MigrationProof(parts, { files: rendered, manifest, note: messages.note, runs, resume })
  if (laid !== null) await proof.record(laid)
  return proof
}

/** Has what a saved plan brings over proven, as the migration that it was made by would have done. */
export async function proveSaved(
  made: MadePlan,
  scanned: ScannedStores,
  acts: readonly ActStore[],
  files: readonly SaveTarget[],
  tools: ActTools,
): Promise<MadePlan> {
  const parts = partsOf(scanned, acts)
  const flags = readMigration(made.plan.header.options)
  const request: ProofRequest = { files, manifest: !flags['no-manifest'], resume: made.resume ?? null }
  const proof = files.length === 0 ? await startProof(parts, null, request, tools) : await laidOut()
  return {
    ...made,
    conclude: (run) => proof.conclude(run),
    [Symbol.dispose]: () => {
      made[Symbol.dispose]()
      proof[Symbol.dispose]()
    },
  }

  async function laidOut(): Promise<MigrationProof> {
    await using sample = await sampleTarget(parts.target.store.spec)
    using laid = await layOut(parts, sample, flags)
    using _left = laid.left
    return await startProof(parts, laid, request, tools)
  }
}
