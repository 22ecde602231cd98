import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { applyPlan } from '../../src/apply/apply.js'
import { findDuplicates } from '../../src/audit/duplicates.js'
import { wireDigest } from '../../src/message/wire.js'
import { planDedupe, SURE_CLASSES } from '../../src/plan/dedupe.js'
import { StepSpool } from '../../src/plan/step-spool.js'
import { type MemoryMessage, type MemoryStore, makeMemoryStore } from '../../src/stores/memory/store.js'
import { type MemoryWriting, writableMemory } from '../../src/stores/memory/writing.js'
import { type FolderName, folderName } from '../../src/stores/store.js'
import { applyStores, NOW, planOf, settle, sideOf, Workbench } from '../support/applying.js'
import { syncOneWay } from '../support/one-way.js'

const RUNS = process.env.MBAUDIT_LONG ? 1_000 : 40
const FOLDERS = ['INBOX', 'Work', 'Old']

/** Few mails, so that many are alike: two texts under each of three IDs, and mail with no ID. */
const aRaw = fc.record({ name: fc.constantFrom('a', 'b', 'c', null), text: fc.nat(1) }).map(({ name, text }) => {
  const id = name === null ? '' : `Message-ID: <${name}@example.org>\n`
  const head = `From: ana@example.org\nSubject: ${name ?? `none ${text}`}\nDate: Thu, 29 Feb 2024 10:00:0${text} +0000\n${id}`
  return Buffer.from(`${head}\n${text === 0 ? 'One text.' : 'Quite another thing that it says.'}\n`)
})
const aMessage: fc.Arbitrary<MemoryMessage> = fc.record({
  raw: aRaw,
  flags: fc.subarray(['\\Flagged', '\\Seen', 'todo']),
  received: fc.nat(3),
})
const someMessages = fc.array(aMessage, { maxLength: 5 })
const aStore = fc.record(Object.fromEntries(FOLDERS.map((folder) => [folder, someMessages])))

/** What another program does between the plan and the run. */
const aChange = fc.record({
  side: fc.constantFrom('master' as const, 'slave' as const),
  what: fc.constantFrom('add' as const, 'remove' as const, 'flag' as const, 'rewrite' as const),
  folder: fc.constantFrom(...FOLDERS),
  at: fc.nat(4),
  message: aMessage,
})
type OutsideChange = typeof aChange extends fc.Arbitrary<infer T> ? T : never

const aWriting = fc.record({
  movesNatively: fc.boolean(),
  neverExpunges: fc.boolean(),
  atOnce: fc.record({ messages: fc.integer({ min: 1, max: 3 }), octets: fc.constant(1 << 20) }),
  refuses: fc.constantFrom(undefined, 'One text.', '<b@'),
})

const writingOf = ({ refuses, ...rest }: typeof aWriting extends fc.Arbitrary<infer T> ? T : never): MemoryWriting => ({
  ...rest,
  refuses: ({ bytes }) => (refuses !== undefined && bytes.includes(refuses) ? 'not this one' : null),
})

class Killed extends Error {}

function change(stores: Readonly<Record<'master' | 'slave', MemoryStore>>, changes: readonly OutsideChange[]): void {
  for (const { side, what, folder, at, message } of changes) {
    const held = stores[side].folders.get(folderName(folder)) ?? []
    const met = held[at]
    if (what === 'add') held.push({ ...message })
    else if (met === undefined) continue
    else if (what === 'remove') held.splice(at, 1)
    else if (what === 'flag') met.flags = message.flags
    else met.raw = message.raw
  }
}

const copied = (folders: Readonly<Record<string, readonly MemoryMessage[]>>) =>
  Object.fromEntries(Object.entries(folders).map(([name, messages]) => [name, messages.map((each) => ({ ...each }))]))

const wiresOf = (store: MemoryStore): readonly string[] =>
  [...store.folders.values()].flatMap((messages) => messages.map(({ raw }) => wireDigest(raw)))

