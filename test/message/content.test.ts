import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import { describe, expect, it } from 'vitest'
import { type ReadableMessage, readContent, readMessage } from '../../src/message/content.js'
import { encodeText, mail, multipart, PLAIN, type WrittenPart } from './mail.js'

const FIELDS = { From: 'a@example.org', To: 'b@example.org', Subject: 'Report', Date: 'Tue, 4 Jan 2011 16:44:27 +0100' }
const PARTS: WrittenPart[] = [
  { type: 'text/plain; charset=utf-8', text: 'Grüße\n\nthe report\n>From here on' },
  { type: 'application/pdf', name: 'report.pdf', text: 'not really a pdf' },
]

const digestOf = (message: Buffer | string): string => readContent(Buffer.from(message as Buffer)).content
const leavesOf = (message: Buffer): [string, string, string][] =>
  readMessage(message).leaves.map((leaf) => [leaf.type, leaf.name, leaf.octets.toString('utf8')])
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

describe('the content digest', () => {
  it('is that of the same mail with other boundaries, transfer encodings, line endings and trace fields', () => {
    const part = fc.record({
      type: fc.constantFrom('text/plain; charset=utf-8', 'text/html; charset=utf-8', 'application/pdf', 'TEXT/PLAIN'),
      name: fc.constantFrom(undefined, 'a.txt', 'b.pdf'),
      text: fc
        .array(fc.constantFrom('', 'Grüße', 'From me', '>From you', 'a  ', '.', '=20', '-- ', 'x'.repeat(90)), {
          minLength: 1,
        })
        .map((lines) => `${lines.join('\n')}!`),
    })
    const writing = fc.record({
      boundary: fc.constantFrom('b1', '=_x:y', '----=_Part'),
      encoding: fc.constantFrom('base64' as const, 'quoted-printable' as const, 'none' as const),
      lineEnding: fc.constantFrom('\n' as const, '\r\n' as const, '\r' as const),
      received: fc.nat(3),
    })
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), writing, (parts, other) => {
        const written = parts.map(({ name, ...rest }) => (name === undefined ? rest : { ...rest, name }))
        const isBinary = written.some(({ type, text }) => type.startsWith('application') && /^>From /m.test(text))
        fc.pre(!isBinary) // quoting is undone in what is not encoded, and is data where it is
        expect(digestOf(multipart(FIELDS, written, other))).toBe(digestOf(multipart(FIELDS, written)))
      }),
    )
  })

  it.each<[string, Record<string, string>]>([
    ['an encoded word', { ...FIELDS, Subject: '=?utf-8?q?Report?=' }],
    ['folding', { ...FIELDS, Subject: 'Report', To: '\n b@example.org' }],
    ['another zone', { ...FIELDS, Date: 'Tue, 4 Jan 2011 10:44:27 -0500 (EST)' }],
    ['fields of a store', { ...FIELDS, Status: 'RO', 'X-Uid': '7' }],
    ['another case', { from: FIELDS.From, TO: FIELDS.To, subject: 'Report', Date: FIELDS.Date }],
    ['Sender for From', { Sender: 'a@example.org', To: FIELDS.To, Subject: 'Report', Date: FIELDS.Date }],
  ])('is that of the same mail with %s', (_, fields) => {
    expect(digestOf(mail(fields, 'text\n'))).toBe(digestOf(mail(FIELDS, 'text\n')))
  })

  it.each<[string, Record<string, string>]>([
    ['another From', { ...FIELDS, From: 'c@example.org' }],
    ['another To', { ...FIELDS, To: 'c@example.org' }],
    ['a second To', { ...FIELDS, to: 'c@example.org' }],
    ['a Cc', { ...FIELDS, Cc: 'c@example.org' }],
    ['another subject', { ...FIELDS, Subject: 'Re: Report' }],
    ['another second', { ...FIELDS, Date: 'Tue, 4 Jan 2011 16:44:28 +0100' }],
    ['no date', { From: FIELDS.From, To: FIELDS.To, Subject: 'Report' }],
    ['text moved from one field to another', { ...FIELDS, To: '', Cc: 'b@example.org' }],
  ])('is another with %s', (_, fields) => {
    expect(digestOf(mail(fields, 'text\n'))).not.toBe(digestOf(mail(FIELDS, 'text\n')))
  })

  it('tells dates apart that are none', () => {
    expect(digestOf(mail({ ...FIELDS, Date: 'foo' }))).not.toBe(digestOf(mail({ ...FIELDS, Date: 'bar' })))
  })

  it.each([
    ['text', { ...PARTS[0], text: 'other' }],
    ['type', { ...PARTS[0], type: 'text/html' }],
    ['file name', { ...PARTS[0], name: 'x.txt' }],
  ])('is another with another %s of a part', (_, part) => {
    const other = [part as WrittenPart, PARTS[1] as WrittenPart]
    expect(digestOf(multipart(FIELDS, other))).not.toBe(digestOf(multipart(FIELDS, PARTS)))
  })

  it('is that of the same text in another character set', () => {
    const in1252 = mail({ ...FIELDS, 'Content-Type': 'text/plain; charset=windows-1252' }, 'caf\xe9 \x80\n')
    const unstated = mail(FIELDS, 'caf\xe9 \x80\n')
    const inUtf8 = mail(
      { ...FIELDS, 'Content-Type': 'text/plain; charset=utf-8' },
      latin1('café €').length ? Buffer.from('café €').toString('latin1') : '',
    )
    const in2022 = mail({ ...FIELDS, 'Content-Type': 'text/plain; charset=iso-2022-jp' }, '\x1b$BF|K\\8l\x1b(B\n')
    const inSjis = mail({ ...FIELDS, 'Content-Type': 'text/plain; charset=shift_jis' }, '\x93\xfa\x96{\x8c\xea\n')
    expect(digestOf(in1252)).toBe(digestOf(inUtf8))
    expect(digestOf(unstated)).toBe(digestOf(inUtf8))
    expect(digestOf(in2022)).toBe(digestOf(inSjis))
  })

  it('of text leaves out white space at line ends and at its end, and all > before From', () => {
    expect(digestOf(mail(FIELDS, 'a \t\n>>From b\n\n \n'))).toBe(digestOf(mail(FIELDS, 'a\nFrom b')))
    expect(digestOf(mail(FIELDS, 'a\n b'))).not.toBe(digestOf(mail(FIELDS, 'a\nb')))
    expect(digestOf(mail(FIELDS, 'a\n\nb'))).not.toBe(digestOf(mail(FIELDS, 'a\nb')))
  })

  it('holds text that stands in a header section which no empty line ends', () => {
    const header = 'From: a@example.org\nSubject: x\n'
    expect(digestOf(latin1(`${header}one text`))).not.toBe(digestOf(latin1(`${header}another text`)))
    expect(digestOf(latin1(`${header}one text\nand\n\nmore`))).not.toBe(digestOf(latin1(`${header}another\n\nmore`)))
  })

  it('of an octet stream keeps what base64 holds', () => {
    const fields = { ...FIELDS, 'Content-Type': 'application/octet-stream', 'Content-Transfer-Encoding': 'base64' }
    const bodies = ['a\n', 'a\r\n', 'a', 'a \n'].map((text) => digestOf(mail(fields, encodeText(text, 'base64'))))
    expect(new Set(bodies).size).toBe(4)
  })
})

