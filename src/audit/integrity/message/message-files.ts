import type { MessageView } from '../message-view.js'
import type { MessageRule, Sighting } from '../rule.js'
import { lineAt, NOTHING } from './sightings.js'

const isFile = ({ storeType }: MessageView): boolean => storeType !== 'mbox'

export const emptyOrNulFile: MessageRule = {
  name: 'empty-or-nul-file',
  scope: 'message',
  severity: 'error',
  summary: 'The file of a message is empty, or holds nothing but NUL octets.',
  source: 'RFC 5322 §2.1',
  origin: 'A crash or a full disk: the file was made, and what should stand in it was never written.',
  risk: 'The message is lost here. Some programs show an empty mail, others leave it out.',
  remedy: 'Look for the message in a backup or on the server; then delete the file.',
  detect: (mail) => {
    if (!isFile(mail)) return NOTHING
    const { octets } = mail
    if (octets.length === 0) return [{ offset: null, detail: 'the file is empty' }]
    const isNul = octets[0] === 0 && octets.every((octet) => octet === 0)
    return isNul ? [{ offset: 0, detail: `all of its ${octets.length} octets are NUL` }] : NOTHING
  },
}

export const sizeSuffixMismatch: MessageRule = {
  name: 'size-suffix-mismatch',
  scope: 'message',
  severity: 'error',
  summary: 'The size in a Maildir file name (,S= or ,W=) is not the size of the message.',
  source: 'Maildir++ (Courier), Dovecot: Maildir, Usage of S= and W=',
  origin:
    "The file was changed after its delivery: by a script, a filter, Python's mailbox.flush (cpython #137454), or it was cut short.",
  risk: 'Dovecot trusts the name: fetching the message fails with "Cached message size larger than expected", and quotas are wrong.',
  remedy:
    'If the file is whole, take ",S=…" and ",W=…" out of its name, or write the right sizes; Dovecot then counts anew.',
  detect: (mail) => (mail.storeType === 'maildir' ? wrongSizes(mail) : NOTHING),
}

function wrongSizes({ copy, octets }: MessageView): readonly Sighting[] {
  const unique = copy.locator.split('/')[0] ?? ''
  if (!unique.includes(',S=') && !unique.includes(',W=')) return NOTHING
  // Dovecot states the size before it compressed the file.
  if (compressionOf(octets) !== null) return NOTHING
  const [stored, onTheWire] = [sizeIn(unique, 'S'), sizeIn(unique, 'W')]
  const found: Sighting[] = []
  if (stored !== null && stored !== octets.length)
    found.push({ offset: null, detail: `the name says ${stored} octets (S=), the file has ${octets.length}` })
  if (onTheWire === null) return found
  const size = octets.length + countBareLf(octets)
  if (onTheWire !== size)
    found.push({ offset: null, detail: `the name says ${onTheWire} octets with CRLF (W=), the message has ${size}` })
  return found
}

function sizeIn(unique: string, letter: 'S' | 'W'): number | null {
  const digits = new RegExp(`,${letter}=(\\d{1,15})(?![0-9])`).exec(unique)?.[1]
  return digits === undefined ? null : Number(digits)
}

/** Line feeds with no CR before them: each becomes two octets on the wire. */
function countBareLf(octets: Buffer): number {
  let count = 0
  for (let at = octets.indexOf(10); at >= 0; at = octets.indexOf(10, at + 1)) if (octets[at - 1] !== 13) count++
  return count
}

export const separatorInFile: MessageRule = {
  name: 'separator-in-file',
  scope: 'message',
  severity: 'note',
  summary: 'The file of a message begins with the "From " line of an mbox.',
  source: 'RFC 4155; maildir(5)',
  origin: 'The message was taken out of an mbox with its separator line, or delivered by a program set for mbox.',
  risk: 'Programs that take the line for a header field show no header at all; signatures are not harmed. mbaudit passes over it.',
  remedy: 'Nothing, or remove the line.',
  detect: (mail) => {
    const isSeparator = isFile(mail) && /^(?:\xef\xbb\xbf)?>?From +[^ :\t]/.test(mail.octets.toString('latin1', 0, 64))
    return isSeparator ? [{ offset: 0, detail: `it begins with ${lineAt(mail, 0)}` }] : NOTHING
  },
}

export const byteOrderMark: MessageRule = {
  name: 'byte-order-mark',
  scope: 'message',
  severity: 'note',
  summary: 'A byte order mark stands before the first header field.',
  source: 'RFC 5322 §2.2; Unicode Standard §23.8',
  origin: 'The message was saved by a text editor or by a program on Windows.',
  risk: 'Programs may not see the first field, or no header at all; a server may refuse the message.',
  remedy: 'Remove the first octets (three for UTF-8). UTF-16 has to be saved as plain text first.',
  detect: ({ octets }) => {
    const mark = MARKS.find(([start]) => octets.subarray(0, start.length).equals(start))
    return mark === undefined ? NOTHING : [{ offset: 0, detail: `the mark of ${mark[1]}` }]
  },
}

const MARKS: readonly (readonly [Buffer, string])[] = [
  [Buffer.from('efbbbf', 'hex'), 'UTF-8'],
  [Buffer.from('fffe', 'hex'), 'UTF-16, little endian'],
  [Buffer.from('feff', 'hex'), 'UTF-16, big endian'],
]

export const compressedFile: MessageRule = {
  name: 'compressed-file',
  scope: 'message',
  severity: 'warning',
  summary: 'The file of a message is compressed or encrypted: nothing in it can be read here.',
  source: 'Dovecot: mail-compress (zlib) and mail-crypt plugins',
  origin: 'A server that compresses or encrypts the mail that it stores, or an archive that was put among messages.',
  risk: 'Only that server can read it. To all others it is a message without header: it is compared by its raw octets alone.',
  remedy: 'Let the server write it out: doveadm backup to a plain Maildir; or unpack the files of a copy.',
  detect: (mail) => {
    const compression = isFile(mail) ? compressionOf(mail.octets) : null
    return compression === null ? NOTHING : [{ offset: 0, detail: `it begins as ${compression} does` }]
  },
}

/** What a file that is compressed or encrypted begins with. Sources: RFC 1952, the formats' own documentation, Dovecot. */
const MAGICS: readonly (readonly [Buffer, string])[] = [
  [Buffer.from('1f8b08', 'hex'), 'gzip'],
  [Buffer.from('425a68', 'hex'), 'bzip2'],
  [Buffer.from('fd377a585a00', 'hex'), 'xz'],
  [Buffer.from('28b52ffd', 'hex'), 'Zstandard'],
  [Buffer.from('04224d18', 'hex'), 'LZ4'],
  [Buffer.from('Dovecot-LZ4\r'), "Dovecot's LZ4"],
  [Buffer.from('CRYPTED\u0003\u0007'), "Dovecot's encryption"],
]

function compressionOf(octets: Buffer): string | null {
  return MAGICS.find(([start]) => octets.subarray(0, start.length).equals(start))?.[1] ?? null
}

/** What can be told of a message that lies in a file of its own. */
export const MESSAGE_FILE_RULES: readonly MessageRule[] = [
  emptyOrNulFile,
  sizeSuffixMismatch,
  separatorInFile,
  byteOrderMark,
  compressedFile,
]
