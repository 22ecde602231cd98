/** A defect of each kind that a file of mbox can have: what makes a file of clean mail, with that defect in it. */
import { cleanMail, receivedAt, textOf } from './clean-mail.js'

/** The separator that a mail is stored with. */
export function separator(serial) {
  const [weekday, day, month, year, time] = new Date(receivedAt(serial) * 1000)
    .toUTCString()
    .replace(',', '')
    .split(' ')
  return `From ann@example.org ${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}\n`
}

const stored = (serial, text = textOf(cleanMail(serial))) => `${separator(serial)}${text}\n`
const plain = (serial) => textOf(cleanMail(serial - (serial % 4)))
const around = (serial, ...middle) => [stored(serial), ...middle, stored(serial + 9)].join('')
const withLine = (serial, line) => stored(serial + 1, `${plain(serial)}\n${line}\nand so on\n`)
const withField = (serial, field) => stored(serial, `${field}\n${plain(serial)}`)
const bodyLength = (text) => text.length - text.indexOf('\n\n') - 2

/** By rule; each is given the serial of mail that nobody else uses. */
export const MBOX_DAMAGE = {
  'unescaped-from-line': (n) => around(n, withLine(n, 'From here on we sing')),
  'quoted-separator-in-body': (n) => around(n, withLine(n, `${separator(n)}She wrote:`)),
  'separator-without-empty-line': (n) => around(n, stored(n + 1).slice(0, -1), stored(n + 2)),
  'odd-separator': (n) => around(n, `From ???@??? Mon Jan  3 10:00:00 2011\n${plain(n + 1)}\n`),
  'readings-differ': (n) => around(n, withLine(n, 'From here on we sing')),
  'interleaved-append': (n) =>
    around(n, `${stored(n + 1, `${plain(n)}the middle of a li`).slice(0, -1)}${stored(n + 2)}`),
  'garbage-before-first-message': (n) => `Some notes\nof mine\n\n${around(n)}`,
  'empty-message': (n) => around(n, `${separator(n + 1)}\n`),
  'nul-run': (n) => around(n, stored(n + 1, `${plain(n)}${'\0'.repeat(4096)}\n`)),
  'last-message-truncated': (n) => `${around(n)}${separator(n + 10)}From: Ann Bell <ann@exa`,
  'no-final-newline': (n) => around(n, stored(n + 1, plain(n + 4))).replace(/\n+$/, ''),
  'content-length-wrong': (n) => around(n, withField(n + 1, 'Content-Length: 5000')),
  'content-length-other-line-endings': (n) => {
    const text = plain(n)
    const length = bodyLength(text) + text.slice(text.indexOf('\n\n') + 2).split('\n').length - 1
    return around(n, stored(n + 1, `Content-Length: ${length}\n${text}`))
  },
  'mixed-line-endings': (n) => around(n, stored(n + 1).replaceAll('\n', '\r\n')),
  'mbox-dialect-mixed': (n) => around(n, withLine(n, 'From here on we sing'), withLine(n + 4, '>From here on we sing')),
  'space-escaped-from-line': (n) => around(n, withLine(n, ` ${separator(n)}`)),
  'quoted-from-field': (n) => around(n, stored(n + 1, plain(n).replace('\nFrom:', '\n>From:'))),
  'internal-message': (n) =>
    `${separator(n)}From: MAILER-DAEMON\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nX-IMAP: 1 3\n\nInternal.\n\n${around(n)}`,
  'uid-fields-inconsistent': (n) =>
    [withField(n, 'X-UID: 9'), withField(n + 1, 'X-UID: 7'), withField(n + 2, 'X-UID: 9')].join(''),
  'mozilla-fields-differ': (n) => around(n, withField(n + 1, 'X-Mozilla-Status: 0001\nX-Mozilla-Status: 0003')),
  'deleted-not-compacted': (n) => around(n, withField(n + 1, 'X-Mozilla-Status: 0009')),
}

/** What lies beside the files of a tree, by rule: names and contents. */
export const BESIDE_MBOXES = {
  'mailbox-locked': ['locked.lock', ''],
  'mailbox-leftover': ['nstmp', separator(1)],
}
/** The folder that a lock lies beside. */
export const LOCKED = 'locked'
export const lockedFile = (n) => around(n)

/** What no made file can show: it takes another program at work, or a file of some gigabytes. */
export const NOT_SEEDED_IN_MBOX = ['changed-while-read', 'mailbox-large', 'mailbox-very-large']
