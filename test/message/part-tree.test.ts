import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addFieldBody } from '../../src/message/envelope.js'
import { readHeader } from '../../src/message/header-section.js'
import { readLeaves } from '../../src/message/mime.js'
import { PART_FIELDS } from '../../src/message/part-header.js'
import { type PartTree, readPartTree } from '../../src/message/part-tree.js'

function bodiesOf(message: Buffer): Map<string, string> {
  const bodies = new Map<string, string>()
  for (const { name, value } of readHeader(message).fields) {
    if (PART_FIELDS.includes(name)) addFieldBody(bodies, name, value)
  }
  return bodies
}

function treeOf(message: Buffer): PartTree {
  const { start, bodyStart } = readHeader(message).section
  return readPartTree(message, bodiesOf(message), start, bodyStart)
}

const NESTED = Buffer.from(
  [
    'Content-Type: multipart/mixed; boundary=x\n\npreamble\n',
    '--x\nContent-Type: multipart/alternative; boundary=y\n\n--y\n\nplain\n--y\nContent-Type: text/html\n\nhtml\n--y--\n',
    '--x\nContent-Type: message/rfc822\n\nSubject: in it\n\ninner\n',
    '--x--\nepilogue\n',
  ].join(''),
)

describe('the parts of a message', () => {
  it('lie where they lie', () => {
    const { leaves, multiparts, messages } = treeOf(NESTED)
    expect(leaves.map(({ bodyStart, bodyEnd }) => NESTED.toString('latin1', bodyStart, bodyEnd))).toEqual([
      'plain',
      'html',
      'inner',
    ])
    expect(leaves.map(({ depth, isLast }) => [depth, isLast])).toEqual([
      [2, false],
      [2, false],
      [2, false],
    ])
    expect(
      multiparts.map(({ boundary, isSeen, isClosed, isReused }) => [boundary, isSeen, isClosed, isReused]),
    ).toEqual([
      ['x', true, true, false],
      ['y', true, true, false],
    ])
    expect(multiparts.map(({ end }) => NESTED.toString('latin1', end, end + 4))).toEqual(['epil', '--x\n'])
    expect(messages.map(({ start }) => NESTED.toString('latin1', start, start + 21))).toEqual(['Content-Type: message'])
  })
})

const PIECES = [
  ...['Content-Type: multipart/mixed; boundary=x\n\n', 'Content-Type: multipart/digest; boundary=y\n\n', '\n', 'Hi\n'],
  ...[
    '--x\n',
    '--x--\n',
    '--y\n',
    '--y--\r\n',
    '--x ',
    'Content-Type: message/rfc822\n\n',
    'Subject: a\n',
    '>From a\n',
  ],
  ...['Content-Type: multipart/mixed\n\n', 'Content-Type: text/html\n\n', 'Content-Transfer-Encoding: base64\n\n'],
]

describe('whatever the octets', () => {
  const message = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => Buffer.from(pieces.join('')))

  it('leaves follow each other', () => {
    fc.assert(
      fc.property(message, (octets) => {
        let at = 0
        for (const { start, bodyStart, bodyEnd } of treeOf(octets).leaves) {
          expect([at <= start, start <= bodyStart, bodyStart <= bodyEnd, bodyEnd <= octets.length]).not.toContain(false)
          at = bodyEnd
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('they are those of which the content is made', () => {
    fc.assert(
      fc.property(message, (octets) => {
        const tree = treeOf(octets)
        const { leaves } = readLeaves(octets, bodiesOf(octets), readHeader(octets).section.bodyStart)
        const isReadable = (type: string): boolean => !type.startsWith('multipart/') && type !== 'message/rfc822'
        const types = tree.leaves.map(({ kind }) => kind.type).filter(isReadable)
        const inEncoded = tree.leaves.some(({ kind }) => kind.type === 'message/rfc822')
        if (!inEncoded) expect(types).toEqual(leaves.map(({ type }) => type).filter(isReadable))
      }),
      { numRuns: 1000 },
    )
  })
})
