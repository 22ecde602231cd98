import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareMessages, type Difference } from '../../src/message/difference.js'
import { mail, multipart, PLAIN, type WrittenPart } from './mail.js'

const FIELDS = {
  'Message-ID': '<1@example.org>',
  From: 'a@example.org',
  To: 'list@example.org',
  Subject: 'Report',
  Date: 'Tue, 4 Jan 2011 16:44:27 +0100',
}
const TEXT = Array.from({ length: 10 }, (_, n) => `Line ${n} of the report says something.\n`).join('')
const FOOTER = '_______________\nlist mailing list\nlist@example.org\n'
const DOCUMENT: WrittenPart = { type: 'application/pdf', name: 'a.pdf', text: 'document' }
const BODY: WrittenPart = { type: 'text/plain', text: TEXT }

const letter = (body: string, fields: Record<string, string> = {}): Buffer => mail({ ...FIELDS, ...fields }, body)
const verdict = ({ class: name, reason, truncated }: Difference): string =>
  [name, reason, truncated].filter(Boolean).join(' ')
const both = (kept: Buffer, other: Buffer): string => {
  const there = compareMessages(kept, other)
  const back = compareMessages(other, kept)
  expect([back.class, back.reason]).toEqual([there.class, there.reason])
  expect(back.truncated).toBe(there.truncated && (there.truncated === 'kept' ? 'other' : 'kept'))
  expect(there.details.length).toBeGreaterThan(0)
  return verdict(there)
}
const changed = (from: number, to: number): string =>
  TEXT.split('\n')
    .map((line, n) => (n >= from && n < to ? `Another line ${n} is here.` : line))
    .join('\n')

