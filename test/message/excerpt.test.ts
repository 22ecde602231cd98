import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { excerpt } from '../../src/message/excerpt.js'

const octets = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding)

describe('an excerpt', () => {
  it('is the text itself where that is printable', () => {
    expect(excerpt(octets('Grüße, 日本 🎉'), 0)).toBe('Grüße, 日本 🎉')
  })

  it('begins and ends where it is told to', () => {
    expect(excerpt(octets('From: ana\r\nTo: bob'), 6, 3)).toBe('ana')
    expect(excerpt(octets('abc'), 2, 100)).toBe('c')
    expect(excerpt(octets('abc'), 9)).toBe('')
  })

  it('shows controls, odd octets and hidden characters', () => {
    expect(excerpt(octets('a\r\n\0\x1b[31m\x7f'), 0)).toBe('a␍␊␀␛[31m␡')
    expect(excerpt(octets('caf\xe9 \x85', 'latin1'), 0)).toBe('caf\\xE9 \\x85')
    expect(excerpt(octets('a\u202eb\u200bc\u2028'), 0)).toBe('a�b�c�')
  })

  it('leaves a character out that the end cuts through', () => {
    expect(excerpt(octets('aéb'), 0, 2)).toBe('a')
  })

  it('has at most 60 printable characters, whatever the octets', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(400), fc.nat(400), (bytes, at, length) => {
        const text = excerpt(Buffer.from(bytes), at, length)
        expect([...text].length).toBeLessThanOrEqual(60)
        expect(text).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
      }),
    )
  })
})
