import type { ApplyRequest } from '../../src/apply/apply.js'
import type { ApplyResult } from '../../src/apply/result.js'
import { compareStores } from '../../src/audit/compare/compare-stores.js'
import type { CompareSummary, Comparison } from '../../src/audit/compare/comparison.js'
import { compareOptions, whyNoFlagIn } from '../../src/cli/pair-options.js'
import { wireDigest } from '../../src/message/wire.js'
import { planOneWay } from '../../src/plan/one-way.js'
import type { Step } from '../../src/plan/step.js'
import { StepSpool } from '../../src/plan/step-spool.js'
import { openStoreOrAbsent } from '../../src/stores/absent-store.js'
import type { LocalStoreSpec, LocalStoreType, Store } from '../../src/stores/store.js'
import type { WritableStore } from '../../src/stores/writable.js'
import { openWritableStore } from '../../src/stores/writable-drivers.js'
import { apply, planOf, type Side, settle, type Workbench } from './applying.js'
import { scan } from './scanning.js'
import { inFolderOrder, readAll, scanFolder } from './store-law.js'

/** A store that is migrated from or to; opened anew each time, as another run of the program does. */
export interface Place {
  open(): Promise<Store>
  /** Makes it where it is not there. */
  openForWriting(): Promise<WritableStore>
}

/** The formats of local stores, as `--format` names them. */
export const FORMATS = {
  maildir: { type: 'maildir', options: {} },
  'maildir-fs': { type: 'maildir', options: { layout: 'fs' } },
  mboxrd: { type: 'mbox', options: { variant: 'mboxrd' } },
  mboxo: { type: 'mbox', options: { variant: 'mboxo' } },
  mboxcl2: { type: 'mbox', options: { variant: 'mboxcl2' } },
  mh: { type: 'mh', options: {} },
  eml: { type: 'eml', options: {} },
} as const satisfies Record<string, { readonly type: LocalStoreType; readonly options: LocalStoreSpec['options'] }>
export type Format = keyof typeof FORMATS
export const ALL_FORMATS = Object.keys(FORMATS) as Format[]

export function localPlace(format: Format, path: string, name = format as string): Place {
  const spec: LocalStoreSpec = { name, path, ...FORMATS[format] }
  return { open: () => openStoreOrAbsent(spec), openForWriting: () => openWritableStore(spec, true) }
}

/** What a migration did. */
export interface Migrated {
  readonly steps: readonly Step[]
  readonly notes: readonly string[]
  /** null: there was nothing to do, and no run. */
  readonly result: ApplyResult | null
  /** What the plan was made from, as `mbaudit compare` counts it. */
  readonly summary: CompareSummary
  /** Where a folder of the source goes. */
  readonly folderFor: (name: string) => string
}

const NO_CHOICE = {
  'match-special-use': false,
  json: undefined,
  map: undefined,
  since: undefined,
  until: undefined,
  'max-size': undefined,
  folder: undefined,
  'not-folder': undefined,
}

interface ComparedPair {
  readonly sides: readonly [Side, Side]
  readonly comparison: Comparison
  readonly plan: (spool: StepSpool) => readonly string[]
}

/** Scans both and compares them, as `mbaudit compare` and `migrate` do. */
async function withCompared<T>(from: Place, to: Place, act: (compared: ComparedPair) => Promise<T>): Promise<T> {
  await using source = await from.open()
  await using target = await to.open()
  await using scanned = await scan(source)
  await using scannedTarget = await scan(target)
  const [master, slave] = [scanned.index, scannedTarget.index]
  const open = (store: Store, each: typeof scanned) => ({ store, scanned: each, wanted: () => true })
  const pair = { master: open(source, scanned), slave: open(target, scannedTarget) }
  const asked = await compareOptions(pair, NO_CHOICE)
  using comparison = await compareStores(master, slave, asked)
  const whyNoFlag = whyNoFlagIn(asked.keepsFlag.slave, slave.store)
  const options = { mode: 'fill', copies: 'all', deleteFolders: false, masterKeeps: asked.keepsFlag.master } as const
  return await act({
    sides: [
      { store: source, scanned, open: null },
      { store: target, scanned: scannedTarget, open: () => to.openForWriting() },
    ],
    comparison,
    plan: (spool) => planOneWay(comparison, { master, slave }, { ...options, whyNoFlag }, spool).notes,
  })
}

/** A migration, as the command does it: what is unfinished is settled, both are scanned, a plan is made and carried out. */
export async function migrate(
  bench: Pick<Workbench, 'runs'>,
  from: Place,
  to: Place,
  more: Partial<ApplyRequest> = {},
  between: () => void | Promise<void> = () => {},
): Promise<Migrated> {
  if (bench.runs.all().length > 0) await settle(bench, [{ open: () => to.openForWriting() }])
  return await withCompared(from, to, async ({ sides, plan, comparison }) => {
    using spool = new StepSpool()
    const notes = plan(spool)
    const steps = [...spool.steps()]
    const goesTo = new Map<string, string>(comparison.folders.pairing.pairs.map(({ master, slave }) => [master, slave]))
    const folderFor = (name: string) => goesTo.get(name) ?? name
    const { summary } = comparison
    if (steps.length === 0) return { steps, notes, result: null, summary, folderFor }
    const { header } = planOf([], sides, { command: 'migrate' })
    await between()
    return { steps, notes, result: await apply(bench, spool.toPlan(header), sides, more), summary, folderFor }
  })
}

/** What `mbaudit compare` counts. */
export function compared(from: Place, to: Place): Promise<CompareSummary> {
  return withCompared(from, to, async ({ comparison }) => comparison.summary)
}

/** What a person finds of one message. */
export interface Found {
  readonly raw: string
  readonly wire: string
  readonly flags: readonly string[]
  readonly received: number | null
}

/** All that a store holds, by folder, in its order. Fails where something is not read in full, or is no mail. */
export async function holds(place: Place): Promise<Record<string, readonly Found[]>> {
  await using store = await place.open()
  const { folders, troubles } = await store.list()
  if (troubles.length > 0) throw new Error(JSON.stringify(troubles))
  const all: Record<string, readonly Found[]> = {}
  for (const { name } of folders) {
    await using folder = await store.open(name)
    const { copies, verdict, troubles, foreign } = await scanFolder(folder)
    if (verdict.outcome !== 'complete' || troubles.length + foreign.length > 0)
      throw new Error(`${name}: ${JSON.stringify([verdict, troubles, foreign])}`)
    const ordered = [...copies].sort(inFolderOrder)
    const raws = await readAll(
      folder,
      ordered.map(({ locator }) => locator),
    )
    all[name] = ordered.map(({ flags, received }, n) => {
      const raw = raws[n] ?? Buffer.from('unreadable')
      return { raw: raw.toString('latin1'), wire: wireDigest(raw), flags, received }
    })
  }
  return all
}
