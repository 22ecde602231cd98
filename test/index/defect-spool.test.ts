import { describe, expect, it } from 'vitest'
import { DefectSpool, type SpooledDefect } from '../../src/index/defect-spool.js'

const defect = (set: Partial<SpooledDefect>): SpooledDefect => ({
  store: 0,
  ordinal: 0,
  folder: 'INBOX',
  position: 0,
  locator: 'number=1',
  rule: 0,
  offset: null,
  detail: '',
  id: null,
  ...set,
})
const details = (spool: DefectSpool) => [...spool.inOrder()].map(({ detail }) => detail)

describe('a spool of defects', () => {
  it('gives them back in the order of their places, as often as asked', () => {
    using spool = new DefectSpool()
    const places: readonly (readonly [string, Partial<SpooledDefect>])[] = [
      ['9 another store', { store: 1 }],
      ['8 a folder that is not known', { ordinal: 1e9, folder: 'Broken' }],
      ['7 the next folder', { ordinal: 1, folder: 'Archive' }],
      ['6 another rule', { position: 10, locator: 'number=10', rule: 1 }],
      ['5 further on in the message', { position: 10, locator: 'number=10', offset: 100 }],
      ['4 in the message', { position: 10, locator: 'number=10', offset: 20 }],
      ['3 an earlier message', { position: 9, locator: 'number=9' }],
      ['2 the folder', { position: null, locator: null }],
      ['1 the store', { ordinal: -1, folder: null, position: null, locator: null }],
    ]
    for (const [detail, place] of places) spool.add(defect({ detail, ...place }))
    const ordered = places.map(([detail]) => detail).reverse()
    expect([details(spool), details(spool)]).toEqual([ordered, ordered])
  })

  it('gives those that wait the position and the ID of their copy', () => {
    using spool = new DefectSpool()
    spool.add(defect({ position: null, locator: 'number=10', detail: 'later' }), true)
    spool.add(defect({ position: null, locator: 'number=99', detail: 'no such copy' }), true)
    spool.add(defect({ position: 9, locator: 'number=9', detail: 'earlier', id: '<9>' }))
    spool.add(defect({ position: null, locator: 'number=10', detail: 'elsewhere', store: 1 }), true)
    spool.place({ store: 0, folder: 'INBOX', locator: 'number=10', position: 10, id: '<10>' })
    expect([...spool.inOrder()].map(({ detail, id }) => [detail, id])).toEqual([
      ['no such copy', null],
      ['earlier', '<9>'],
      ['later', '<10>'],
      ['elsewhere', null],
    ])
  })

  it('counts them by rule, and names the first that came', () => {
    using spool = new DefectSpool()
    for (const [rule, detail] of [
      [4, 'a'],
      [2, 'b'],
      [4, 'c'],
    ] as const)
      spool.add(defect({ rule, detail }))
    const counts = spool.counts().map(({ rule, count, first }) => [rule, count, first.detail])
    expect(counts.sort()).toEqual([
      [2, 1, 'b'],
      [4, 2, 'a'],
    ])
  })
})
