import { describe, expect, it } from 'vitest'
import { compareStores } from '../../src/audit/compare/compare-stores.js'
import { COMPARE_ALL } from '../../src/audit/compare/comparison.js'
import { findDuplicates } from '../../src/audit/duplicates.js'
import { homeOf, joinIndexes } from '../../src/index/joined-index.js'
import { findLeftovers } from '../../src/plan/migrate-dedupe.js'
import { planOneWay } from '../../src/plan/one-way.js'
import type { Step } from '../../src/plan/step.js'
import { StepSpool } from '../../src/plan/step-spool.js'
import type { MemoryStore } from '../../src/stores/memory/store.js'
import { PlanEffect } from '../support/plan-effect.js'
import { ARCHIVE, withIndexes } from '../support/planning.js'
import { mail, message, storeOf } from '../support/small-pool.js'

/** A migration of all stores but the last into the last. */
function migration(stores: readonly MemoryStore[], dedupes = false): Promise<readonly Step[]> {
  return withIndexes(stores, async (...indexes) => {
    const target = indexes.at(-1)
    const sources = indexes.slice(0, -1)
    if (target === undefined) throw new Error('a target')
    const sides = { master: joinIndexes(sources), slave: target }
    const rows = dedupes ? (await findDuplicates(sources, { by: 'id', scope: 'all', keep: [] })).rows() : []
    using left = await findLeftovers(rows, target, () => true)
    using comparison = await compareStores(sides.master, sides.slave, COMPARE_ALL)
    using spool = new StepSpool()
    const fill = { ...ARCHIVE, mode: 'fill', copies: 'all' } as const
    const wants = { wants: left.of.bind(left), inherits: left.inherited.bind(left) }
    planOneWay(
      comparison,
      sides,
      { ...fill, wants: (copy) => wants.wants(copy) === null, inherits: (copy) => wants.inherits(copy) },
      spool,
    )
    return [...spool.steps()]
  })
}

const copies = (steps: readonly Step[]) =>
  steps.flatMap((step) =>
    step.op === 'copy' ? [`${step.from.store} ${step.from.folder} ${step.from.locator} [${step.flags.join(' ')}]`] : [],
  )

describe('several sources', () => {
  const sources = () => [
    storeOf('a', { INBOX: [message(mail('1'), ['\\Seen']), message(mail('2'))], Old: [message(mail('3'))] }),
    storeOf('b', { INBOX: [message(mail('1'), ['$Later']), message(mail('4'))], Old: [message(mail('2'))] }),
  ]

  it('are one store: every copy comes, each from where it lies; again there is nothing to do', async () => {
    const stores = [...sources(), storeOf('target', {})]
    const steps = await migration(stores)
    expect(copies(steps)).toEqual([
      'a INBOX number=1 [\\Seen]',
      'a INBOX number=2 []',
      'b INBOX number=1 [$Later]',
      'b INBOX number=2 []',
      'a Old number=3 []',
      'b Old number=3 []',
    ])
    new PlanEffect(stores).apply(steps)
    expect(await migration(stores)).toEqual([])
  })

  it('of which a part came over: only the rest comes', async () => {
    const stores = [...sources(), storeOf('target', { INBOX: [message(mail('1'))] })]
    const steps = await migration(stores)
    expect(copies(steps)).toHaveLength(5)
    new PlanEffect(stores).apply(steps)
    expect(await migration(stores)).toEqual([])
  })

  it('with --dedupe each mail comes once, with the flags of all its copies', async () => {
    const stores = [...sources(), storeOf('target', {})]
    const steps = await migration(stores, true)
    expect(copies(steps)).toHaveLength(4)
    expect(copies(steps)[0]).toBe('a INBOX number=1 [\\Seen $Later]')
    new PlanEffect(stores).apply(steps)
    expect(copies(await migration(stores, true))).toEqual([])
  })

  it('with --dedupe a mail that is in another folder of the target does not come again', async () => {
    const stores = [...sources(), storeOf('target', { Elsewhere: [message(mail('1'))] })]
    expect(copies(await migration(stores, true)).filter((line) => line.includes('INBOX number=1'))).toEqual([])
  })

  it('keep their own places for those who ask the joined index', async () => {
    await withIndexes(sources(), async (...indexes) => {
      const joined = joinIndexes(indexes)
      await joined.needIdentities()
      const all = [...joined.copies()]
      expect(new Set(all.map(({ row }) => row)).size).toBe(all.length)
      expect(all.map(homeOf)).toEqual(['a', 'a', 'a', 'b', 'b', 'b'])
      expect([...joined.copiesByIdentity()].map(({ identity }) => identity)).toEqual(
        [...joined.copiesByIdentity()].map(({ identity }) => identity).sort(),
      )
      expect(joined.folders().map(({ folder, messages }) => [folder, messages])).toEqual([
        ['INBOX', 4],
        ['Old', 2],
      ])
      const twin = joined.copiesOf('<1@example.org>', 'id')
      expect(twin.map((copy) => joined.wire(copy))).toEqual([twin[0]?.wire, twin[0]?.wire])
    })
  })
})
