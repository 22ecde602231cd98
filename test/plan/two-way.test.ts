import { describe, expect, it } from 'vitest'
import { type MemoryStore, makeMemoryStore } from '../../src/stores/memory/store.js'
import { writableMemory } from '../../src/stores/memory/writing.js'
import { Computer, syncTwoWay, tellSteps } from '../support/two-way.js'
import { contents, FIRST, requestOf, SCENARIOS, type Scenario, User } from '../support/two-way-scenarios.js'

const swapped = (names: Readonly<Record<string, string>>) => (line: string) =>
  line.replace(/\b(here|there)\b/g, (name) => names[name] ?? name)

/** `as`: which side of the channel `here` is. */
async function run(scenario: Scenario, as: 'a' | 'b') {
  using computer = new Computer()
  const stores = { a: makeMemoryStore(FIRST(), { name: 'a' }), b: makeMemoryStore(FIRST(), { name: 'b' }) }
  const [here, there] = as === 'a' ? [stores.a, stores.b] : [stores.b, stores.a]
  const openOf = (store: MemoryStore) => async () => writableMemory(store)
  const channel = { ...stores, openA: openOf(stores.a), openB: openOf(stores.b) }
  expect((await syncTwoWay(computer, channel)).steps).toEqual([])
  const request = requestOf(scenario, as)
  const names = { here: as, there: as === 'a' ? 'b' : 'a' }
  const { before } = scenario
  if (before !== undefined) {
    before.change({ here: new User(here), there: new User(there) })
    const { steps } = await syncTwoWay(computer, channel, request)
    expect(tellSteps(steps).toSorted()).toEqual(before.steps.map(swapped(names)).sort())
  }
  scenario.change({ here: new User(here), there: new User(there) })
  if (scenario.state === 'lost') computer.forgetState()
  const synced = await syncTwoWay(computer, channel, request)
  const wanted = scenario.steps.map(swapped(names)).sort()
  expect(tellSteps(synced.steps).toSorted()).toEqual(wanted)
  expect(synced.questions.map(({ kind, taken }) => `${kind}: ${taken}`)).toEqual(scenario.asks ?? [])
  expect(synced.result?.failed ?? 0).toBe(0)
  expect(synced.result?.skipped ?? 0).toBe(0)
  for (const [folder, held] of Object.entries(scenario.ends ?? {}))
    for (const store of [here, there]) expect(contents(store)[folder] ?? []).toEqual(held)
  expect(tellSteps((await syncTwoWay(computer, channel, request)).steps)).toEqual([])
  scenario.later?.change({ here: new User(here), there: new User(there) })
  const later = (scenario.later?.steps ?? []).map(swapped(names)).sort()
  expect(tellSteps((await syncTwoWay(computer, channel, request)).steps).toSorted()).toEqual(later)
}

describe('what has become of each side since the last sync', () => {
  for (const scenario of SCENARIOS) {
    it(scenario.does, () => run(scenario, 'a'))
    it(`${scenario.does}; from the other side`, () => run(scenario, 'b'))
  }
})
