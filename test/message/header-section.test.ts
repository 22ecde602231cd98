import { describe, expect, it } from 'vitest'
import { findHeaderSection, firstField, readHeaderFields } from '../../src/message/header-section.js'

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
const header = (text: string): string => {
  const { start, end } = findHeaderSection(bytes(text))
  return text.slice(start, end)
}
const body = (text: string): string => text.slice(findHeaderSection(bytes(text)).bodyStart)
const names = (text: string): string[] => readHeaderFields(bytes(text)).map((field) => field.name)

describe('the header section', () => {
  it.each([
    ['LF', 'A: 1\nB: 2\n\nbody\n'],
    ['CRLF', 'A: 1\r\nB: 2\r\n\r\nbody\n'],
    ['lone CR', 'A: 1\rB: 2\r\rbody\n'],
    ['mixed line endings', 'A: 1\rB: 2\n\r\nbody\n'],
  ])('ends at the first empty line: %s', (_name, text) => {
    expect(names(text)).toEqual(['a', 'b'])
    expect(body(text)).toBe('body\n')
  })

  it('is empty when the message begins with an empty line', () => {
    expect(header('\nA: 1\n\nbody')).toBe('')
    expect(body('\r\nA: 1\n')).toBe('A: 1\n')
  })

  it('is the whole message when there is no empty line', () => {
    const text = 'A: 1\nB: 2'
    expect(findHeaderSection(bytes(text))).toEqual({ start: 0, end: 9, bodyStart: 9, hasEmptyLine: false })
    expect(names(text)).toEqual(['a', 'b'])
  })

  it('does not hold a leading From_ line or a byte order mark', () => {
    expect(header('From a@b Mon Jan  1 00:00:00 2024\nA: 1\n\n')).toBe('A: 1\n')
    expect(header('>From a@b Mon Jan  1 00:00:00 2024\r\nA: 1\r\n\r\n')).toBe('A: 1\r\n')
    expect(header('\xef\xbb\xbfA: 1\n\n')).toBe('A: 1\n')
  })

  it('holds a From field with white space before the colon', () => {
    expect(names('From : a@b\nTo: c\n\n')).toEqual(['from', 'to'])
  })

  it('goes on after a line that is no header field, whose continuation belongs to it', () => {
    const fields = readHeaderFields(bytes('A: 1\nno field here\n  its tail\nB: 2\n more\n: none\n\nC: 3\n'))
    expect(fields.map(({ name, value }) => [name, value])).toEqual([
      ['a', ' 1'],
      ['b', ' 2\n more'],
    ])
  })

  it('keeps repeated fields, their order and their spans', () => {
    const text = 'A: 1\nB: 2\n x\nA: 3\n\n'
    const fields = readHeaderFields(bytes(text))
    expect(fields.map((field) => text.slice(field.start, field.end))).toEqual(['A: 1\n', 'B: 2\n x\n', 'A: 3\n'])
    expect(firstField(fields, 'a')).toBe('1')
    expect(firstField(fields, 'b')).toBe('2 x')
    expect(firstField(fields, 'c')).toBeUndefined()
  })

  it('reads names in any case, and none with 8-bit octets or blanks inside', () => {
    expect(names('sUBJECT: x\nB\xe9: 1\nC D: 2\nE \t: 3\n\n')).toEqual(['subject', 'e'])
  })

  it('is read in one pass however long a line or the section is', () => {
    const long = `A: ${'x'.repeat(3_000_000)}\n${'B: 1\n'.repeat(200_000)}`
    expect(names(long)).toHaveLength(200_001)
  })

  it.each(['', '\n', '\r', 'From ', ':', ' ', 'A', 'A:', '\xef\xbb\xbf'])('is found in %j', (text) => {
    const { start, end, bodyStart } = findHeaderSection(bytes(text))
    expect([start <= end, end <= bodyStart, bodyStart <= text.length]).toEqual([true, true, true])
  })
})
