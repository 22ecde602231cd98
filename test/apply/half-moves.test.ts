import { describe, expect, it } from 'vitest'
import type { Run } from '../../src/apply/run.js'
import { walkRunSteps } from '../../src/apply/runs.js'
import type { MemoryStore } from '../../src/stores/memory/store.js'
import { type MemoryWriting, writableMemory } from '../../src/stores/memory/writing.js'
import { folderName } from '../../src/stores/store.js'
import {
  carryOut,
  copyOf,
  mail,
  memorySide,
  moveStep,
  NOW,
  planOf,
  settle,
  told,
  Workbench,
} from '../support/applying.js'
import { forEachTest } from '../support/for-each-test.js'

const bench = forEachTest(() => new Workbench())

class Killed extends Error {}
const [INBOX, WORK] = [folderName('INBOX'), folderName('Work')]

/** Moves by copying, and is killed when the copies are there and no original is gone. */
const DYING: MemoryWriting = {
  movesNatively: false,
  onChange: (when, what) => {
    if (when === 'before' && !what.startsWith('append')) throw new Killed()
  },
}

async function halfMoved() {
  const side = await memorySide('slave', { INBOX: [mail('a'), mail('b')], Work: [] }, DYING)
  const plan = planOf(
    ['a', 'b'].map((name) => moveStep(side, copyOf(side, name), 'Work')),
    [side],
  )
  const run = await bench.runs.create(plan, NOW)
  await expect(carryOut(run, [side])).rejects.toThrow(Killed)
  const { store } = side
  expect(told(side)).toEqual({ INBOX: ['a', 'b'], Work: ['a', 'b'] })
  return { run, store, side: { ...side, open: async () => writableMemory(store, { movesNatively: false }) } }
}

const change = (store: MemoryStore, folder: typeof INBOX, nth: number, text: string): void => {
  const message = store.folders.get(folder)?.[nth]
  if (message !== undefined) message.raw = mail(text).raw
}

const statesOf = async (run: Run, side: Parameters<typeof carryOut>[1][number]) => {
  const { done, skipped, failed, open } = await carryOut(bench.runs.open(run.name), [side])
  return { done, skipped, failed, open }
}

describe('moves that were stopped between the copy and the deletion of the original', () => {
  it('are brought to their end before any other plan is made', async () => {
    const { run, side } = await halfMoved()
    await settle(bench, [side])
    expect(told(side)).toEqual({ INBOX: [], Work: ['a', 'b'] })
    expect(Array.from(walkRunSteps(run), ({ state }) => state)).toEqual(['done', 'done'])
    expect(await statesOf(run, side)).toEqual({ done: 2, skipped: 0, failed: 0, open: 0 })
    expect(told(side)).toEqual({ INBOX: [], Work: ['a', 'b'] })
  })

  it('leave an original that is another message by now', async () => {
    const { store, side } = await halfMoved()
    change(store, INBOX, 0, 'other')
    await settle(bench, [side])
    expect(told(side)).toEqual({ INBOX: ['other'], Work: ['a', 'b'] })
  })

  it('leave an original that is another message by now, even if its copy is that one too', async () => {
    const { store, side } = await halfMoved()
    change(store, INBOX, 0, 'other')
    change(store, WORK, 0, 'other')
    await settle(bench, [side])
    expect(told(side)).toEqual({ INBOX: ['other'], Work: ['other', 'b'] })
  })

  it('leave an original whose copy is another message by now, or gone', async () => {
    const { store, side } = await halfMoved()
    change(store, WORK, 0, 'other')
    store.folders.get(WORK)?.pop()
    await settle(bench, [side])
    expect(told(side)).toEqual({ INBOX: ['a', 'b'], Work: ['other'] })
  })

  it('are looked for in their own store alone, where a run has several', async () => {
    const other = await memorySide('other', { INBOX: [mail('a')], Work: [mail('a')] })
    const side = await memorySide('slave', { INBOX: [mail('a')], Work: [] }, DYING)
    const plan = planOf([moveStep(side, copyOf(side, 'a'), 'Work')], [other, side])
    const run = await bench.runs.create(plan, NOW)
    await expect(carryOut(run, [other, side])).rejects.toThrow(Killed)
    await settle(bench, [other])
    expect(told(other)).toEqual({ INBOX: ['a'], Work: ['a'] })
    expect(told(side)).toEqual({ INBOX: ['a'], Work: ['a'] })
  })

  it('are left alone by who settles another store', async () => {
    const { side } = await halfMoved()
    const other = await memorySide('slave', { INBOX: [mail('a')], Work: [mail('a')] })
    await settle(bench, [other])
    expect(told(other)).toEqual({ INBOX: ['a'], Work: ['a'] })
    expect(told(side)).toEqual({ INBOX: ['a', 'b'], Work: ['a', 'b'] })
  })
})
