/** A separator, and what is made with it: small mails, files of them. */
export const FROM = 'From a@example.org Mon Jan  1 10:00:00 2024\n'
export const mail = (n: number, body = `Body ${n}\n`): string =>
  `From: a@example.org\nSubject: Mail ${n}\nMessage-ID: <${n}@example.org>\n\n${body}`
export const mbox = (mails: readonly string[], from = FROM): string => mails.map((each) => `${from}${each}\n`).join('')
export const crlf = (text: string): string => text.replaceAll('\n', '\r\n')
export const THREE = [mail(1), mail(2), mail(3)]
export const INTERNAL = `${FROM}From: MAILER-DAEMON\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nX-IMAP: 1 3\n\nInternal.\n\n`

export const withLength = (text: string, length: number): string =>
  text.replace('\n\n', `\nContent-Length: ${length}\n\n`)
export const body = (text: string): string => text.slice(text.indexOf('\n\n') + 2)

export interface DefectiveMbox {
  readonly content: string
  readonly count: number
  /** Which messages are in doubt; none where not given. */
  readonly doubts?: readonly number[]
}

/** Small files with one defect each, and how many messages were put into them. */
export const DEFECTIVE_MBOXES: Readonly<Record<string, DefectiveMbox>> = {
  'well formed': { content: mbox(THREE), count: 3 },
  'no final newline': { content: mbox(THREE).replace(/\n+$/, ''), count: 3 },
  'the last body cut off': { content: mbox(THREE).slice(0, -5), count: 3 },
  'the last header cut off': { content: `${mbox([mail(1), mail(2)])}${FROM}From: a@exam`, count: 3 },
  'Thunderbird, From - with a date': { content: mbox(THREE, 'From - Mon Jan  1 10:00:00 2024\n'), count: 3 },
  'Netscape, From - without a date': { content: mbox(THREE, 'From - \n'), count: 3 },
  'Eudora, ???@???': { content: mbox(THREE, 'From ???@??? Mon Jan  1 10:00:00 2024\n'), count: 3 },
  'deleted and not compacted': {
    content: mbox([mail(1), mail(2).replace('\n\n', '\nX-Mozilla-Status: 0009\n\n'), mail(3)]),
    count: 3,
  },
  'a body line From, not after an empty line': {
    content: mbox([mail(1, 'text\nFrom here on\ntext\n'), mail(2)]),
    count: 2,
  },
  'a body line From, after an empty line': {
    content: mbox([mail(1, 'text\n\nFrom here on\ntext\n'), mail(2)]),
    count: 2,
  },
  // What the separators cannot tell: it is counted as they say, as every reader does.
  'a whole From_ line quoted after an empty line': {
    content: mbox([mail(1, `text\n\n${FROM}text\n`), mail(2)]),
    count: 3,
    doubts: [0, 1],
  },
  'no empty line before a From_ line': { content: `${FROM}${mail(1)}${FROM}${mail(2)}\n`, count: 2, doubts: [0, 1] },
  'CRLF everywhere': { content: crlf(mbox(THREE)), count: 3 },
  'the second message with CRLF': { content: `${mbox([mail(1)])}${crlf(mbox([mail(2)]))}${mbox([mail(3)])}`, count: 3 },
  'From_ lines with LF, content with CRLF': { content: mbox(THREE.map(crlf)), count: 3 },
  '4 KiB of NULs before a From_ line': {
    content: `${FROM}${mail(1)}\n${'\0'.repeat(4096)}${FROM}${mail(2)}\n`,
    count: 2,
    doubts: [0, 1],
  },
  'NULs and a newline before a From_ line': {
    content: `${FROM}${mail(1)}\n${'\0'.repeat(4096)}\n${FROM}${mail(2)}\n`,
    count: 2,
    doubts: [0, 1],
  },
  'NULs at the start': { content: `${'\0'.repeat(4096)}${mbox(THREE)}`, count: 3 },
  'NULs and a newline at the start': { content: `${'\0'.repeat(4096)}\n${mbox(THREE)}`, count: 3 },
  'a byte order mark': { content: `\xef\xbb\xbf${mbox(THREE)}`, count: 3 },
  'Content-Length right, a From_ line in the body': {
    content: mbox([
      withLength(mail(1, `text\n\n${FROM}text\n`), body(mail(1, `text\n\n${FROM}text\n`)).length),
      withLength(mail(2), 7),
    ]),
    count: 2,
    doubts: [0],
  },
  'Content-Length right, From in the body': {
    content: mbox([withLength(mail(1, 'text\n\nFrom here on\n'), 19), withLength(mail(2), 7)]),
    count: 2,
  },
  'Content-Length too long': {
    content: mbox([withLength(mail(1), 7), withLength(mail(2), 5000), withLength(mail(3), 7)]),
    count: 3,
    doubts: [1, 2],
  },
  'Content-Length too short': { content: mbox([withLength(mail(1), 2), mail(2), mail(3)]), count: 3 },
  'the internal first message': { content: `${INTERNAL}${mbox(THREE)}`, count: 3 },
  'two programs appended at once': {
    content: `${FROM}${mail(1)}\n${FROM}${mail(2, 'the middle of a li')}${FROM}${mail(3)}\nne, and its end\n\n`,
    count: 3,
    doubts: [1, 2],
  },
  'text before the first From_ line': { content: `Some notes\nof mine\n\n${mbox(THREE)}`, count: 3 },
  'bare From': { content: mbox(THREE, 'From \n'), count: 3, doubts: [0, 1, 2] },
  'a zone before the year': { content: mbox(THREE, 'From a@example.org Mon Jan  1 10:00:00 +0100 2024\n'), count: 3 },
  'an ISO date': { content: mbox(THREE, 'From a@example.org 2024-01-01T10:00:00Z\n'), count: 3, doubts: [0, 1, 2] },
  'no empty line between header and body': {
    content: `${FROM}From: a@example.org\nSubject: Mail 1\nthe body\n\n${FROM}${mail(2)}\n`,
    count: 2,
  },
  'an empty message': { content: `${FROM}\n${FROM}${mail(2)}\n`, count: 2, doubts: [0] },
}