/** How often each mail lies in each folder. */
function countWires(store: MemoryStore): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const [folder, messages] of store.folders)
    for (const { raw } of messages) {
      const key = `${folder} ${wireDigest(raw)}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  return counts
}

const howOften = (store: MemoryStore, wire: string): number => wiresOf(store).filter((each) => each === wire).length

function quarantined({ runs }: Workbench): ReadonlySet<string> {
  const files = runs.all().flatMap(({ quarantine }) => {
    try {
      return readdirSync(join(quarantine, 'cur')).map((name) => readFileSync(join(quarantine, 'cur', name)))
    } catch {
      return []
    }
  })
  return new Set(files.map(wireDigest))
}

const snapshot = (store: MemoryStore): string =>
  JSON.stringify(
    [...store.folders].map(([name, messages]) => [
      name,
      messages.map(({ raw, flags, received }) => [raw.toString(), flags, received]),
    ]),
  )

it('a sync, whatever happens meanwhile: the master is untouched, nothing is lost or doubled, and it comes to an end', async () => {
  const given = fc.record({
    master: aStore,
    slave: aStore,
    mode: fc.constantFrom('archive' as const, 'mirror' as const),
    writing: aWriting,
    changes: fc.array(aChange, { maxLength: 4 }),
    killedAt: fc.integer({ min: 0, max: 30 }),
    jobs: fc.integer({ min: 1, max: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(given, async ({ mode, writing, changes, killedAt, jobs, ...folders }) => {
      using bench = new Workbench()
      const master = makeMemoryStore(copied(folders.master), { name: 'master' })
      const slave = makeMemoryStore(copied(folders.slave), { name: 'slave' })
      let met = 0
      const onChange = () => {
        if (killedAt > 0 && ++met >= killedAt) throw new Killed()
      }
      const steady = writingOf(writing)
      const dying = { master, slave, openSlave: async () => writableMemory(slave, { ...steady, onChange }) }
      const living = { master, slave, openSlave: async () => writableMemory(slave, steady) }
      let rightBefore = ''
      let before: readonly string[] = []
      let counts = countWires(slave)
      const between = () => {
        change({ master, slave }, changes)
        rightBefore = snapshot(master)
        before = wiresOf(slave)
        counts = countWires(slave)
      }
      between()
      try {
        await syncOneWay(bench, dying, mode, { jobs }, between)
      } catch (error) {
        if (!(error instanceof Killed)) throw error
      }
      const masters = countWires(master)
      /** A mail may lie wherever it lay, and once in each folder where the master has it. */
      const most = (wire: string) =>
        FOLDERS.map((folder) => `${folder} ${wire}`).reduce(
          (sum, key) => sum + Math.max(counts.get(key) ?? 0, masters.has(key) ? 1 : 0),
          0,
        )
      const check = () => {
        expect(snapshot(master)).toBe(rightBefore)
        const held = new Set([...wiresOf(slave), ...quarantined(bench)])
        expect(before.filter((wire) => !held.has(wire))).toEqual([])
        if (mode === 'archive') expect(wiresOf(slave).length).toBeGreaterThanOrEqual(before.length)
        if (!writing.neverExpunges)
          for (const wire of new Set(wiresOf(slave))) expect(howOften(slave, wire)).toBeLessThanOrEqual(most(wire))
      }
      await settle(bench, [{ open: living.openSlave }])
      check()
      // What a deletion gave room for comes with the next sync at the latest.
      for (let round = 0; round < 3; round++) await syncOneWay(bench, living, mode)
      check()
      if (writing.refuses === undefined && !writing.neverExpunges) {
        expect((await syncOneWay(bench, living, mode)).steps).toEqual([])
        if (mode === 'mirror') {
          expect([...countWires(slave).keys()].sort()).toEqual([...masters.keys()].sort())
          for (const [key, count] of countWires(slave)) expect(count).toBeLessThanOrEqual(masters.get(key) ?? 0)
        }
      }
    }),
    { numRuns: RUNS },
  )
}, 600_000)

it('dedupe, whatever happens meanwhile: of every mail one copy stays, and what goes lies in the quarantine', async () => {
  const given = fc.record({
    store: aStore,
    writing: aWriting,
    changes: fc.array(aChange, { maxLength: 4 }),
    killedAt: fc.integer({ min: 0, max: 12 }),
    scope: fc.constantFrom('folder' as const, 'store' as const),
  })
  await fc.assert(
    fc.asyncProperty(given, async ({ store: folders, writing, changes, killedAt, scope }) => {
      using bench = new Workbench()
      const store = makeMemoryStore(copied(folders))
      let met = 0
      const onChange = () => {
        if (killedAt > 0 && ++met >= killedAt) throw new Killed()
      }
      const steady = writingOf(writing)
      const side = await sideOf(store, async () => writableMemory(store, { ...steady, onChange }))
      const found = await findDuplicates([side.scanned.index], { by: 'id', scope, keep: [] })
      using spool = new StepSpool()
      await planDedupe(found.rows(), [side.scanned.index], { classes: SURE_CLASSES, whyNoFlag: () => '' }, spool)
      const planned = new Set([...spool.steps()].flatMap((step) => (step.op === 'delete' ? [step.at.locator] : [])))
      change({ master: store, slave: store }, changes)
      const before = new Map([...store.folders].map(([name, messages]) => [name, [...messages]]))
      const wires = new Set(wiresOf(store))
      const run = await bench.runs.create(spool.toPlan(planOf([], [side], { command: 'dedupe' }).header), NOW)
      try {
        const signal = new AbortController().signal
        const quiet = { onProgress: () => {}, note: () => {}, now: () => NOW }
        await applyPlan({ run, stores: applyStores([side]), jobs: 2, signal, ...quiet })
      } catch (error) {
        if (!(error instanceof Killed)) throw error
      }
      await settle(bench, [{ open: async () => writableMemory(store, steady) }])
      const gone = [...before].flatMap(([name, messages]) => messages.filter((each) => !isIn(store, name, each)))
      for (const message of gone) expect(planned).toContain(store.locatorOf(message))
      const kept = quarantined(bench)
      expect(gone.filter(({ raw }) => !kept.has(wireDigest(raw)))).toEqual([])
      const after = new Set(wiresOf(store))
      const lost = [...wires].filter((wire) => !after.has(wire))
      expect(lost).toEqual([])
    }),
    { numRuns: RUNS },
  )
}, 600_000)

const isIn = (store: MemoryStore, folder: FolderName, message: MemoryMessage): boolean =>
  store.folders.get(folder)?.includes(message) ?? false
