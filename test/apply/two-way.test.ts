import { describe, expect, it } from 'vitest'
import type { Run } from '../../src/apply/run.js'
import { undoFacts } from '../../src/apply/undo-facts.js'
import { SafetyLimitError } from '../../src/plan/limits.js'
import { StepSpool } from '../../src/plan/step-spool.js'
import { planUndo } from '../../src/plan/undo.js'
import { type MemoryMessage, type MemoryStore, makeMemoryStore } from '../../src/stores/memory/store.js'
import { type MemoryWriting, writableMemory } from '../../src/stores/memory/writing.js'
import { carryOut, mail, planOf, sideOf } from '../support/applying.js'
import { type Channel, Computer, type SyncRequest, syncTwoWay, tellSteps } from '../support/two-way.js'
import { contents, FIRST, requestOf, SCENARIOS, type Scenario, User } from '../support/two-way-scenarios.js'

const openOf = (store: MemoryStore, writing: MemoryWriting) => async () => writableMemory(store, writing)

type Stores = Readonly<Record<'a' | 'b', MemoryStore>>

function storesOf(folders: Readonly<Record<string, readonly MemoryMessage[]>>): Stores {
  const own = () =>
    Object.fromEntries(Object.entries(folders).map(([name, held]) => [name, held.map((message) => ({ ...message }))]))
  return { a: makeMemoryStore(own(), { name: 'a' }), b: makeMemoryStore(own(), { name: 'b' }) }
}

const channelOf = (stores: Stores, writing: MemoryWriting = {}): Channel => ({
  ...stores,
  openA: openOf(stores.a, writing),
  openB: openOf(stores.b, writing),
})

class Killed extends Error {}

interface Ended {
  readonly a: ReturnType<typeof contents>
  readonly b: ReturnType<typeof contents>
  readonly changes: number
}

type When = 'before' | 'after'

/**
 * A scenario that is killed at one change of a store, and synced again.
 *
 * @param as - which side of the channel `here` is
 * @param killedAt - Infinity: never
 */
async function play(scenario: Scenario, as: 'a' | 'b', when: When, killedAt: number): Promise<Ended> {
  using computer = new Computer()
  const stores = storesOf(FIRST())
  await syncTwoWay(computer, channelOf(stores))
  const [here, there] = as === 'a' ? [stores.a, stores.b] : [stores.b, stores.a]
  const request = requestOf(scenario, as)
  if (scenario.before !== undefined) {
    scenario.before.change({ here: new User(here), there: new User(there) })
    await syncTwoWay(computer, channelOf(stores), request)
  }
  scenario.change({ here: new User(here), there: new User(there) })
  if (scenario.state === 'lost') computer.forgetState()
  let changes = 0
  const onChange = (moment: 'before' | 'after') => {
    if (moment === when && ++changes === killedAt) throw new Killed()
  }
  try {
    await syncTwoWay(computer, channelOf(stores, { onChange, movesNatively: false }), request)
  } catch (error) {
    if (!(error instanceof Killed)) throw error
  }
  await syncTwoWay(computer, channelOf(stores), request)
  expect(tellSteps((await syncTwoWay(computer, channelOf(stores), request)).steps)).toEqual([])
  return { a: contents(stores.a), b: contents(stores.b), changes }
}

describe('killed before and after each change, and synced again, it ends the same', () => {
  for (const scenario of SCENARIOS)
    for (const as of ['a', 'b'] as const)
      it(as === 'a' ? scenario.does : `${scenario.does}; from the other side`, async () => {
        for (const when of ['before', 'after'] as const) {
          const { changes, ...whole } = await play(scenario, as, when, Number.POSITIVE_INFINITY)
          for (let nth = 1; nth <= changes; nth++) expect(await play(scenario, as, when, nth)).toMatchObject(whole)
        }
      })
})

/** Two stores that were synced once, and are so again after `change`. */
async function syncAfter(
  folders: Readonly<Record<string, readonly MemoryMessage[]>>,
  change: (users: { readonly a: User; readonly b: User }, computer: Computer, channel: Channel) => void | Promise<void>,
  request: SyncRequest = {},
) {
  using computer = new Computer()
  const stores = storesOf(folders)
  const channel = channelOf(stores)
  await syncTwoWay(computer, channel)
  await change({ a: new User(stores.a), b: new User(stores.b) }, computer, channel)
  const synced = await syncTwoWay(computer, channel, request)
  return { synced, a: contents(stores.a), b: contents(stores.b) }
}

