import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packSet, placeOf, readSet, UidCollector, without } from '../../../src/stores/imap/uid-set.js'

const uids = fc.uniqueArray(fc.integer({ min: 1, max: 5_000 }), { maxLength: 2_000 })
const ascending = (list: readonly number[]): Uint32Array => Uint32Array.from(list).sort()

describe('sets of UIDs', () => {
  it('are collected in whatever order, each once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 })), (list) => {
        const collector = new UidCollector()
        const isNew = list.map((uid) => collector.add(uid))
        expect(isNew.filter(Boolean)).toHaveLength(new Set(list).size)
        expect([...collector.sorted()]).toEqual([...new Set(list)].sort((a, b) => a - b))
        expect(list.every((uid) => collector.has(uid)) && !collector.has(61)).toBe(true)
      }),
    )
  })

  it('are written in commands that are short enough, and read again', () => {
    fc.assert(
      fc.property(uids, (list) => {
        const all = ascending(list)
        const read: number[] = []
        for (let at = 0; at < all.length; ) {
          const { text, count } = packSet(all.subarray(at))
          expect(text.length).toBeLessThanOrEqual(7_000)
          read.push(...(readSet(text) ?? []))
          at += count
        }
        expect(read).toEqual([...all])
      }),
    )
  })

  it('holds no more than it is asked to', () => {
    expect(packSet(Uint32Array.of(1, 2, 3, 4, 9), 3)).toEqual({ text: '1:3', count: 3 })
    expect(packSet(new Uint32Array())).toEqual({ text: '', count: 0 })
  })

  it('are read backwards too, and not spread out beyond reason', () => {
    expect([...(readSet('7,5:3') ?? [])]).toEqual([3, 4, 5, 7])
    expect(readSet('1:4294967295')).toBeNull()
    expect(readSet('1:*')).toBeNull()
    expect(readSet('')).toBeNull()
  })

  it('are searched and taken from each other', () => {
    fc.assert(
      fc.property(uids, uids, (one, other) => {
        const [list, others] = [ascending(one), ascending(other)]
        expect([...without(list, others)]).toEqual([...list].filter((uid) => !other.includes(uid)))
        expect([...list].every((uid, at) => placeOf(list, uid) === at)).toBe(true)
        expect(placeOf(list, 5_001)).toBe(-1)
      }),
      { numRuns: 20 },
    )
  })
})
