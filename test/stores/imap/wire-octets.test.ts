import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireOctets } from '../../../src/stores/imap/wire-octets.js'

const sent = (octets: WireOctets): string => Buffer.concat([...octets.pieces()]).toString('latin1')

describe('a message on its way', () => {
  it('has a CR before each LF, and no other octet more; its size is told beforehand', () => {
    const piece = fc.constantFrom('a', '\n', '\r', '\r\n', '\0')
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('')
        const octets = new WireOctets(Buffer.from(text, 'latin1'))
        expect(sent(octets)).toBe(text.replace(/(?<!\r)\n/g, '\r\n'))
        expect(octets.size).toBe(sent(octets).length)
        expect(octets.hasNul).toBe(text.includes('\0'))
      }),
    )
  })

  it.each([-2, -1, 0, 1])('has one too where it is sent in pieces: %i octets from where they meet', (shift) => {
    const meeting = 1 << 18
    const text = `${'a'.repeat(meeting + shift)}\r\n\n${'b'.repeat(meeting)}\n`
    const octets = new WireOctets(Buffer.from(text))
    expect(sent(octets) === text.replace(/(?<!\r)\n/g, '\r\n')).toBe(true)
    expect(octets.size).toBe(text.length + 2)
  })
})
