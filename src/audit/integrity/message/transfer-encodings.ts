import { type EncodingDamage, findBase64Damage, findQuotedPrintableDamage } from '../../../message/encoding-damage.js'
import type { LeafPart, MessagePart, MultipartPart } from '../../../message/part-tree.js'
import type { MessageView } from '../message-view.js'
import type { MessageRule, Sighting } from '../rule.js'
import { firstOnes, lineAt, NOTHING, quoted } from './sightings.js'
import { boundsRemark } from './structure.js'

const KNOWN = /^(?:|7bit|8bit|binary|base64|quoted-printable|(?:x-)?uue(?:ncode)?)$/
/** What may hold other parts may only be `7bit`, `8bit` or `binary`. */
const ENCODES = /^(?:base64|quoted-printable)$/

/** The Content-Transfer-Encoding of a part in lower case, without comments; empty when it names none. */
export function encodingName({ bodies }: LeafPart | MultipartPart | MessagePart): string {
  const body = bodies.get('content-transfer-encoding')
  if (body === undefined) return ''
  return /^[\s"']*([^\s"';(]*)/.exec(body)?.[1]?.toLowerCase() ?? ''
}

export const damagedBase64: MessageRule = {
  name: 'damaged-base64',
  scope: 'message',
  severity: 'warning',
  summary: 'A part in base64 holds what is no base64, or breaks off.',
  source: 'RFC 2045 §6.8',
  origin: 'Footers that a list or a virus scanner put behind the text, mail that was cut off, lines lost on the way.',
  risk: 'What stands behind the damage is decoded wrongly or not at all: an attachment may not open.',
  remedy: 'Open the part. If it is broken, take the mail from another copy or backup, or ask for it again.',
  detect: (mail) => damaged(mail, 'base64', findBase64Damage),
}

export const damagedQuotedPrintable: MessageRule = {
  name: 'damaged-quoted-printable',
  scope: 'message',
  severity: 'note',
  summary: 'A part in quoted-printable holds a `=` that encodes nothing, or octets over 127.',
  source: 'RFC 2045 §6.7',
  origin: 'Text that was never encoded, footers that were put behind it, lines that were broken anew.',
  risk: 'A few characters are shown wrongly.',
  remedy: 'Nothing; mbaudit leaves such a `=` as it stands.',
  detect: (mail) => damaged(mail, 'quoted-printable', findQuotedPrintableDamage),
}

function damaged(
  mail: MessageView,
  encoding: string,
  find: (octets: Buffer, start: number, end: number) => EncodingDamage | null,
): readonly Sighting[] {
  const sightings: Sighting[] = []
  for (const leaf of mail.parts.leaves) {
    if (leaf.kind.encoding !== encoding) continue
    const damage = find(mail.octets, leaf.bodyStart, leaf.bodyEnd)
    if (damage) sightings.push({ offset: damage.at, detail: describe(mail, leaf, damage) })
  }
  return sightings.length === 0 ? NOTHING : firstOnes(sightings)
}

function describe(mail: MessageView, leaf: LeafPart, { at, kind }: EncodingDamage): string {
  const here = lineAt(mail, at)
  if (kind === 'foreign') return `no character of base64: ${here}`
  if (kind === 'behind-padding') return `text behind the end of the base64: ${here}`
  if (kind === 'no-escape') return `a "=" that encodes nothing: ${here}`
  if (kind === 'raw-octet') return `an octet over 127: ${here}`
  if (leaf.isLast) return `the encoded text breaks off with the message, which is likely cut${boundsRemark(mail)}`
  if (leaf.kind.encoding === 'quoted-printable') return 'the encoded text ends in the middle of an escape'
  return 'the encoded text ends in the middle of a group: it is likely cut, or lacks its padding'
}

export const unknownTransferEncoding: MessageRule = {
  name: 'unknown-transfer-encoding',
  scope: 'message',
  severity: 'note',
  summary: 'A part names a transfer encoding that is not known.',
  source: 'RFC 2045 §6.1',
  origin: 'Slips (`8-bit`, `utf-8`), and programs with encodings of their own.',
  risk: 'Programs show it as it stands, or offer it as a file, or show nothing.',
  remedy: 'Nothing; mbaudit reads the octets as they are.',
  detect: (mail) =>
    allParts(mail, (part) => (KNOWN.test(encodingName(part)) ? null : `the encoding ${quoted(encodingName(part))}`)),
}

export const encodedMultipart: MessageRule = {
  name: 'encoded-multipart',
  scope: 'message',
  severity: 'note',
  summary: 'A part that holds other parts is said to be encoded as a whole.',
  source: 'RFC 2045 §6.4, RFC 2046 §5.2.1',
  origin: 'Gateways that take the encoding of one part for that of the whole.',
  risk: 'Programs that believe it decode what is not encoded and show nonsense; others do not find the parts.',
  remedy: 'Nothing, as long as the mail is shown well.',
  detect: (mail) =>
    allParts(mail, (part) =>
      ENCODES.test(encodingName(part)) && /^multipart\/|^message\/(?:rfc822|news|partial)$/.test(part.kind.type)
        ? `${quoted(part.kind.type)} in ${encodingName(part)}`
        : null,
    ),
}

function allParts(
  mail: MessageView,
  judge: (part: LeafPart | MultipartPart | MessagePart) => string | null,
): readonly Sighting[] {
  const { leaves, multiparts, messages } = mail.parts
  const sightings: Sighting[] = []
  for (const part of [...multiparts, ...messages, ...leaves]) {
    const detail = judge(part)
    if (detail !== null) sightings.push({ offset: part.start, detail })
  }
  return sightings.length === 0 ? NOTHING : firstOnes(sightings)
}
