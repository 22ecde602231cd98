import { expect, it } from 'vitest'
import { MbauditError } from '../../src/errors.js'
import { writableMemory } from '../../src/stores/memory/writing.js'
import type { Work } from '../../src/stores/writable.js'
import {
  apply,
  carryOut,
  copyOf,
  copyStep,
  deleteStep,
  lacking,
  mail,
  memorySide,
  NOW,
  planOf,
  type Side,
  told,
  Workbench,
} from '../support/applying.js'
import { forEachTest } from '../support/for-each-test.js'

const bench = forEachTest(() => new Workbench())

const ONE_BY_ONE = { atOnce: { messages: 1, octets: 1 } }
const NAMES = ['a', 'b', 'c', 'd']

async function copying(writing: object = {}) {
  const master = await memorySide('master', { INBOX: NAMES.map((name) => mail(name)) }, null)
  const slave = await memorySide('slave', { INBOX: [mail('old')] }, { ...ONE_BY_ONE, ...writing })
  const copies = NAMES.map((name) => copyStep(master, copyOf(master, name), slave))
  return { master, slave, copies }
}

/** A target whose folders fail at a piece of work, in a way of their own. */
function failing(side: Side & Awaited<ReturnType<typeof memorySide>>, act: (work: Work, nth: number) => void): Side {
  let nth = 0
  const open = async () => {
    const store = writableMemory(side.store, ONE_BY_ONE)
    const openForWriting: typeof store.openForWriting = async (name) => {
      const folder = await store.openForWriting(name)
      return {
        ...folder,
        carryOut: async (work, mark) => {
          act(work, ++nth)
          return folder.carryOut(work, mark)
        },
      }
    }
    return { ...store, openForWriting }
  }
  return { ...side, open }
}

it('an interrupted run ends what it began, and goes on from there', async () => {
  const { master, slave, copies } = await copying()
  const stop = new AbortController()
  const dying = failing(slave, (_work, nth) => {
    if (nth === 2) stop.abort()
  })
  const run = await bench.runs.create(planOf(copies, [master, slave]), NOW)
  const result = await carryOut(run, [master, dying], { signal: stop.signal })
  expect(result).toMatchObject({ ended: 'interrupted', done: 2, open: 2, verified: 2 })
  expect(told(slave)).toEqual({ INBOX: ['old', 'a', 'b'] })
  const again = await carryOut(run, [master, slave])
  expect(again).toMatchObject({ ended: 'finished', done: 4, open: 0, verified: 4 })
  expect(told(slave)).toEqual({ INBOX: ['old', 'a', 'b', 'c', 'd'] })
})

it('a full target gets no more copies, and the rest goes on', async () => {
  const { master, slave, copies } = await copying()
  const old = copyOf(slave, 'old')
  const drafts = [...copies, deleteStep(slave, old, { lacking: lacking(master, old, null) })]
  const full = failing(slave, (work, nth) => {
    if (nth >= 3 && work.kind === 'append')
      throw new MbauditError('QUOTA_EXCEEDED', 4, 'the mailbox is full', 'Make room.')
  })
  const result = await apply(bench, planOf(drafts, [master, slave]), [master, full])
  expect(result).toMatchObject({ ended: 'finished', done: 3, failed: 1, skipped: 1 })
  expect([...result.failures].map(({ code, state }) => [code, state])).toEqual([
    ['QUOTA_EXCEEDED', 'failed'],
    ['QUOTA_EXCEEDED', 'skipped'],
  ])
  expect(told(slave)).toEqual({ INBOX: ['a', 'b'] })
})

it('what could not be done is told, and the next piece of work is tried', async () => {
  const { master, slave, copies } = await copying()
  const broken = failing(slave, (_work, nth) => {
    if (nth === 2) throw new MbauditError('CONNECTION_LOST', 4, 'the line broke', 'Try again.')
  })
  const result = await apply(bench, planOf(copies, [master, slave]), [master, broken])
  expect(result).toMatchObject({ done: 3, failed: 1 })
  expect([...result.failures][0]).toMatchObject({ code: 'CONNECTION_LOST', id: '<b@example.org>' })
})

it('a message that is larger than the target takes is not sent', async () => {
  const { master, slave, copies } = await copying({ largest: 10 })
  const result = await apply(bench, planOf(copies, [master, slave]), [master, slave])
  expect(result).toMatchObject({ done: 0, failed: 4 })
  expect([...result.failures][0]).toMatchObject({
    code: 'REFUSED',
    message: expect.stringContaining('no more than 10'),
  })
})

it('a folder that cannot be written to keeps no other from being written', async () => {
  const master = await memorySide('master', { INBOX: [mail('a')], Other: [mail('b')] }, null)
  const slave = await memorySide('slave', { INBOX: [], Other: [] })
  const steps = [
    copyStep(master, copyOf(master, 'a'), slave),
    copyStep(master, copyOf(master, 'b', 'Other'), slave, 'Other'),
  ]
  const open = async () => {
    const store = writableMemory(slave.store)
    const openForWriting: typeof store.openForWriting = async (name) => {
      if (name === 'INBOX') throw new MbauditError('UNREADABLE', 4, 'permission denied', '')
      return store.openForWriting(name)
    }
    return { ...store, openForWriting }
  }
  const result = await apply(bench, planOf(steps, [master, slave]), [master, { ...slave, open }])
  expect(result).toMatchObject({ ended: 'finished', done: 1, failed: 1 })
  expect(told(slave)).toEqual({ INBOX: [], Other: ['b'] })
})

it('a plan that says a step twice is refused before anything is done', async () => {
  const { master, slave, copies } = await copying()
  const plan = planOf([...copies, ...copies.slice(0, 1)], [master, slave])
  await expect(apply(bench, plan, [master, slave])).rejects.toThrow('twice')
  expect(told(slave)).toEqual({ INBOX: ['old'] })
})
