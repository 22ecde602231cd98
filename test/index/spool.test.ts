import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Spool, type SpoolOrder } from '../../src/index/spool.js'

const anOrder: fc.Arbitrary<SpoolOrder> = fc.oneof(
  fc.tuple(fc.integer({ min: -1, max: 2 }), fc.integer({ min: 0, max: 2 }), fc.constantFrom(-1, 0, 0.5, 2 ** 40)),
  fc.tuple(
    fc.integer({ min: 0, max: 1 }),
    fc.constant(0),
    fc.constant(0),
    fc.constantFrom('', 'a', 'aa', 'ä', '\ufffd', '😀'),
  ),
)

const octets = (text = '') => Buffer.from(text)

function inOrder(orders: readonly SpoolOrder[]): number[] {
  return orders
    .map((order, nth) => ({ order, nth }))
    .sort(
      (a, b) =>
        a.order[0] - b.order[0] ||
        a.order[1] - b.order[1] ||
        a.order[2] - b.order[2] ||
        Buffer.compare(octets(a.order[3]), octets(b.order[3])) ||
        a.nth - b.nth,
    )
    .map(({ nth }) => nth)
}

function walk(orders: readonly SpoolOrder[]): unknown[] {
  using spool = new Spool<number>()
  orders.forEach((order, nth) => {
    spool.add(nth, order)
  })
  const there = [...spool.inOrder()]
  expect([...spool.inOrder()]).toEqual(there)
  return there
}

it('gives items by their numbers, then by the octets of the text, then as they came, in order or not', () => {
  fc.assert(
    fc.property(fc.array(anOrder, { maxLength: 12 }), (orders) => {
      expect(walk(orders)).toEqual(inOrder(orders))
      const sorted = inOrder(orders).flatMap((nth) => orders.slice(nth, nth + 1))
      expect(walk(sorted)).toEqual(sorted.map((_, nth) => nth))
    }),
    { numRuns: 300 },
  )
})
