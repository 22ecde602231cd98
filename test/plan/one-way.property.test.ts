import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compareMessages } from '../../src/message/difference.js'
import { wireDigest } from '../../src/message/wire.js'
import type { OneWayOptions } from '../../src/plan/one-way.js'
import { planLines, readPlan } from '../../src/plan/plan-file.js'
import type { Step } from '../../src/plan/step.js'
import type { MemoryMessage, MemoryStore } from '../../src/stores/memory/store.js'
import { PlanEffect } from '../support/plan-effect.js'
import { ARCHIVE, headerFor, MIRROR, syncPlan } from '../support/planning.js'
import { contentsOf, type Folders, someFolders, storeOf } from '../support/small-pool.js'

const RUNS = process.env.MBAUDIT_LONG ? 1_000 : 60

const someOptions = fc.record({
  mode: fc.constantFrom<OneWayOptions['mode']>('archive', 'mirror'),
  copies: fc.constantFrom<OneWayOptions['copies']>('one', 'all'),
  deleteFolders: fc.boolean(),
})

async function carriedOut(first: Folders, second: Folders, options: OneWayOptions) {
  const [master, slave] = [storeOf('master', first), storeOf('slave', second)]
  const before = contentsOf(master)
  const held = wires(slave)
  const plan = await syncPlan(master, slave, options)
  new PlanEffect([master, slave]).apply(plan.steps)
  expect(contentsOf(master)).toEqual(before)
  return { master, slave, held, plan }
}

const all = (store: MemoryStore): MemoryMessage[] => [...store.folders.values()].flat()
const wires = (store: MemoryStore): string[] =>
  all(store)
    .map(({ raw }) => wireDigest(raw))
    .sort()

function isIn(sorted: readonly string[], held: readonly string[]): boolean {
  const left = [...sorted]
  return held.every((wire) => {
    const at = left.indexOf(wire)
    if (at >= 0) left.splice(at, 1)
    return at >= 0
  })
}

it('an archive loses nothing, and holds every mail of the master in its folder', async () => {
  await fc.assert(
    fc.asyncProperty(someFolders, someFolders, fc.constantFrom<'one' | 'all'>('one', 'all'), async (a, b, copies) => {
      const { master, slave, held, plan } = await carriedOut(a, b, { ...ARCHIVE, copies })
      expect(isIn(wires(slave), held)).toBe(true)
      expect(plan.steps.filter(({ op }) => op === 'delete' || op === 'deleteFolder')).toEqual([])
      for (const [folder, messages] of master.folders) {
        for (const { raw } of messages) {
          const there = folder === 'Trash' ? all(slave) : (slave.folders.get(folder) ?? [])
          const isThere = there.some((other) => compareMessages(other.raw, raw).class !== 'different')
          const isToldOf = plan.notes.some((note) => note.includes('and not copied again'))
          expect(isThere || (isToldOf && there.length > 1)).toBe(true)
        }
      }
    }),
    { numRuns: RUNS },
  )
})

it('carried out, and planned again, a plan is empty', async () => {
  await fc.assert(
    fc.asyncProperty(someFolders, someFolders, someOptions, async (a, b, chosen) => {
      const options = { ...ARCHIVE, ...chosen }
      const { master, slave } = await carriedOut(a, b, options)
      expect((await syncPlan(master, slave, options)).steps).toEqual([])
    }),
    { numRuns: RUNS },
  )
})

it('a mirror has what the master has, where it has it and flagged as it is', async () => {
  await fc.assert(
    fc.asyncProperty(someFolders, someFolders, fc.constantFrom<'one' | 'all'>('one', 'all'), async (a, b, copies) => {
      const { master, slave } = await carriedOut(a, b, { ...MIRROR, copies, deleteFolders: true })
      const { summary } = await syncPlan(master, slave)
      const { missing, extra, moved, flags, copies: more, foldersMissing } = summary
      expect({ missing, extra, moved, flags, foldersMissing }).toEqual({
        ...{ missing: 0, extra: 0, moved: 0, flags: 0, foldersMissing: 0 },
      })
      if (copies === 'all') expect(more).toBe(0)
    }),
    { numRuns: RUNS },
  )
})

it('to an empty store, all copies come in the order of their folders', async () => {
  await fc.assert(
    fc.asyncProperty(someFolders, async (folders) => {
      const { slave, master } = await carriedOut(folders, {}, { ...ARCHIVE, copies: 'all' })
      expect(contentsOf(slave)).toEqual(contentsOf(master))
    }),
    { numRuns: RUNS / 2 },
  )
})

it('is the same when it was written and read again', async () => {
  await fc.assert(
    fc.asyncProperty(someFolders, someFolders, someOptions, async (a, b, chosen) => {
      const { steps } = await syncPlan(storeOf('master', a), storeOf('slave', b), { ...ARCHIVE, ...chosen })
      const header = headerFor('sync', ['master', 'slave'])
      using read = readPlan(linesOf(header, steps), 'plan.jsonl')
      expect(read.header).toEqual(header)
      expect([...read.steps()]).toEqual(steps)
    }),
    { numRuns: RUNS / 2 },
  )
})

function* linesOf(header: ReturnType<typeof headerFor>, steps: readonly Step[]): Iterable<string> {
  for (const line of planLines({ header, steps: () => steps })) yield line.slice(0, -1)
}