describe('leaf parts', () => {
  it('are found in their order, nested or not', () => {
    const body = [
      [
        'preamble',
        '--a',
        '',
        'one',
        '--a',
        'Content-Type: multipart/alternative; boundary=b',
        '',
        '--b',
        'Content-Type: text/html',
        '',
      ],
      [
        '<p>two',
        '--b--',
        'between',
        '--a  ',
        'Content-Type: image/png; name="x.png"',
        'Content-Transfer-Encoding: base64',
        '',
        'AAAA',
      ],
      ['--a--', 'epilogue', '--a', 'not a part'],
    ].flat()
    for (const ending of ['\n', '\r\n', '\r']) {
      const message = latin1(['Content-Type: multipart/mixed; boundary="a"', '', ...body].join(ending))
      expect(leavesOf(message)).toEqual([
        ['text/plain', '', 'one'],
        ['text/html', '', '<p>two'],
        ['image/png', 'x.png', '\0\0\0'],
      ])
      expect(readContent(message).isWhole).toBe(true)
    }
  })

  it.each([
    ['no boundary', 'multipart/mixed', '--a\n\nx\n--a--'],
    ['a boundary never seen', 'multipart/mixed; boundary=b', '--a\n\nx\n--a--'],
    ['its end alone', 'multipart/mixed; boundary=b', '--a\n\nx\n--a--\n--b--'],
  ])('of a multipart with %s are one, its text as it stands', (_, type, body) => {
    expect(leavesOf(mail({ 'Content-Type': type }, body))).toEqual([['multipart/mixed', '', '--a\n\nx\n--a--']])
  })

  it('of an attached message are those of the message, behind its own header fields', () => {
    const attached = 'From: a@example.org\nSubject: =?utf-8?q?=C3=BC?=\nReceived: x\nContent-Type: text/html\n\nhello\n'
    const plain = mail({ 'Content-Type': 'message/rfc822' }, attached)
    const encoded = mail(
      { 'Content-Type': 'message/rfc822', 'Content-Transfer-Encoding': 'base64' },
      Buffer.from(attached).toString('base64'),
    )
    expect(leavesOf(plain).map(([type]) => type)).toEqual(['message/rfc822', 'text/html'])
    expect(leavesOf(plain)[0]?.[2]).toContain('ü')
    expect(leavesOf(encoded)).toEqual(leavesOf(plain))
    expect(leavesOf(mail({ 'Content-Type': 'message/rfc822' }, attached.replace('Received: x\n', '')))).toEqual(
      leavesOf(plain),
    )
    const digest = mail({ 'Content-Type': 'multipart/digest; boundary=a' }, `--a\n\n${attached}\n--a--\n`)
    expect(leavesOf(digest)).toEqual(leavesOf(plain))
  })

  it.each([
    ['attachment; filename="a b.txt"', 'a b.txt'],
    ['attachment; filename=a.txt; x', 'a.txt'],
    ['attachment; filename="=?utf-8?q?=C3=BC.txt?="', 'ü.txt'],
    ["attachment; filename*=utf-8'de'%C3%BC.txt", 'ü.txt'],
    ["attachment; filename*0*=utf-8''%C3; filename*1*=%BC; filename*2=.txt", 'ü.txt'],
    ['attachment; filename="a\\"b', 'a"b'],
    ['attachment;filename = "x" ; filename=y', 'x'],
    ['attachment; filename="\xfc.txt"', 'ü.txt'],
  ])('have their file name from %j', (disposition, name) => {
    expect(leavesOf(mail({ 'Content-Disposition': disposition }, 'x'))[0]?.[1]).toBe(name)
  })

  it('with no empty line behind their header keep their text', () => {
    expect(leavesOf(mail({ 'Content-Type': 'multipart/mixed; boundary=a' }, '--a\nhello there\n--a--'))[0]?.[2]).toBe(
      'hello there',
    )
    expect(
      leavesOf(latin1('Content-Type: multipart/mixed; boundary=a\n--a\nContent-Type: text/html\n\nx\n--a--\n')),
    ).toEqual([['text/html', '', 'x']])
  })

  it('are those that another reader finds', async () => {
    const message = multipart(FIELDS, PARTS, { ...PLAIN, encoding: 'quoted-printable' })
    const parsed = await simpleParser(message)
    const [text, pdf] = readMessage(message).leaves
    expect(text?.octets.toString()).toBe(parsed.text?.trim().replace('>From', 'From'))
    expect(pdf?.name).toBe(parsed.attachments[0]?.filename)
    expect(pdf?.octets.equals(parsed.attachments[0]?.content ?? Buffer.alloc(0))).toBe(true)
    expect(readMessage(message).envelope.subject).toBe(parsed.subject)
  })
})