const DEFAULT = { limit: { kind: 'default' } } as const
const FEW = { INBOX: [mail('x'), mail('y')], Work: [mail('v'), mail('w')] }

it('a side that was emptied stops it', async () => {
  const empty = ({ b }: { readonly b: User }) => {
    for (const folder of ['INBOX', 'Work']) b.in(folder).splice(0)
  }
  await expect(syncAfter(FEW, empty, DEFAULT)).rejects.toThrow(SafetyLimitError)
  await expect(syncAfter(FEW, empty, DEFAULT)).rejects.toThrow('b is empty, and 4 messages would be deleted')
})

it('a folder that was lost with its mail stops it', async () => {
  const lose = ({ a }: { readonly a: User }) => a.dropFolder('Work')
  await expect(syncAfter(FEW, lose, DEFAULT)).rejects.toThrow('Work is not on a, and 2 messages in it would be deleted')
  const { synced, b } = await syncAfter(FEW, lose, { limit: { kind: 'count', messages: 2 } })
  expect(tellSteps(synced.steps)).toEqual([
    'delete <v@example.org> on b Work',
    'delete <w@example.org> on b Work',
    'deleteFolder Work on b',
  ])
  expect(b).toEqual({ INBOX: ['x', 'y'] })
})

it('nothing is deleted against a folder that was not read in full', async () => {
  const { synced, a, b } = await syncAfter(FEW, (users) => {
    users.b.remove('x')
    users.b.find('y').isBroken = true
  })
  expect(synced.steps).toEqual([])
  expect(synced.notes.join()).toContain('INBOX of b was not read in full')
  expect([a.INBOX, b.INBOX]).toEqual([['x', 'y'], ['y']])
})

it('a folder that takes no part is left alone, whatever the state knows of it', async () => {
  const { synced } = await syncAfter(FEW, ({ b }) => void b.remove('w', 'Work'), {
    options: { wantsFolder: (folder) => folder !== 'Work' },
  })
  expect(synced.steps).toEqual([])
})

it('mail that was moved to a folder that takes no part is not deleted on the other side', async () => {
  const { synced, a } = await syncAfter(FEW, ({ b }) => b.move('x', 'INBOX', 'Work'), {
    options: { wantsFolder: (folder) => folder !== 'Work' },
  })
  expect(synced.steps).toEqual([])
  expect(a.INBOX).toEqual(['x', 'y'])
})

it('a deletion on both computers, and one that was away: what was deleted does not come back', async () => {
  using away = new Computer()
  using home = new Computer()
  const stores = storesOf(FEW)
  const laptop = { ...storesOf(FEW), b: stores.b }
  await syncTwoWay(away, channelOf(laptop))
  await syncTwoWay(home, channelOf(stores))
  new User(stores.a).remove('x')
  await syncTwoWay(home, channelOf(stores))
  const { steps } = await syncTwoWay(away, channelOf(laptop))
  expect(tellSteps(steps)).toEqual(['delete <x@example.org> on a INBOX'])
})

it('a computer with an older state of the same stores does no harm', async () => {
  using one = new Computer()
  using other = new Computer()
  const stores = storesOf(FEW)
  await syncTwoWay(one, channelOf(stores))
  await syncTwoWay(other, channelOf(stores))
  const a = new User(stores.a)
  a.remove('x')
  a.flag('y', ['\\Flagged'])
  a.move('v', 'Work', 'Old')
  a.add('n')
  await syncTwoWay(one, channelOf(stores))
  expect(tellSteps((await syncTwoWay(other, channelOf(stores))).steps)).toEqual([])
  expect([contents(stores.a), contents(stores.b)]).toEqual([
    { INBOX: ['n', 'y \\Flagged'], Old: ['v'], Work: ['w'] },
    { INBOX: ['n', 'y \\Flagged'], Old: ['v'], Work: ['w'] },
  ])
})

it('a state that is of other stores is not believed, and nothing is deleted', async () => {
  const { synced, a } = await syncAfter(FEW, async (users, computer, channel) => {
    const restored = storesOf({ INBOX: [] })
    await syncTwoWay(computer, channelOf(restored))
    users.a.remove('x')
    expect(channel.a.identity).not.toBe(restored.a.identity)
  })
  expect(synced.stateNotes.join()).toContain('of other stores')
  expect(synced.cameBack).toEqual(['b INBOX <x@example.org>'])
  expect(a.INBOX).toEqual(['x', 'y'])
})

