import { existsSync } from 'node:fs'
import type { Run, Runs } from '../apply/run.js'
import { undoFacts } from '../apply/undo-facts.js'
import { UsageError } from '../errors.js'
import type { MaxDelete } from '../plan/limits.js'
import type { PlanStore } from '../plan/plan.js'
import { StepSpool } from '../plan/step-spool.js'
import { type DoneStep, planUndo } from '../plan/undo.js'
import { interruption } from './interruption.js'
import { recordOf } from './known-runs.js'
import { limitFolders, type MadePlan, madePlan } from './made-plan.js'
import { renewManifest } from './manifest.js'
import type { OpenScan, ScannedStores } from './scan-stores.js'

/**
 * The run that is to be taken back.
 *
 * @throws UsageError where there is none of that name, or it was taken back already
 */
export function runToUndo(runs: Runs, name: string): Run {
  const run = runs.open(name)
  const { undoneBy, damage } = recordOf(runs, run)
  if (undoneBy !== null) {
    const hint = `What it did is no longer so. To have it again, take that one back: mbaudit undo ${undoneBy}.`
    throw new UsageError(`${run.name} was undone already, by ${undoneBy}`, hint)
  }
  if (damage !== null) throw new UsageError(`${run.name} cannot be taken back: ${damage}`, 'See mbaudit runs.')
  return run
}

/** What the plan of an undo calls the quarantine of a run: an undo of an undo has two of them. */
const quarantineOf = ({ name }: Run): string => QUARANTINE_OF + name
const QUARANTINE_OF = 'quarantine of '

/** The quarantine of the run that an undo took back, pruned since. */
const isEmptied = ({ name, role, identity }: PlanStore): boolean =>
  role === 'source' && name.startsWith(QUARANTINE_OF) && !existsSync(pathOf(identity))

const pathOf = (identity: string): string => identity.replace(/^maildir:/, '')

/** The stores that taking a run back needs: those that it had, and its quarantine. */
export function storesToUndo(run: Run): readonly PlanStore[] {
  const stores = run.plan.header.stores.filter((store) => !isEmptied(store))
  if (!existsSync(run.quarantine)) return stores
  const open = `maildir:${run.quarantine}`
  return [...stores, { name: quarantineOf(run), type: 'maildir', role: 'source', open, identity: open }]
}

/** Plans what takes a run back, from its journal and from what the stores hold now. */
export async function planToUndo(
  run: Run,
  runs: Runs,
  scanned: ScannedStores,
  limit: MaxDelete = { kind: 'none' },
): Promise<MadePlan> {
  const spool = new StepSpool()
  const indexes = scanned.scans.map(({ index }) => index)
  for (const index of indexes) await index.needIdentities()
  const { notes } = planUndo(factsOf(run, runs), indexes, spool)
  const stores = storesToUndo(run).map((store) => ({ ...store, identity: identityIn(scanned, store) }))
  const targets = stores.filter(({ role }) => role === 'target').map(({ name }) => name)
  const scans = scanned.open.filter(({ store }) => targets.includes(store.spec.name))
  const says = { command: 'undo', options: { run: run.name }, compared: {}, notes } as const
  const made = madePlan(spool, says, stores, limit, { folders: limitFolders(scans), master: null })
  return { ...made, conclude: async (undo) => (undo === null ? undefined : renewManifests(run, scans)) }
}

/** What a migration left beside its target tells of mail that has gone again. */
async function renewManifests({ plan }: Run, targets: readonly OpenScan[]): Promise<void> {
  if (plan.header.command !== 'migrate' || interruption.aborted) return
  for (const { store } of targets) if (store.spec.type !== 'imap') await renewManifest(store.spec.path)
}

const identityIn = ({ open }: ScannedStores, { name, identity }: PlanStore): string =>
  open.find(({ store }) => store.spec.name === name)?.store.identity ?? identity

function* factsOf(run: Run, runs: Runs): Iterable<DoneStep> {
  for (const fact of undoFacts(run, readableOf(runs))) {
    const { quarantined } = fact
    yield quarantined === null ? fact : { ...fact, quarantined: { ...quarantined, store: quarantineOf(run) } }
  }
}

/** The runs whose plans can be read. */
const readableOf = (runs: Runs): readonly Run[] =>
  runs.list().flatMap(({ name, damage }) => (damage === null ? [runs.open(name)] : []))
