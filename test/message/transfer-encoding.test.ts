import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeTransfer, type TransferEncoding, transferEncoding } from '../../src/message/transfer-encoding.js'

const decode = (text: string, encoding: TransferEncoding): string =>
  decodeTransfer(Buffer.from(text, 'latin1'), encoding).octets.toString('latin1')

const octets = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array))

describe('base64', () => {
  it.each([
    ['SGVsbG8=', 'Hello'],
    ['SGVs\r\nbG8=\r\n', 'Hello'],
    ['SGVsbG8', 'Hello'],
    ['SGV*sb G!8=', 'Hello'],
    ['SGVsbG8=SGVsbG8=', 'HelloHello'],
    ['SGVsbG8=\n_____\nA list added this\n', 'Hello'],
    ['SGVsbG8=\nTo leave write to x\n', 'Hello'],
    ['SGVsbG8hA', 'Hello!'],
    ['====', ''],
    ['', ''],
  ])('%j gives %j', (encoded, decoded) => {
    expect(decode(encoded, 'base64')).toBe(decoded)
  })

  it('gives back what was encoded, in lines of any length', () => {
    fc.assert(
      fc.property(
        octets,
        fc.integer({ min: 1, max: 80 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        (data, length, ending) => {
          const lines = data.toString('base64').match(new RegExp(`.{1,${length}}`, 'g')) ?? []
          expect(decode(lines.join(ending), 'base64')).toBe(data.toString('latin1'))
        },
      ),
    )
  })

  it('that breaks off within a quantum is cut', () => {
    expect(decodeTransfer(Buffer.from('SGVsbG'), 'base64').isCut).toBe(true)
    expect(decodeTransfer(Buffer.from('SGVsbG8='), 'base64').isCut).toBe(false)
    expect(decodeTransfer(Buffer.from('SGVs'), 'base64').isCut).toBe(false)
  })
})

describe('quoted-printable', () => {
  it.each([
    ['a=20b', 'a b'],
    ['a=\nb', 'ab'],
    ['a= \t\r\nb', 'ab'],
    ['a  \r\nb', 'a\nb'],
    ['a=20\r\nb', 'a \nb'],
    ['a=e4=E4', 'a\xe4\xe4'],
    ['a=XYb', 'a=XYb'],
    ['a=', 'a'],
    ['a=4', 'a=4'],
    ['\xe4', '\xe4'],
  ])('%j gives %j', (encoded, decoded) => {
    expect(decode(encoded, 'quoted-printable')).toBe(decoded)
  })

  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(octets, fc.integer({ min: 1, max: 25 }), (data, each) => {
        const escaped = [...data].map((octet) => `=${octet.toString(16).padStart(2, '0').toUpperCase()}`)
        const encoded = escaped.map((text, n) => (n % each === each - 1 ? `${text}=\r\n` : text)).join('')
        expect(decode(encoded, 'quoted-printable')).toBe(data.toString('latin1'))
      }),
    )
  })
})

describe('the name of a transfer encoding', () => {
  it.each([
    ['BASE64', 'base64'],
    [' "quoted-printable" (x)', 'quoted-printable'],
    ['x-uuencode', 'uuencode'],
    ['8bit', 'none'],
    ['', 'none'],
    ['nonsense', 'none'],
  ])('%j is read', (text, name) => {
    expect(transferEncoding(text)).toBe(name)
  })
})

it('uuencode gives back its lines, without begin and end', () => {
  expect(decode('a note\nbegin 644 a.txt\n,2&5L;&\\L(%=O<FQD\n`\nend\nmore', 'uuencode')).toBe('Hello, World')
  expect(decodeTransfer(Buffer.from('begin 644 a\n,2&5L;&\\L(%=O<FQD\n'), 'uuencode').isCut).toBe(true)
})
