import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { STORE_FIELDS, wireDigest } from '../../src/message/wire.js'

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
const sha256 = (text: string): string => createHash('sha256').update(bytes(text)).digest('hex')
const wire = (text: string): string => wireDigest(bytes(text))

/** The canonical text by the plainest reading of its definition: slow, and by other means than the digest itself. */
function canonical(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').split('\n')
  if (lines.at(-1) === '') lines.pop()
  if (/^>?From (?![ \t]*:)/.test(lines[0] ?? '')) lines.shift()
  const empty = lines.indexOf('')
  const header = empty < 0 ? lines : lines.slice(0, empty)
  const body = empty < 0 ? [] : lines.slice(empty + 1)
  while (body.at(-1) === '') body.pop()
  let drop = false
  const kept = header.filter((line) => {
    if (!/^[ \t]/.test(line)) drop = STORE_FIELDS.includes(/^([!-9;-~]+)[ \t]*:/.exec(line)?.[1]?.toLowerCase() ?? '')
    return !drop
  })
  return [...kept, '', ...body].map((line) => `${line.replace(/^>+(?=From )/, '')}\n`).join('')
}

describe('the wire digest', () => {
  it('is the SHA-256 of a message that is canonical already', () => {
    const text = 'From: a@b\nSubject: x\n\nbody\n'
    expect(wire(text)).toBe(sha256(text))
  })

  const base = 'Message-ID: <a@b>\nSubject: x\n folded\n\nFrom here on\n\n>From there\nend\n'
  it.each([
    ['CRLF', base.replaceAll('\n', '\r\n')],
    ['lone CR', base.replaceAll('\n', '\r')],
    ['mixed line endings', base.replace('\n', '\r\n').replace('end\n', 'end\r')],
    ['no newline at the end', base.slice(0, -1)],
    ['empty lines at the end', `${base}\r\n\n\r`],
    ['a From_ line', `From a@b Mon Jan  1 00:00:00 2024\n${base}`],
    ['quoting (mboxo)', base.replace('\nFrom here', '\n>From here')],
    ['quoting (mboxrd)', base.replaceAll(/^(>*From )/gm, '>$1')],
    ['fields that stores add', base.replace('Subject', 'Status: RO\r\nX-UID: 12\nX-Keywords:\n  a b\nSubject')],
    ['a store field with white space before its colon', `Content-Length : 12\n${base}`],
  ])('is the same with %s', (_name, text) => expect(wire(text)).toBe(wire(base)))

  it.each([
    ['a body line', base.replace('end', 'End')],
    ['a trace field', `Received: x\n${base}`],
    ['white space at a line end', base.replace('end', 'end ')],
    ['an empty line in the body', base.replace('end', '\nend')],
    ['another quoted word', base.replace('end', '>end')],
    ['a store field in the body', base.replace('end', 'Status: RO\nend')],
    ['a lost empty line after the header', base.replace('folded\n\n', 'folded\n')],
  ])('is another with %s', (_name, text) => expect(wire(text)).not.toBe(wire(base)))

  it('takes a header without an empty line as one with it', () => {
    expect(wire('A: 1\nB: 2')).toBe(sha256('A: 1\nB: 2\n\n'))
    expect(wire('A: 1\nB: 2\n\n')).toBe(sha256('A: 1\nB: 2\n\n'))
    expect(wire('A: 1\nStatus: O')).toBe(sha256('A: 1\n\n'))
    expect(wire('')).toBe(sha256('\n'))
    expect(wire('\nbody')).toBe(sha256('\nbody\n'))
  })

  it('is made in blocks for large messages as for small ones', () => {
    const body = 'From a line that is quoted in an mbox\r\n'.repeat(60_000)
    const quoted = body.replaceAll('From', '>From')
    expect(wire(`A: 1\r\n\r\n${quoted}`)).toBe(sha256(`A: 1\n\n${body.replaceAll('\r\n', '\n')}`))
    expect(wire(`A: 1\nStatus: R\n\n${body.replaceAll('\r', '')}`)).toBe(
      sha256(`A: 1\n\n${body.replaceAll('\r\n', '\n')}`),
    )
  })

  it('agrees with the plain reading of its definition on any text', () => {
    const piece = fc.constantFrom(
      '\n',
      '\r',
      '\r\n',
      '>',
      'From ',
      'A: 1',
      'Status: R',
      ' x',
      ':',
      'lines',
      '\n\n',
      'é',
      '\0',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const text = pieces.join('')
        expect(wire(text)).toBe(sha256(canonical(text)))
      }),
      { numRuns: 3000 },
    )
  })
})
