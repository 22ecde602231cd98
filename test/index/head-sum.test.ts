import fc from 'fast-check'
import { expect, it } from 'vitest'
import { headSumOf } from '../../src/index/head-sum.js'
import { epochSeconds } from '../../src/message/message.js'

it('is equal for equal headers, and other for headers that differ in one thing', () =>
  fc.assert(
    fc.property(fc.nat(), fc.string(), fc.string(), fc.string({ minLength: 1 }), (seconds, from, subject, more) => {
      const date = epochSeconds(seconds)
      const sum = headSumOf(date, from, subject)
      expect(headSumOf(date, from, subject)).toBe(sum)
      expect(Number.isSafeInteger(sum) && sum >= 0).toBe(true)
      const others = [
        headSumOf(null, from, subject),
        headSumOf(epochSeconds(seconds + 1), from, subject),
        headSumOf(date, from + more, subject),
        headSumOf(date, from, subject + more),
      ]
      for (const other of others) expect(other).not.toBe(sum)
    }),
  ))

it('tells a hundred thousand subjects apart', () => {
  const sums = Array.from({ length: 100_000 }, (_, n) => headSumOf(epochSeconds(1_700_000_000), 'a@x', `Report ${n}`))
  expect(new Set(sums).size).toBe(sums.length)
})