it('what an answer says is done', async () => {
  const lose = ({ a }: { readonly a: User }, computer: Computer) => {
    a.remove('x')
    computer.forgetState()
  }
  const asked = await syncAfter(FEW, lose, { dryRun: true })
  const [question] = asked.synced.questions
  expect(question).toMatchObject({ kind: 'new-or-deleted', side: 'b', taken: 'copy', isAnswered: false })
  const { synced, b } = await syncAfter(FEW, lose, {
    options: { answers: (id) => (id.length === 16 ? 'delete' : null) },
  })
  expect(tellSteps(synced.steps)).toEqual(['delete <x@example.org> on b INBOX'])
  expect([synced.cameBack, b.INBOX]).toEqual([[], ['y']])
})

it('what was left to be answered later is asked again', async () => {
  const lose = ({ a }: { readonly a: User }, computer: Computer) => {
    a.remove('x')
    computer.forgetState()
  }
  const leave: SyncRequest = { options: { answers: () => 'leave' } }
  using computer = new Computer()
  const stores = storesOf(FEW)
  await syncTwoWay(computer, channelOf(stores))
  lose({ a: new User(stores.a) }, computer)
  for (let round = 0; round < 2; round++) {
    const { steps, questions } = await syncTwoWay(computer, channelOf(stores), leave)
    expect([steps, questions.map(({ taken }) => taken)]).toEqual([[], ['leave']])
  }
  expect((await syncTwoWay(computer, channelOf(stores))).cameBack).toEqual(['b INBOX <x@example.org>'])
  expect((await syncTwoWay(computer, channelOf(stores))).questions).toEqual([])
})

it('a run that was taken back is no deletion', async () => {
  using computer = new Computer()
  const stores = storesOf(FEW)
  const channel = channelOf(stores)
  await syncTwoWay(computer, channel)
  new User(stores.a).add('n')
  await syncTwoWay(computer, channel)
  const [run] = computer.runs.all().slice(-1)
  if (run === undefined) throw new Error('there was a run')
  computer.now += 60_000
  await undo(computer, channel, run)
  expect(contents(stores.b).INBOX).toEqual(['x', 'y'])
  const { steps } = await syncTwoWay(computer, channel)
  expect(tellSteps(steps)).toEqual(['copy <n@example.org> to b INBOX'])
  expect(contents(stores.a).INBOX).toEqual(['n', 'x', 'y'])
})

it('a move that was taken back is a question, and no side is changed until it is answered', async () => {
  using computer = new Computer()
  const stores = storesOf(FEW)
  const channel = channelOf(stores)
  await syncTwoWay(computer, channel)
  new User(stores.a).move('x', 'INBOX', 'Work')
  await syncTwoWay(computer, channel)
  const [run] = computer.runs.all().slice(-1)
  if (run === undefined) throw new Error('there was a run')
  computer.now += 60_000
  await undo(computer, channel, run)
  const { steps, questions } = await syncTwoWay(computer, channel)
  expect([steps, questions.map(({ kind, taken }) => `${kind}: ${taken}`)]).toEqual([[], ['moved-where: leave']])
  expect([contents(stores.a).Work, contents(stores.b).INBOX]).toEqual([
    ['v', 'w', 'x'],
    ['x', 'y'],
  ])
  const followed = await syncTwoWay(computer, channel, { options: { answers: () => 'as-a' } })
  expect(tellSteps(followed.steps)).toEqual(['move <x@example.org> on b from INBOX to Work'])
})

/** As the command does it. */
async function undo(computer: Computer, { a, b, openA, openB }: Channel, run: Run): Promise<void> {
  const sides = [await sideOf(a, openA), await sideOf(b, openB)]
  using spool = new StepSpool('as-given')
  const indexes = sides.map(({ scanned }) => scanned.index)
  for (const index of indexes) await index.needIdentities()
  planUndo(undoFacts(run), indexes, spool)
  const { header } = planOf([], sides, { command: 'undo' })
  const made = await computer.runs.create(spool.toPlan(header), computer.now)
  await carryOut(made, sides)
  for (const { scanned } of sides) await scanned[Symbol.asyncDispose]()
}
