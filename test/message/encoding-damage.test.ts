import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findBase64Damage, findQuotedPrintableDamage } from '../../src/message/encoding-damage.js'
import { encodeText } from './mail.js'

const pieces = (...texts: string[]) => fc.array(fc.constantFrom(...texts), { maxLength: 30 }).map((all) => all.join(''))

/** The same, said slowly. */
function isWholeBase64(text: string): boolean {
  const [, data = '', padding = ''] = /^([A-Za-z0-9+/\s]*)(=[=\s]*)?$/.exec(text) ?? [null, '?']
  if (data === '?') return false
  const rest = data.replace(/\s/g, '').length % 4
  return rest === 0 || (rest > 1 && padding !== '')
}

describe('base64', () => {
  it('is whole if it holds whole groups and nothing else', () => {
    fc.assert(
      fc.property(pieces('QUJD', 'Q', '/+', 'zz\r\n', '\n', ' ', '=', '==', '!', '\xe9', '\0'), (text) => {
        const octets = Buffer.from(`x${text}!`, 'latin1')
        expect(findBase64Damage(octets, 1, octets.length - 1) === null).toBe(isWholeBase64(text))
      }),
      { numRuns: 2000 },
    )
  })

  it('is whole as it is written', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const octets = Buffer.from(encodeText(text, 'base64'))
        expect(findBase64Damage(octets, 0, octets.length)).toBeNull()
      }),
    )
  })
})

describe('quoted-printable', () => {
  it('is whole as it is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const octets = Buffer.from(`${encodeText(text, 'quoted-printable')}\n`)
        expect(findQuotedPrintableDamage(octets, 0, octets.length)).toBeNull()
      }),
    )
  })

  it('names the first damage', () => {
    const octets = Buffer.from('a=3D=\nb =\t\r\nc =4g =', 'latin1')
    expect(findQuotedPrintableDamage(octets, 0, octets.length)).toEqual({ at: 14, kind: 'no-escape' })
    expect(findQuotedPrintableDamage(octets, 17, octets.length)).toEqual({ at: 18, kind: 'cut' })
  })
})
