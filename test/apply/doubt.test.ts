import { describe, expect, it } from 'vitest'
import { type MemoryMessage, type MemoryStore, makeMemoryStore } from '../../src/stores/memory/store.js'
import { type MemoryWriting, writableMemory } from '../../src/stores/memory/writing.js'
import { type Folder, folderName, type Store } from '../../src/stores/store.js'
import {
  apply,
  carryOut,
  copyOf,
  copyStep,
  deleteStep,
  lacking,
  mail,
  memorySide,
  moveStep,
  NOW,
  planOf,
  type Side,
  settle,
  told,
  Workbench,
} from '../support/applying.js'
import { forEachTest } from '../support/for-each-test.js'
import { scan } from '../support/scanning.js'

const bench = forEachTest(() => new Workbench())

class Killed extends Error {}

const whyOf = (result: { readonly failures: Iterable<{ readonly code: string; readonly message: string }> }) =>
  Array.from(result.failures, ({ code, message }) => [code, message])
const STALE = (why: string) => [['PLAN_STALE', why]]

/** A store that is read otherwise than it is. */
function readAs(store: MemoryStore, change: (folder: Folder) => Folder): Store & Pick<MemoryStore, 'folders'> {
  return { ...store, folders: store.folders, open: async (name) => change(await store.open(name)) }
}

async function sideOf(store: Store & Pick<MemoryStore, 'folders'>, memory: MemoryStore, writing: MemoryWriting) {
  return { store, scanned: await scan(store), open: async () => writableMemory(memory, writing) }
}

describe('a store that could not be read in full', () => {
  const broken = () => mail('broken', { isBroken: true })

  it('gets no copy into the folder that this is so of, and gets one into others', async () => {
    const master = await memorySide('master', { INBOX: [mail('a'), mail('b')] }, null)
    const slave = await memorySide('slave', { INBOX: [broken()], Work: [] })
    const steps = [copyStep(master, copyOf(master, 'a'), slave), copyStep(master, copyOf(master, 'b'), slave, 'Work')]
    const result = await apply(bench, planOf(steps, [master, slave]), [master, slave])
    expect(result).toMatchObject({ done: 1, skipped: 1 })
    expect(whyOf(result)).toEqual(STALE('INBOX could not be read in full'))
    expect(told(slave).Work).toEqual(['b'])
  })

  it('makes nothing safe to delete that it is said to lack', async () => {
    const master = await memorySide('master', { INBOX: [], Work: [broken()] }, null)
    const slave = await memorySide('slave', { INBOX: [mail('x')] })
    const x = copyOf(slave, 'x')
    const step = deleteStep(slave, x, { lacking: lacking(master, x, null) })
    const result = await apply(bench, planOf([step], [master, slave]), [master, slave])
    expect(result).toMatchObject({ done: 0, skipped: 1 })
    expect(whyOf(result)).toEqual(STALE('master could not be read in full'))
    expect(told(slave)).toEqual({ INBOX: ['x'] })
  })

  it('is in doubt too where a folder of it could not be listed', async () => {
    const memory = makeMemoryStore({ INBOX: [] }, { name: 'master' })
    let isListed = true
    const trouble = { code: 'UNREADABLE', folder: folderName('Work'), locator: null, message: 'no leave' } as const
    const list = async () => ({ ...(await memory.list()), troubles: isListed ? [] : [trouble] })
    const store: Store = { ...memory, list }
    const master: Side = { store, scanned: await scan(store), open: null }
    const slave = await memorySide('slave', { INBOX: [mail('x')] })
    const x = copyOf(slave, 'x')
    const plan = planOf([deleteStep(slave, x, { lacking: lacking(master, x, null) })], [master, slave])
    isListed = false
    const result = await apply(bench, plan, [master, slave])
    expect(whyOf(result)).toEqual(STALE('master could not be read in full'))
    expect(told(slave)).toEqual({ INBOX: ['x'] })
  })
})