describe('two copies of one ID', () => {
  it.each<[string, Buffer, Buffer, string]>([
    [
      'identical but for the line endings',
      letter(TEXT),
      Buffer.from(letter(TEXT).toString().replaceAll('\n', '\r\n')),
      'identical',
    ],
    ['identical but for fields of a store', letter(TEXT), letter(TEXT, { Status: 'RO' }), 'identical'],
    ['delivered twice', letter(TEXT), letter(TEXT, { Received: 'from x by y' }), 'same-content'],
    [
      'encoded anew',
      multipart(FIELDS, [BODY]),
      multipart(FIELDS, [BODY], { ...PLAIN, boundary: 'other', encoding: 'base64' }),
      'same-content',
    ],
    ['a footer', letter(TEXT), letter(TEXT + FOOTER), 'modified footer'],
    [
      'a footer behind a short text',
      letter('Yes.\n'),
      letter(`Yes.\n-- \nA list added this footer\n`),
      'modified footer',
    ],
    [
      'a footer without a rule',
      letter(TEXT),
      letter(`${TEXT}To unsubscribe see http://example.org/\n`),
      'modified footer',
    ],
    ['a footer and a tag', letter(TEXT), letter(TEXT + FOOTER, { Subject: '[list] Report' }), 'modified footer'],
    ['two lists’ footers', letter(`${TEXT}--\none list\n`), letter(TEXT + FOOTER), 'modified footer'],
    [
      'a footer as a part',
      multipart(FIELDS, [BODY, DOCUMENT]),
      multipart(FIELDS, [BODY, DOCUMENT, { type: 'text/plain', text: FOOTER }]),
      'modified footer',
    ],
    [
      'a footer that made it a multipart',
      letter(TEXT),
      multipart(FIELDS, [BODY, { type: 'text/plain', text: FOOTER }]),
      'modified footer',
    ],
    ['a tag', letter(TEXT), letter(TEXT, { Subject: '[list] Report' }), 'modified subject-tag'],
    [
      'a tag behind Re',
      letter(TEXT, { Subject: 'Re: Report' }),
      letter(TEXT, { Subject: 'Re: [list] Report' }),
      'modified subject-tag',
    ],
    [
      'a tag and another From',
      letter(TEXT),
      letter(TEXT, { Subject: '[list] Report', From: 'a via list <list@x>' }),
      'modified subject-tag',
    ],
    ['another From', letter(TEXT), letter(TEXT, { From: 'a via list <list@x>' }), 'modified text'],
    [
      'an attachment less',
      multipart(FIELDS, [BODY, DOCUMENT]),
      multipart(FIELDS, [BODY]),
      'modified attachment-missing',
    ],
    [
      'an attachment and the multipart less',
      multipart(FIELDS, [BODY, DOCUMENT]),
      letter(TEXT),
      'modified attachment-missing',
    ],
    [
      'a note for an attachment',
      multipart(FIELDS, [BODY, DOCUMENT]),
      letter(`${TEXT}An attachment was scrubbed\n`),
      'modified attachment-missing',
    ],
    ['two of ten lines other', letter(TEXT), letter(changed(0, 2)), 'modified text'],
    ['three of ten lines other', letter(TEXT), letter(changed(0, 3)), 'different'],
    ['wholly other text', letter(TEXT), letter('Something else was written here, quite short.\n'), 'different'],
    ['a short other text', letter('Yes.\n'), letter('No.\n'), 'different'],
    [
      'no text against some, another day',
      letter(''),
      letter(TEXT, { Date: 'Wed, 5 Jan 2011 16:44:27 +0100' }),
      'different',
    ],
    [
      'little text in much, of another mail',
      letter('Hello\n'),
      letter(`Hello\n${TEXT}`, { Subject: 'Else', Date: 'Wed, 5 Jan 2011 10:00:00 +0000' }),
      'different',
    ],
    [
      'other attachments under one text',
      multipart(FIELDS, [BODY, DOCUMENT]),
      multipart(FIELDS, [BODY, { ...DOCUMENT, text: 'version 2' }]),
      'different',
    ],
    [
      'two versions of a patch',
      letter(TEXT, { Subject: '[PATCH v2] x' }),
      letter(TEXT + FOOTER, { Subject: '[PATCH v3] x' }),
      'different',
    ],
    [
      'two patches of a series',
      letter(TEXT, { Subject: '[PATCH 1/2] x' }),
      letter(changed(0, 1), { Subject: '[PATCH 2/2] x' }),
      'different',
    ],
    [
      'two patches with tags of their own',
      letter(TEXT, { Subject: 'Re: [RFC][PATCH 08/10] x' }),
      letter(TEXT + FOOTER, { Subject: 'Re: [RFC][PATCH 09/10] x' }),
      'different',
    ],
    [
      'a patch that a list tagged',
      letter(TEXT, { Subject: '[PATCH 1/2] x' }),
      letter(TEXT, { Subject: '[list] [PATCH 1/2] x' }),
      'modified subject-tag',
    ],
  ])('with %s', (_, kept, other, expected) => {
    expect(both(kept, other)).toBe(expected)
  })

  const whole = multipart(FIELDS, [BODY, DOCUMENT])
  it.each<[string, Buffer]>([
    ['within a line', letter(TEXT).subarray(0, -100)],
    ['between lines, half of them lost', letter(TEXT.split('\n').slice(0, 5).join('\n'))],
    ['behind the header', letter('')],
  ])('one of which breaks off %s', (_, cut) => {
    expect(verdict(compareMessages(letter(TEXT), cut))).toBe('modified truncated other')
    expect(verdict(compareMessages(cut, letter(TEXT)))).toBe('modified truncated kept')
  })

  it.each([20, 60, 150, 250, 350, 400])('one of which breaks off %i octets before its end', (lost) => {
    expect(both(whole, whole.subarray(0, -lost))).toBe('modified truncated other')
  })

  it('one of which lost an attachment on purpose says so', () => {
    const placeholder = { type: 'text/x-moz-deleted', name: 'Deleted: a.pdf', text: 'You deleted this.' }
    expect(both(whole, multipart(FIELDS, [BODY, placeholder]))).toBe('modified attachment-missing other')
  })

  it('are classed alike whichever is kept', () => {
    const line = fc.constantFrom('one line of text', 'another line', '-- ', 'list@example.org', '', 'x', '>From')
    const part = fc.record({
      type: fc.constantFrom('text/plain', 'text/html', 'image/png'),
      text: fc.array(line).map((lines) => lines.join('\n')),
    })
    const fields = fc.record({
      Subject: fc.constantFrom('a', '[x] a', 'Re: a', 'b', '[PATCH] a', '[PATCH v2] a'),
      Date: fc.constantFrom('4 Jan 2011 10:00:00 +0000', '5 Jan 2011 10:00:00 +0000', 'x'),
    })
    const message = fc.oneof(
      fc.tuple(fields, fc.array(part, { maxLength: 3 })).map(([some, parts]) => multipart(some, parts)),
      fc.tuple(fields, fc.array(line)).map(([some, lines]) => mail(some, lines.join('\n'))),
    )
    const cut = fc.tuple(message, fc.nat(40)).map(([octets, lost]) => octets.subarray(0, octets.length - lost))
    fc.assert(
      fc.property(fc.oneof(message, cut), fc.oneof(message, cut), (a, b) => {
        both(a, b)
        expect(compareMessages(a, a).class).toBe('identical')
      }),
      { numRuns: 500 },
    )
  })
})

it('details name what differs', () => {
  const { details } = compareMessages(letter(TEXT), letter(TEXT + FOOTER, { Subject: '[list] Report' }))
  expect(details).toContain('Subject: "Report" in the kept copy, "[list] Report" in the other.')
  expect(details).toContain('Text: 10 lines in the kept copy, 13 lines in the other, 10 of them in both.')
  expect(details).toContain('Line in the other alone: "list mailing list"')
})
