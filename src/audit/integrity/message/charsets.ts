import { isAscii } from 'node:buffer'
import { charsetName, isKnownCharset } from '../../../message/charset.js'
import type { LeafPart } from '../../../message/part-tree.js'
import type { TextPart } from '../../../message/text-parts.js'
import type { MessageView } from '../message-view.js'
import type { MessageRule, Sighting } from '../rule.js'
import { firstOnes, lineAt, NOTHING, quoted } from './sightings.js'
import { encodingName } from './transfer-encodings.js'

const ASCII_NAMES: ReadonlySet<string> = new Set(['us-ascii', 'ascii', 'ansi_x3.4-1968', '646'])
/** Tell their character set themselves. */
const SELF_TELLING = /^text\/(?:x?html|xml|rtf|richtext|enriched)/
const GUESS =
  'Programs guess at the letters, each in its own way: umlauts, accents and whole scripts may come out wrong.'
const ORIGIN = 'Senders and gateways that take no notice of what they send, and text put in by lists and filters.'

export const undeclared8bit: MessageRule = {
  name: 'undeclared-8bit',
  scope: 'message',
  severity: 'note',
  summary: 'A part holds octets over 127, though it is said, or understood, to be in seven bits.',
  source: 'RFC 2045 §6.2',
  origin: ORIGIN,
  risk: 'A server that believes it may cut the eighth bit off when the mail is sent on, and the text is lost.',
  remedy: 'Nothing; do not have it pass through SMTP again unless as an attachment that is encoded.',
  detect: (mail) => {
    if (mail.isAscii) return NOTHING
    return firstOnes(mail.parts.leaves.filter((leaf) => isUndeclared(mail, leaf)).map((leaf) => firstHigh(mail, leaf)))
  },
}

function isUndeclared({ octets }: MessageView, leaf: LeafPart): boolean {
  const isSevenBit = /^(?:7bit)?$/.test(encodingName(leaf))
  return isSevenBit && !isAscii(octets.subarray(leaf.bodyStart, leaf.bodyEnd))
}

function firstHigh(mail: MessageView, { kind, bodyStart, bodyEnd }: LeafPart): Sighting {
  const at = bodyStart + mail.octets.subarray(bodyStart, bodyEnd).findIndex((octet) => octet > 127)
  return { offset: at, detail: `in a part of type ${quoted(kind.type)}: ${lineAt(mail, at)}` }
}

export const charsetNotStated: MessageRule = {
  name: 'charset-not-stated',
  scope: 'message',
  severity: 'note',
  summary: 'A text holds octets over 127, and its character set is not stated.',
  source: 'RFC 2045 §5.2',
  origin: ORIGIN,
  risk: GUESS,
  remedy: 'Nothing; mbaudit reads it as UTF-8 if it is that, else as windows-1252.',
  detect: (mail) =>
    judgeTexts(mail, ({ part, holds }) =>
      holds === 'ascii' || part.kind.charset !== '' || SELF_TELLING.test(part.kind.type)
        ? null
        : `no character set is stated; the text is ${holds === 'utf-8' ? 'valid UTF-8' : 'not UTF-8'}`,
    ),
}

export const wrongCharset: MessageRule = {
  name: 'wrong-charset',
  scope: 'message',
  severity: 'note',
  summary: 'A text holds octets that the character set it names does not have.',
  source: 'RFC 2046 §4.1.2, RFC 3629',
  origin: ORIGIN,
  risk: GUESS,
  remedy: 'Nothing; mbaudit reads it as UTF-8 if it is that, else as windows-1252.',
  detect: (mail) => judgeTexts(mail, ({ part, holds }) => misfit(charsetName(part.kind.charset), holds)),
}

function misfit(charset: string, holds: TextPart['holds']): string | null {
  if (holds === 'other' && charset === 'utf-8') return 'said to be UTF-8, which it is not'
  if (holds === 'ascii' || !ASCII_NAMES.has(charset)) return null
  return `said to be ASCII, and holds octets over 127${holds === 'utf-8' ? ' (valid UTF-8)' : ''}`
}

export const unknownCharset: MessageRule = {
  name: 'unknown-charset',
  scope: 'message',
  severity: 'note',
  summary: 'A text names a character set that is not known.',
  source: 'RFC 2978; WHATWG Encoding Standard',
  origin: 'Slips in the name, names that one vendor made up, and names left in by templates.',
  risk: GUESS,
  remedy: 'Nothing; mbaudit reads it as UTF-8 if it is that, else as windows-1252.',
  detect: (mail) =>
    judgeTexts(mail, ({ part: { kind }, holds }) =>
      holds === 'ascii' || kind.charset === '' || isKnownCharset(kind.charset)
        ? null
        : `the character set ${quoted(kind.charset)} is not known`,
    ),
}

function judgeTexts(mail: MessageView, judge: (text: TextPart) => string | null): readonly Sighting[] {
  const sightings = mail.texts.flatMap((text) => {
    const detail = judge(text)
    return detail === null ? [] : [{ offset: oddPlace(text), detail }]
  })
  return sightings.length === 0 ? NOTHING : firstOnes(sightings)
}

/** The first octet that does not fit where the text is not encoded; else where it begins. */
function oddPlace({ part, encoded, holds }: TextPart): number {
  if (part.kind.encoding !== 'none') return part.bodyStart
  const at = holds === 'other' ? endOfUtf8(encoded) : encoded.findIndex((octet) => octet > 127)
  return part.bodyStart + at
}

/** Where octets stop being valid UTF-8. */
function endOfUtf8(octets: Buffer): number {
  const text = octets.toString('utf8')
  return Buffer.byteLength(text.slice(0, Math.max(0, text.indexOf('\ufffd'))))
}
