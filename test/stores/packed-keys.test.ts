import fc from 'fast-check'
import { expect, it } from 'vitest'
import { PackedKeys } from '../../src/stores/packed-keys.js'

/** Latin-1, so that octets and code units sort alike. */
const aKey = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '/', '\0', 'ÿ'), maxLength: 6 }),
  fc.integer({ min: 0, max: 9 }).map((digit) => String(digit).repeat(700_000)),
)

function sorted(keys: readonly string[]): readonly string[] {
  return [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

it('gives keys back as they came and in order, however many octets they have together', () => {
  fc.assert(
    fc.property(fc.array(aKey, { maxLength: 12 }), (keys) => {
      const packed = new PackedKeys()
      for (const key of keys) packed.push(key)
      expect([packed.length, keys.map((_, n) => packed.came(n)), packed.came(keys.length)]).toEqual([
        keys.length,
        keys,
        '',
      ])
      packed.sort()
      const order = sorted(keys)
      expect([keys.map((_, n) => packed.at(n)), packed.at(keys.length)]).toEqual([order, ''])
      for (const key of keys) expect(packed.lowerBound(key)).toBe(order.indexOf(key))
    }),
    { numRuns: 100 },
  )
})

it('holds many names', () => {
  const names = Array.from({ length: 60_000 }, (_, n) => `${(n * 7919) % 60_000}.M${n}P1.mail.example.org:2,S`)
  const packed = new PackedKeys()
  for (const name of names) packed.push(name)
  packed.sort()
  expect(names.map((_, n) => packed.at(n))).toEqual(sorted(names))
})
