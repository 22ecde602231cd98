import type { MemoryMessage } from '../../src/stores/memory/store.js'
import { ODD } from './odd-mail.js'
import { mail } from './store-law.js'

const RECEIVED = 1_700_000_000
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const day = (text: string): number => Date.parse(text) / 1000

let made = 0
const nth = (body: string, more = ''): Buffer => mail(5000 + ++made, body, more)

/** Mail whose octets a format may not be able to keep. */
const OCTETS: Readonly<Record<string, Buffer>> = {
  '8-bit': nth('Gr\xfc\xdfe \xe2\x82\xac \xff\xfe\x80\n', 'X-Raw: \xe4\xf6\xfc\n'),
  NUL: nth('a\0b\0\0c\n\0\n'),
  'no final newline': nth('no newline here'),
  'a final CR': nth('ends in a carriage return\r'),
  CRLF: latin1(nth('one\n\ntwo\n').toString('latin1').replaceAll('\n', '\r\n')),
  'CRLF, no final newline': latin1(nth('one\ntwo').toString('latin1').replaceAll('\n', '\r\n')),
  'CRLF in the header alone': latin1(
    nth('one\ntwo\n')
      .toString('latin1')
      .replace(/\n(?=[\s\S]*\n\n)/g, '\r\n'),
  ),
  'a lone CR': nth('above\rbelow\nend\n'),
  'empty lines at its end': nth('text\n\n\n\n'),
  'a From line': nth('above\nFrom here on\n\nFrom there\nbelow\n'),
  'a From line that separates': nth('above\n\nFrom a@example.org Mon Jan  1 00:00:00 2024\nSubject: no\n\nbelow\n'),
  'a From line first': nth('From a@example.org Mon Jan  1 00:00:00 2024\nbody\n'),
  'a From line last': nth('above\n\nFrom '),
  'a From line after CR': nth('above\rFrom here\r\rFrom there\n'),
  'a From line after CRLF': nth('above\r\n\r\nFrom a@example.org Mon Jan  1 00:00:00 2024\r\nbelow\r\n'),
  'quoted From lines': nth('above\n>From here on\n>>From there\n\n>>>From on\nbelow\n'),
  'an empty body': nth(''),
  'a header alone': latin1('Subject: no empty line\nMessage-ID: <alone@example.org>\n'),
  'a header alone, no newline': latin1('Subject: not even one\nMessage-ID: <cut@example.org>'),
  'no header': latin1('\nonly a body\n'),
  'a body that looks like a header': latin1('\nSubject: in the body\nMessage-ID: <body@example.org>\n\ntext\n'),
  'a long line': nth(`${'x'.repeat(200_000)}\n`),
  'a long field': nth('x\n', `X-Long: ${'y'.repeat(3_000)}\n`),
  "others' fields": nth('b\n', 'Status: RO\nX-Status: A\nX-UID: 7\nX-Keywords: other\nX-IMAPbase: 1 9\n'),
  'a Content-Length that lies': nth('a body of some length\n\nFrom nobody\n', 'Content-Length: 7\nLines: 99\n'),
  'X-Mozilla fields': nth('b\n', 'X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\nX-Mozilla-Keys:      \n'),
  'a dot line': nth('.\n..\n.\n'),
  'a quoted line in the header': latin1('From: a@b\n>From: c\nMessage-ID: <qh@example.org>\n\nx\n'),
}

/** All odd mail by what is odd about it. */
export const ODD_OCTETS: Readonly<Record<string, Buffer>> = { ...OCTETS, ...ODD }

/** Received dates, with what is odd about them. */
const DATES: readonly number[] = [
  day('1969-07-20T20:17:40Z'),
  -1,
  0,
  1,
  day('1999-12-31T23:59:59Z'),
  day('2004-02-29T12:00:00Z'),
  day('2024-03-31T01:30:00Z'),
  2 ** 31 - 1,
  2 ** 31,
  day('2039-06-01T00:00:00Z'),
]

/** Sets of flags and keywords. */
const FLAGS: readonly (readonly string[])[] = [
  [],
  ['\\Seen'],
  ['\\Answered', '\\Draft', '\\Flagged', '\\Seen'],
  ['\\Deleted'],
  ['$Forwarded'],
  ['$Label1', '$MDNSent', 'NonJunk', 'todo'],
  ['Work', 'work-2', '\\Flagged'],
]

const message = (raw: Buffer, at: number, flags: readonly string[] = []): MemoryMessage => ({
  raw,
  flags,
  received: RECEIVED + at,
})

/** Each message of these once, in an order of its own; received one second after the other. */
function ofOctets(): MemoryMessage[] {
  return Object.values(ODD_OCTETS).map((raw, at) => message(raw, at, at % 3 === 0 ? ['\\Seen'] : []))
}

const TWICE = nth('the very same\n')
const NO_ID = latin1('From: a@example.org\nSubject: no ID\n\ntwice\n')

/** Folders whose names other kinds of store cannot have as they are. `/` between levels. */
export const NAMES = [
  'Work',
  'Work/2024',
  'Work/2024/Ümläute & Co',
  'dots.in.name',
  'R&D',
  '&AOQ-',
  'slash\\/inside',
  'back\\\\slash',
  '\u{1f4ee} post',
  'caf\u00e9',
  'cafe\u0301',
  'INBOX/below',
  'cur',
  'new/tmp',
  '42',
  'Work/7',
  '.hidden',
  '..',
  'name.sbd',
  'mail.eml',
  'folder.lock',
  'index.msf',
  ' blanks ',
  'quotes\'"',
  'star*percent%',
  'CASE',
  'case',
  'x'.repeat(200),
] as const
export const EMPTY_NAMES = ['Empty', 'Empty/In it', 'Full of nothing/Deep/Deeper'] as const

/** A store that nothing is easy about, by folder. */
export function hardMail(): Record<string, MemoryMessage[]> {
  const dates = DATES.map((received, n): MemoryMessage => ({ raw: mail(100 + n), flags: [], received }))
  const flagged = FLAGS.map((flags, n) => message(mail(200 + n), n, flags))
  const named = NAMES.map((name, n): [string, MemoryMessage[]] => [
    name,
    [message(mail(300 + n), n, ['\\Seen']), message(mail(400 + n), 90 + n)],
  ])
  const twice = [TWICE, TWICE, mail(500), NO_ID, NO_ID, TWICE].map((raw, at) => message(raw, at))
  return {
    INBOX: ofOctets(),
    Dates: dates,
    Flags: flagged,
    Twice: twice,
    ...Object.fromEntries(named),
    ...Object.fromEntries(EMPTY_NAMES.map((name) => [name, []])),
  }
}
