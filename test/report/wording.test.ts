import { describe, expect, it } from 'vitest'
import { countOf, formatDate, formatDuration, formatSize } from '../../src/report/wording.js'

describe('numbers for people', () => {
  it('groups digits and knows one from many', () => {
    expect([countOf(1, 'copy', 'copies'), countOf(1_234_567, 'message')]).toEqual(['1 copy', '1,234,567 messages'])
  })
  it('says sizes in powers of a thousand', () => {
    expect([0, 999, 1000, 9949, 9950, 999_499, 999_500, 5e9].map(formatSize)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '9.9 kB',
      '10 kB',
      '999 kB',
      '1.0 MB',
      '5.0 GB',
    ])
  })
  it('says how long it took', () => {
    expect([80, 3400, 125_000, 3_840_000].map(formatDuration)).toEqual(['0.1 s', '3.4 s', '2 min 5 s', '1 h 4 min'])
  })
  it('writes dates as RFC 3339 in UTC', () => {
    expect([0, -1, null].map(formatDate)).toEqual(['1970-01-01T00:00:00Z', '1969-12-31T23:59:59Z', null])
  })
})
