import { expect, it } from 'vitest'
import {
  boundaryNeverSeen,
  boundaryReused,
  deepNesting,
  multipartNotTerminated,
  multipartWithoutBoundary,
  nestedMultipartNotTerminated,
} from '../../../../src/audit/integrity/message/structure.js'
import { describeRule, octetsOf, sightings } from './rule-examples.js'

const multipart = (boundary: string): string => `Content-Type: multipart/mixed; boundary="${boundary}"\n\n`
/** More levels, and more parts, than are followed. */
const DEEP = `${Array.from({ length: 80 }, (_, level) => `${multipart(`b${level}`)}--b${level}\n`).join('')}\nHi\n${Array.from({ length: 80 }, (_, level) => `--b${79 - level}--\n`).join('')}`
const MANY = `${multipart('x')}${'--x\n\nHi\n'.repeat(10_100)}--x--\n`
const LONG = `${multipart('x'.repeat(1_100))}--${'x'.repeat(1_100)}--\n`
const WHOLE = `From: a\n${multipart('x')}--x\n\nHi\n--x\n${multipart('y')}--y\n\nyou\n--y--\n\n--x--\n`

describeRule(
  multipartWithoutBoundary,
  { 'a multipart': WHOLE, 'plain text': 'From: a\n\n--x\n' },
  {
    'a message': ['¦Content-Type: multipart/mixed\n\n--x\n\nHi\n--x--\n', '"multipart/mixed" without a boundary'],
    'a part': [
      `${multipart('x')}--x\n¦Content-Type: multipart/alternative\n\n--y\n--x--\n`,
      /^"multipart\/alternative"/,
    ],
  },
)

describeRule(
  boundaryNeverSeen,
  {
    'a multipart': WHOLE,
    'no body at all': `${multipart('x')}\n`,
    'no boundary': 'Content-Type: multipart/mixed\n\nHi\n',
    'more levels than are followed': DEEP,
    'a boundary too long to be followed': LONG,
  },
  {
    'another boundary': [`¦From: a\n${multipart('x')}--X\n\nHi\n--X--\n`, 'the boundary "x" does not occur'],
    'text alone': [`¦${multipart('x')}Hi\n`, 'the boundary "x" does not occur'],
    'in a part': [`${multipart('x')}--x\n¦${multipart('y')}Hi\n--x--\n`, 'the boundary "y" does not occur'],
    'where the bounds are in doubt': [`¦${multipart('x')}Hi\n`, /in doubt\)$/, { copy: { boundsInDoubt: true } }],
  },
)

describeRule(
  multipartNotTerminated,
  {
    'a multipart': WHOLE,
    'text behind the end': `${WHOLE}that was all\n`,
    'white space behind the boundary': WHOLE.replace('--x--', '--x-- \t'),
    'an inner one': WHOLE.replace('--y--\n', ''),
    'a boundary never seen': `${multipart('x')}Hi\n`,
    'more levels than are followed': DEEP,
    'more parts than are followed': MANY,
  },
  {
    'a cut message': [`From: a\n${multipart('x')}--x\n\nHi¦`, 'the boundary "x" is not closed'],
    'a cut delimiter': [`${multipart('x')}--x\n\nHi\n--x-¦`, 'the boundary "x" is not closed'],
    'a cut inner multipart': [
      WHOLE.replace('--y--\n\n--x--\n', '¦'),
      'the boundary "x" is not closed, nor 1 inside it',
    ],
  },
)

describeRule(
  nestedMultipartNotTerminated,
  { 'a multipart': WHOLE, 'a cut message': WHOLE.replace('--y--\n\n--x--\n', '') },
  {
    'an inner one': [
      WHOLE.replace('--y--\n', '').replace('you\n', 'you¦\n').replace('\n\n--x--', '\n--x--'),
      'the boundary "y" is not closed',
    ],
  },
)

describeRule(
  boundaryReused,
  {
    'a multipart': WHOLE,
    'one after the other': `${multipart('x')}--x\n${multipart('y')}--y--\n--x\n${multipart('y')}--y--\n--x--\n`,
  },
  {
    'in a child': [
      `${multipart('x')}--x\n¦${multipart('x')}--x\n\nHi\n--x--\n`,
      'the boundary "x" is that of an outer multipart',
    ],
  },
)

const nested = (levels: number): string => `${'Content-Type: message/rfc822\n\n'.repeat(levels)}From: a\n\nHi\n`

describeRule(
  deepNesting,
  { 'a multipart': WHOLE, '20 levels': nested(20) },
  { '21 levels': [nested(21).replace('From: a', '¦From: a'), 'a part lies in more than 20 others'] },
)

it.each([boundaryNeverSeen, multipartWithoutBoundary])(
  '$name lists some of very many places in one message',
  (rule) => {
    const inner = rule === boundaryNeverSeen ? multipart('y') : 'Content-Type: multipart/mixed\n\n'
    const found = sightings(rule, octetsOf(`${multipart('x')}${`--x\n${inner}`.repeat(1_000)}--x--\n`))
    expect(found).toHaveLength(20)
    expect(found.at(-1)).toEqual({ offset: null, detail: '981 more places of this kind' })
  },
)
