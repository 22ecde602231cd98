import { describe, expect, it } from 'vitest'
import type { OneWayMode } from '../../src/plan/one-way.js'
import { type MemoryMessage, type MemoryStore, makeMemoryStore } from '../../src/stores/memory/store.js'
import { type MemoryWriting, writableMemory } from '../../src/stores/memory/writing.js'
import { carryOut, mail, sideOf, told, Workbench } from '../support/applying.js'
import { type Pair, syncOneWay } from '../support/one-way.js'

/** The process is gone: nothing that it would have done comes after. */
class Killed extends Error {}

const MASTER = (): Record<string, MemoryMessage[]> => ({
  INBOX: [
    mail('a', { flags: ['\\Seen'] }),
    mail('b'),
    mail('kept', { flags: ['\\Flagged'] }),
    mail('changed', { text: 'new' }),
  ],
  Work: [mail('moved', { flags: ['\\Seen'] }), mail('filed', { flags: ['\\Answered', '\\Seen'] })],
  New: [mail('n1'), mail('n2')],
})
const SLAVE = (): Record<string, MemoryMessage[]> => ({
  INBOX: [
    mail('kept'),
    mail('moved', { flags: ['\\Seen'] }),
    mail('filed', { flags: ['\\Seen', 'todo'] }),
    mail('x'),
    mail('changed', { text: 'old' }),
    mail('y'),
  ],
  Work: [],
  Gone: [mail('z')],
})

interface Stores extends Pair {
  readonly master: MemoryStore
  readonly slave: MemoryStore
}

function makePair(writing: MemoryWriting): Stores {
  const master = makeMemoryStore(MASTER(), { name: 'master' })
  const slave = makeMemoryStore(SLAVE(), { name: 'slave' })
  return { master, slave, openSlave: async () => writableMemory(slave, writing) }
}

/** How often something changes in an undisturbed sync, and what the slave is then. */
async function undisturbed(mode: OneWayMode, writing: MemoryWriting) {
  let changes = 0
  const pair = makePair({ ...writing, onChange: () => changes++ })
  using place = new Workbench()
  const { result } = await syncOneWay(place, pair, mode)
  expect(result).toMatchObject({ ended: 'finished', failed: 0, skipped: 0, open: 0 })
  return { changes, end: sorted(pair.slave) }
}

/** Subjects and flags by folder; the order in a folder is that of the runs. */
function sorted(store: MemoryStore) {
  return Object.fromEntries(Object.entries(told({ store })).map(([folder, mails]) => [folder, [...mails].sort()]))
}

const WAYS: readonly (readonly [string, OneWayMode, MemoryWriting])[] = [
  ['an archive', 'archive', {}],
  ['a mirror', 'mirror', {}],
  ['an archive that moves by copying', 'archive', { movesNatively: false, atOnce: { messages: 1, octets: 1 } }],
  ['a mirror that moves by copying', 'mirror', { movesNatively: false, atOnce: { messages: 1, octets: 1 } }],
]

describe.each(WAYS)('%s', (_name, mode, writing) => {
  it('killed before and after every change, then run again, ends the same; once more, there is nothing to do', async () => {
    const { changes, end } = await undisturbed(mode, writing)
    expect(changes).toBeGreaterThan(8)
    for (let nth = 1; nth <= changes; nth++) {
      using place = new Workbench()
      let met = 0
      const dying: MemoryWriting = {
        ...writing,
        onChange: () => {
          if (++met >= nth) throw new Killed()
        },
      }
      const pair = makePair(writing)
      const dead = { ...pair, openSlave: async () => writableMemory(pair.slave, dying) }
      await expect(syncOneWay(place, dead, mode, { jobs: 1 })).rejects.toThrow(Killed)
      const { result } = await syncOneWay(place, pair, mode)
      expect([nth, result?.failed ?? 0, result?.skipped ?? 0]).toEqual([nth, 0, 0])
      expect([nth, sorted(pair.slave)]).toEqual([nth, end])
      expect((await syncOneWay(place, pair, mode)).steps).toEqual([])
      expect(told({ store: pair.master })).toEqual(told({ store: makePair({}).master }))
    }
  })
})

it('a run that is gone on with after it was killed at any change ends as it would have', async () => {
  const { changes, end } = await undisturbed('mirror', {})
  for (let nth = 1; nth <= changes; nth++) {
    using place = new Workbench()
    let met = 0
    const pair = makePair({})
    const dying: MemoryWriting = {
      onChange: () => {
        if (++met >= nth) throw new Killed()
      },
    }
    const dead = { ...pair, openSlave: async () => writableMemory(pair.slave, dying) }
    await expect(syncOneWay(place, dead, 'mirror', { jobs: 1 })).rejects.toThrow(Killed)
    const [run] = place.runs.all()
    if (run === undefined) throw new Error('no run')
    const sides = [await sideOf(pair.master), await sideOf(pair.slave, pair.openSlave)]
    const result = await carryOut(run, sides)
    expect([nth, result.failed, result.skipped, result.open]).toEqual([nth, 0, 0, 0])
    expect([nth, sorted(pair.slave)]).toEqual([nth, end])
  }
})
