import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApplyRequest, type ApplyStore, applyPlan } from '../../src/apply/apply.js'
import type { ApplyResult } from '../../src/apply/result.js'
import type { Run, Runs } from '../../src/apply/run.js'
import { openRuns } from '../../src/apply/runs.js'
import { settleUnfinished } from '../../src/apply/settle.js'
import type { IndexedCopy } from '../../src/index/copy-index.js'
import type { ScannedStore } from '../../src/index/scan.js'
import type { Plan, PlanCommand, PlanHeader } from '../../src/plan/plan.js'
import type { CopyRef, Draft, Expected, Lacking, Step } from '../../src/plan/step.js'
import { StepSpool } from '../../src/plan/step-spool.js'
import { type MemoryMessage, type MemoryStore, makeMemoryStore } from '../../src/stores/memory/store.js'
import { type MemoryWriting, writableMemory } from '../../src/stores/memory/writing.js'
import { folderName, type Store } from '../../src/stores/store.js'
import type { WritableStore } from '../../src/stores/writable.js'
import { scan } from './scanning.js'

/** A place for runs and their quarantine, gone at the end. */
export class Workbench implements Disposable {
  readonly root: string
  readonly runs: Runs

  constructor() {
    this.root = mkdtempSync(join(tmpdir(), 'mbaudit-apply-'))
    this.runs = openRuns({ state: join(this.root, 'state'), data: join(this.root, 'data') })
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

/** A mail with an ID of its own. */
export function mail(name: string, more: Partial<MemoryMessage> & { readonly text?: string } = {}): MemoryMessage {
  const { text = `text of ${name}`, ...rest } = more
  const head = `From: ana@example.org\nSubject: ${name}\nDate: Thu, 29 Feb 2024 10:00:00 +0000\nMessage-ID: <${name}@example.org>\n`
  return { raw: Buffer.from(`${head}\n${text}\n`), flags: [], received: 1_709_200_800, ...rest }
}

/** A store that a test applies plans to. */
export interface Side {
  readonly store: Store
  readonly scanned: ScannedStore
  readonly open: (() => Promise<WritableStore>) | null
}

/** Scans a store; `open` makes it a target. */
export async function sideOf(store: Store, open: Side['open'] = null): Promise<Side> {
  return { store, scanned: await scan(store), open }
}

export async function memorySide(
  name: string,
  folders: Readonly<Record<string, readonly MemoryMessage[]>>,
  writing: MemoryWriting | null = {},
): Promise<Side & { readonly store: MemoryStore }> {
  const store = makeMemoryStore(folders, { name })
  const open = writing === null ? null : async () => writableMemory(store, writing)
  return { store, scanned: await scan(store), open }
}

const nameOf = ({ store }: Side): string => store.spec.name

/** The copy whose Message-ID is `<name@example.org>`, the nth of a folder. */
export function copyOf({ scanned }: Side, name: string, folder = 'INBOX', nth = 0): IndexedCopy {
  const copies = scanned.index.copiesOf(`<${name}@example.org>`, 'id').filter((copy) => copy.folder === folder)
  const copy = copies[nth]
  if (copy === undefined) throw new Error(`no ${name} in ${folder}`)
  return copy
}

export function placeOf(side: Side, copy: IndexedCopy): CopyRef {
  return { store: nameOf(side), folder: copy.folder, locator: copy.locator }
}

export function expected(side: Side, copy: IndexedCopy): Expected {
  const { id, size, date } = copy
  const facts = side.scanned.index.folders().find(({ folder }) => folder === copy.folder)
  const identity = side.scanned.index.copyAt(copy.folder, copy.locator)?.identity ?? ''
  return { identity, id, wire: side.scanned.index.wire(copy), size, date, generation: facts?.generation ?? null }
}

export function lacking(side: Side, copy: IndexedCopy, folder: string | null, atMost = 0): Lacking {
  const identity = copy.id ?? ''
  return { store: nameOf(side), folder: folder === null ? null : folderName(folder), identity, atMost }
}

export function copyStep(from: Side, copy: IndexedCopy, to: Side, folder = 'INBOX', atMost = 0): Draft {
  return {
    op: 'copy',
    why: 'missing',
    from: placeOf(from, copy),
    to: { store: nameOf(to), folder: folderName(folder) },
    expect: expected(from, copy),
    flags: copy.flags,
    received: copy.received,
    lacking: lacking(to, copy, folder, atMost),
  }
}

export function deleteStep(at: Side, copy: IndexedCopy, safe: Extract<Step, { op: 'delete' }>['safe']): Draft {
  const { flags, received } = copy
  const common = { op: 'delete', why: 'extra', staysElsewhere: false } as const
  return { ...common, at: placeOf(at, copy), expect: expected(at, copy), flags, received, safe }
}

export function keptAs(side: Side, copy: IndexedCopy): Extract<Step, { op: 'delete' }>['safe'] {
  return { keptAs: placeOf(side, copy), expect: expected(side, copy) }
}

export function flagsStep(at: Side, copy: IndexedCopy, add: readonly string[], remove: readonly string[] = []): Draft {
  return {
    op: 'flags',
    why: 'flagged',
    at: placeOf(at, copy),
    expect: expected(at, copy),
    had: copy.flags,
    add,
    remove,
  }
}

export function moveStep(at: Side, copy: IndexedCopy, to: string): Draft {
  const common = { op: 'move', why: 'moved', at: placeOf(at, copy), to: folderName(to) } as const
  return { ...common, expect: expected(at, copy), lacking: lacking(at, copy, to) }
}

/** A plan of drafts, in the order of plans. */
export function planOf(
  drafts: readonly Draft[],
  sides: readonly Side[],
  more: Partial<PlanHeader> & { readonly command?: PlanCommand } = {},
): Plan {
  const spool = new StepSpool()
  for (const [at, draft] of drafts.entries()) spool.add(draft, at)
  const header: PlanHeader = {
    mbaudit: 'plan',
    version: 1,
    made: '2024-03-01T08:00:00Z',
    command: 'sync',
    options: {},
    stores: sides.map(({ store, open }) => ({
      name: store.spec.name,
      type: store.spec.type,
      role: open === null ? 'source' : 'target',
      open: store.spec.name,
      identity: store.identity,
    })),
    compared: {},
    notes: [],
    ...more,
  }
  return spool.toPlan(header)
}

export const applyStores = (sides: readonly Side[]): readonly ApplyStore[] =>
  sides.map((side) => ({ ...side, name: nameOf(side) }))

export const NOW = Date.UTC(2024, 2, 1, 8)

/** Carries a run out, as a command does: what is unfinished on its targets is settled before. */
export async function carryOut(
  run: Run,
  sides: readonly Side[],
  more: Partial<ApplyRequest> = {},
): Promise<ApplyResult> {
  return applyPlan({
    run,
    stores: applyStores(sides),
    jobs: 2,
    signal: new AbortController().signal,
    onProgress: () => {},
    note: () => {},
    now: () => NOW,
    ...more,
  })
}

/** Makes a run of a plan and carries it out. */
export async function apply(
  bench: Pick<Workbench, 'runs'>,
  plan: Plan,
  sides: readonly Side[],
  more: Partial<ApplyRequest> = {},
): Promise<ApplyResult & { readonly run: Run }> {
  const run = await bench.runs.create(plan, NOW)
  return { ...(await carryOut(run, sides, more)), run }
}

/** Settles what was left on the targets. */
export async function settle(
  { runs }: Pick<Workbench, 'runs'>,
  sides: readonly Pick<Side, 'open'>[],
  notes: string[] = [],
): Promise<void> {
  for (const { open } of sides) {
    if (open === null) continue
    await using target = await open()
    await settleUnfinished(
      runs,
      target,
      (text) => notes.push(text),
      () => NOW,
    )
  }
}

/** What a memory store holds: of each folder the subjects with their flags. */
export function told({ store }: { readonly store: MemoryStore }): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries([...store.folders].map(([name, messages]) => [name, messages.map(tellOne)]))
}

function tellOne({ raw, flags }: MemoryMessage): string {
  const subject = /^Subject: (.*)$/m.exec(raw.toString('latin1'))?.[1] ?? raw.toString('latin1')
  return [subject, ...flags].join(' ')
}
