import { damageOfFile } from '../../../message/file-damage.js'
import type { LeafPart } from '../../../message/part-tree.js'
import { decodeTransfer } from '../../../message/transfer-encoding.js'
import type { MessageView } from '../message-view.js'
import type { MessageRule } from '../rule.js'
import { firstOnes, quoted } from './sightings.js'

export const damagedAttachment: MessageRule = {
  name: 'damaged-attachment',
  scope: 'message',
  severity: 'note',
  isOptional: true,
  summary: 'An attachment is empty, or a ZIP, PDF, JPEG or PNG file without its end.',
  source: 'PKWARE APPNOTE §4.3.16, ISO 32000-1 §7.5.5, ITU-T T.81 §B.1, RFC 2083 §3',
  origin: 'A download that broke off, mail cut at a size limit, an attachment that was broken when it was sent.',
  risk: 'The file does not open, or only its beginning does.',
  remedy: 'Open it; if it is broken, take the mail from another copy or backup, or ask for the file again.',
  detect: (mail) =>
    firstOnes(
      mail.parts.leaves.flatMap((leaf) => {
        const damage = isFile(leaf) ? damageOfFile(fileOf(mail, leaf)) : null
        return damage === null ? [] : [{ offset: leaf.start, detail: `${quotedName(leaf)} ${damage}` }]
      }),
    ),
}

function isFile({ kind, bodies }: LeafPart): boolean {
  const isAttachment = kind.name !== '' || /^\s*attachment\b/i.test(bodies.get('content-disposition') ?? '')
  return isAttachment && !kind.isPlaceholder && !kind.type.startsWith('message/')
}

function fileOf({ octets }: MessageView, { kind, bodyStart, bodyEnd }: LeafPart): Buffer {
  return decodeTransfer(octets.subarray(bodyStart, bodyEnd), kind.encoding).octets
}

function quotedName({ kind }: LeafPart): string {
  return quoted(Buffer.from(kind.name === '' ? kind.type : kind.name, 'utf8').toString('latin1'))
}

export const strippedAttachment: MessageRule = {
  name: 'stripped-attachment',
  scope: 'message',
  severity: 'note',
  summary: 'An attachment was taken out of the message after it was received.',
  source: 'Mozilla: X-Mozilla-Altered, text/x-moz-deleted',
  origin: 'Someone deleted or detached it in Thunderbird, which puts a note in its place.',
  risk: 'This copy is no longer whole, and its signatures no longer fit.',
  remedy: 'If it was detached, the note names the file; another copy of the mail may still hold it.',
  detect: (mail) =>
    firstOnes(
      mail.parts.leaves
        .filter(({ kind }) => kind.isPlaceholder)
        .map((leaf) => {
          const says = leaf.bodies.get('x-mozilla-altered')
          return { offset: leaf.start, detail: `${quotedName(leaf)}${says === undefined ? '' : `: ${quoted(says)}`}` }
        }),
    ),
}