describe('a message is not whole', () => {
  const isWhole = (message: Buffer): boolean => readContent(message).isWhole
  const withType = (type: string, body: string, more: Record<string, string> = {}): Buffer =>
    mail({ ...FIELDS, 'Content-Type': type, ...more }, body)

  it.each([
    ['a multipart that is not closed', withType('multipart/mixed; boundary=a', '--a\n\ntext\n')],
    ['a multipart of which nothing is there', withType('multipart/mixed; boundary=a', '')],
    ['base64 cut within a quantum', withType('image/png', 'AAAAA', { 'Content-Transfer-Encoding': 'base64' })],
    [
      'an attachment that was taken out',
      withType('text/x-moz-deleted; name="Deleted: x.pdf"', 'You deleted an attachment'),
    ],
    [
      'a detached attachment',
      withType('multipart/mixed; boundary=a', '--a\nX-Mozilla-Altered: AttachmentDetached; date="x"\n\nx\n--a--'),
    ],
    ['a header alone that tells of a body', mail({ ...FIELDS, 'Content-Length': '812' })],
  ])('with %s', (_, message) => {
    expect(isWhole(message)).toBe(false)
  })

  it.each([
    ['no body', mail(FIELDS)],
    ['an empty part', withType('multipart/mixed; boundary=a', '--a\n\n--a--')],
    [
      'a boundary that two multiparts share',
      withType('multipart/mixed; boundary=a', '--a\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\nx\n--a--\n'),
    ],
    ['base64', withType('image/png', 'AAAA', { 'Content-Transfer-Encoding': 'base64' })],
  ])('but is whole with %s', (_, message) => {
    expect(isWhole(message)).toBe(true)
  })
})

it('octets are those of all leaf parts, decoded', () => {
  const readable: ReadableMessage = readMessage(multipart(FIELDS, PARTS))
  expect(readContent(multipart(FIELDS, PARTS)).octets).toBe(
    readable.leaves.reduce((sum, leaf) => sum + leaf.octets.length, 0),
  )
})