describe('copies that the run itself has stored', () => {
  it.each([['INBOX'], [null]])(
    'are not those that a later step must lack in %s, when it is gone on with',
    async (where) => {
      let met = 0
      const dying: MemoryWriting = {
        atOnce: { messages: 1, octets: 1 },
        onChange: () => {
          if (++met > 2) throw new Killed()
        },
      }
      const master = await memorySide('master', { INBOX: [mail('a'), mail('a')] }, null)
      const slave = await memorySide('slave', { INBOX: [] }, dying)
      const steps = [0, 1].map((nth) => {
        const copy = copyOf(master, 'a', 'INBOX', nth)
        return { ...copyStep(master, copy, slave), lacking: lacking(slave, copy, where) }
      })
      const run = await bench.runs.create(planOf(steps, [master, slave]), NOW)
      await expect(carryOut(run, [master, slave])).rejects.toThrow(Killed)
      expect(told(slave)).toEqual({ INBOX: ['a'] })
      const living = { ...slave, open: async () => writableMemory(slave.store) }
      await settle(bench, [living])
      const result = await carryOut(bench.runs.open(run.name), [master, living])
      expect(result).toMatchObject({ done: 2, skipped: 0, failed: 0 })
      expect(told(slave)).toEqual({ INBOX: ['a', 'a'] })
    },
  )

  it('are told from those of others', async () => {
    const master = await memorySide('master', { INBOX: [mail('a')] }, null)
    const slave = await memorySide('slave', { INBOX: [] })
    const plan = planOf([copyStep(master, copyOf(master, 'a'), slave)], [master, slave])
    slave.store.folders.get(folderName('INBOX'))?.push(mail('a'))
    const result = await apply(bench, plan, [master, slave])
    expect(whyOf(result)).toEqual(STALE('the mail is there by now'))
    expect(told(slave)).toEqual({ INBOX: ['a'] })
  })
})

describe('a folder that nobody looked at', () => {
  const INBOX_ALONE = { wanted: (folder: string) => folder === 'INBOX' }
  const copyInto = async (there: readonly MemoryMessage[]) => {
    const master = await memorySide('master', { INBOX: [mail('a')] }, null)
    const made = await memorySide('slave', { INBOX: [], Other: there })
    const slave = { ...made, scanned: await scan(made.store, INBOX_ALONE) }
    const plan = planOf([copyStep(master, copyOf(master, 'a'), slave, 'Other')], [master, slave])
    return { result: await apply(bench, plan, [master, slave]), slave }
  }

  it('gets no copy where there is mail in it, since it may be there', async () => {
    const { result, slave } = await copyInto([mail('a')])
    expect(whyOf(result)).toEqual(STALE('the folder was not looked at'))
    expect(told(slave).Other).toEqual(['a'])
  })

  it('gets its copy where it is empty', async () => {
    const { result, slave } = await copyInto([])
    expect([whyOf(result), told(slave).Other]).toEqual([[], ['a']])
  })
})

describe.each([true, false])('a message whose bounds are in doubt (moved by the store itself: %s)', (movesNatively) => {
  it('is not moved; the others are', async () => {
    const memory = makeMemoryStore({ INBOX: [mail('unsure'), mail('sure')], Work: [] }, { name: 'slave' })
    const doubting = (folder: Folder): Folder => ({
      name: folder.name,
      abilities: folder.abilities,
      read: (locators) => folder.read(locators),
      measure: () => folder.measure(),
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
      async *scan(known, readers, want) {
        for await (const batch of folder.scan(known, readers, want))
          yield {
            ...batch,
            read: batch.read.map((copy) => ({ ...copy, boundsInDoubt: copy.facts.id?.includes('unsure') === true })),
          }
      },
    })
    const slave = await sideOf(readAs(memory, doubting), memory, { movesNatively })
    const steps = ['unsure', 'sure'].map((name) => moveStep(slave, copyOf(slave, name), 'Work'))
    const result = await apply(bench, planOf(steps, [slave]), [slave])
    expect(result).toMatchObject({ done: 1, skipped: 1 })
    expect(whyOf(result)).toEqual(STALE('where the message begins and ends is in doubt'))
    expect(told({ store: memory })).toEqual({ INBOX: ['unsure'], Work: ['sure'] })
  })
})
