import { excerpt } from '../../../message/excerpt.js'
import { findLongLines } from '../../../message/line-survey.js'
import type { MessageRule } from '../rule.js'
import { counted, lineAt, NOTHING } from './sightings.js'

const CONTEXT = 20

export const bareCr: MessageRule = {
  name: 'bare-cr',
  scope: 'message',
  severity: 'note',
  summary: 'A carriage return stands without a line feed behind it.',
  source: 'RFC 5322 §2.3',
  origin:
    'Mail of old Macintosh programs, text pasted from Windows, stores that changed line endings one time too often.',
  risk: 'Programs differ on whether a line ends there; what is signed no longer fits; servers may refuse the mail.',
  remedy: 'Nothing; look at it after a migration.',
  detect: ({ octets, lines: { cr, lf, crlf } }) => {
    if (cr.count === 0) return NOTHING
    if (lf.count + crlf.count === 0) return [{ offset: cr.first, detail: `all lines end in a lone CR (${cr.count})` }]
    return [
      {
        offset: cr.first,
        detail: `${cr.count} of them; the first: "${excerpt(octets, cr.first - CONTEXT, 2 * CONTEXT)}"`,
      },
    ]
  },
}

export const mixedLineEndings: MessageRule = {
  name: 'mixed-line-endings-in-message',
  scope: 'message',
  severity: 'note',
  summary: 'Some lines of the message end in CRLF, others in LF alone.',
  source: 'RFC 5322 §2.3',
  origin:
    'Filters and delivery programs that add lines in the manner of their system, or an import that stopped half way.',
  risk: 'A migration may double or drop line endings; sizes differ between servers, and programs that go by size fetch it again.',
  remedy: 'Nothing; mbaudit compares without regard to line endings.',
  detect: ({ lines: { crlf, lf } }) =>
    crlf.count === 0 || lf.count === 0
      ? NOTHING
      : [
          {
            offset: Math.max(crlf.first, lf.first),
            detail: `CRLF at the end of ${counted(crlf.count, 'line')}, LF alone at the end of ${lf.count}`,
          },
        ],
}

export const lineTooLong: MessageRule = {
  name: 'line-too-long',
  scope: 'message',
  severity: 'note',
  summary: 'A line is longer than 998 octets.',
  source: 'RFC 5322 §2.1.1',
  origin: 'HTML written in one line, attachments that were not encoded, fields that were not folded.',
  risk: 'Servers break or cut such lines when the mail is sent on or moved, which damages text, signatures and attachments.',
  remedy: 'Do not have it pass through SMTP again: forward it as an attachment.',
  detect: (mail) => {
    const long = findLongLines(mail.octets)
    if (!long) return NOTHING
    const longest = `${counted(long.count, 'line')}, the longest of ${long.longest} octets`
    return [{ offset: long.first, detail: `${longest}; the first: ${lineAt(mail, long.first)}` }]
  },
}

export const nulOctet: MessageRule = {
  name: 'nul-octet',
  scope: 'message',
  severity: 'warning',
  summary: 'The message holds an octet 0.',
  source: 'RFC 5322 §4',
  origin: 'A crash or a full disk while it was written (long runs), text in UTF-16, attachments that were not encoded.',
  risk: 'Programs take it for the end of the text, and IMAP cannot carry it: servers refuse the mail or change it.',
  remedy: 'Take it from another copy or backup; a long run of them means that what stood there is lost.',
  detect: ({ octets }) => {
    const first = octets.indexOf(0)
    if (first < 0) return NOTHING
    const { count, longest } = countNuls(octets, first)
    const run = longest > 1 ? `, the longest run ${longest}` : ''
    const place = excerpt(octets, first - CONTEXT, 2 * CONTEXT)
    return [{ offset: first, detail: `${counted(count, 'octet')} 0${run}; the first: "${place}"` }]
  },
}

function countNuls(octets: Buffer, first: number): { count: number; longest: number } {
  let count = 0
  let longest = 0
  let run = 0
  for (let at = first; at < octets.length; at++) {
    run = octets[at] === 0 ? run + 1 : 0
    if (run > 0) count++
    if (run > longest) longest = run
  }
  return { count, longest }
}
