import { fieldNames, walkHeader } from './header-section.js'

export type SignatureField = 'DKIM-Signature' | 'ARC-Message-Signature'
export type HashAlgorithm = 'sha1' | 'sha256'
export type BodyCanonicalisation = 'simple' | 'relaxed'

/** What a signature says of the body (RFC 6376 §3.5). */
export interface BodyHashTags {
  readonly algorithm: HashAlgorithm
  readonly canonicalisation: BodyCanonicalisation
  /** Canonical octets that are signed; Infinity without `l=`. */
  readonly length: number
  /** Hexadecimal. */
  readonly bodyHash: string
}

export interface Signature {
  readonly field: SignatureField
  /** `d=`; empty when absent. */
  readonly domain: string
  /** `s=`; empty when absent. */
  readonly selector: string
  /** `i=` of an ARC-Message-Signature (RFC 8617 §4.1.2). */
  readonly instance: number | null
  /** A sentence in place of tags that cannot be used. */
  readonly body: BodyHashTags | string
}

interface HashAlgorithmFacts {
  readonly name: HashAlgorithm
  readonly octets: number
}

const ALGORITHMS: ReadonlyMap<string, HashAlgorithmFacts> = new Map([
  ['rsa-sha1', { name: 'sha1', octets: 20 }],
  ['rsa-sha256', { name: 'sha256', octets: 32 }],
  ['ed25519-sha256', { name: 'sha256', octets: 32 }], // RFC 8463
])

const FIELDS: ReadonlyMap<string, SignatureField> = new Map([
  ['dkim-signature', 'DKIM-Signature'],
  ['arc-message-signature', 'ARC-Message-Signature'],
])
const FIELD_NAMES = fieldNames(FIELDS.keys())
const BODY_TAGS = ['a', 'bh', 'c', 'l']
const MAX_SHOWN = 40

/** The signatures over a message, in the order of their fields, and where the body begins. */
export function readSignatures(message: Buffer): { signatures: Signature[]; bodyStart: number } {
  const signatures: Signature[] = []
  const { bodyStart } = walkHeader(message, FIELD_NAMES, (name, _start, from, to) => {
    const field = FIELDS.get(name)
    if (field) signatures.push(parseSignature(field, message.toString('latin1', from, to)))
  })
  return { signatures, bodyStart }
}

/**
 * Reads a signature as far as the body hash needs it: more leniently than its grammar, since the version, the expiry
 * and the signature itself say nothing of the body.
 *
 * @param fieldBody - Latin-1, may be folded
 */
function parseSignature(field: SignatureField, fieldBody: string): Signature {
  const { tags, repeated } = parseTagList(fieldBody)
  const tag = (name: string): string => tags.get(name) ?? ''
  const twice = repeated.find((name) => BODY_TAGS.includes(name))
  const instance = /^\d{1,4}$/.test(tag('i')) ? Number(tag('i')) : null
  return {
    field,
    domain: tag('d'),
    selector: tag('s'),
    instance: field === 'ARC-Message-Signature' ? instance : null,
    body: twice === undefined ? parseBodyTags(tags) : `The signature has more than one ${twice}= tag.`,
  }
}

/** RFC 6376 §3.2: `name=value` between semicolons, white space and folding around each of them. The first of equal tags counts. */
function parseTagList(text: string): { tags: Map<string, string>; repeated: string[] } {
  const tags = new Map<string, string>()
  const repeated: string[] = []
  for (const part of text.split(';')) {
    const equals = part.indexOf('=')
    if (equals < 0) continue
    const name = part.slice(0, equals).trim()
    if (tags.has(name)) repeated.push(name)
    else tags.set(name, part.slice(equals + 1).replace(/[ \t\r\n]+/g, ''))
  }
  return { tags, repeated }
}

function parseBodyTags(tags: ReadonlyMap<string, string>): BodyHashTags | string {
  const name = tags.get('a')?.toLowerCase()
  const algorithm = ALGORITHMS.get(name ?? '')
  if (!algorithm) return name ? `The algorithm "${shown(name)}" is unknown.` : 'The signature names no algorithm.'
  const canonicalisation = bodyCanonicalisation(tags.get('c') ?? '')
  if (!canonicalisation) return `The canonicalisation "${shown(tags.get('c') ?? '')}" is unknown.`
  const length = tags.get('l') ?? ''
  if (!/^\d*$/.test(length)) return `The body length "${shown(length)}" is no number.`
  const bodyHash = tags.get('bh')
  if (!bodyHash) return 'The signature holds no body hash.'
  const octets = decodeBase64(bodyHash)
  if (octets?.length !== algorithm.octets) return `The body hash "${shown(bodyHash)}" is malformed.`
  const signed = length === '' ? Infinity : Number(length)
  return { algorithm: algorithm.name, canonicalisation, length: signed, bodyHash: octets.toString('hex') }
}

/**
 * The part after the slash, `simple` when it is left out (RFC 6376 §3.5); that of the header does not matter here, but
 * one word of a draft before the RFC (`nowsp`) holds for the body too.
 */
function bodyCanonicalisation(tag: string): BodyCanonicalisation | null {
  const body = /^(?:(?:simple|relaxed)?|[^/]*\/(simple|relaxed))$/i.exec(tag)
  return body && (body[1]?.toLowerCase() === 'relaxed' ? 'relaxed' : 'simple')
}

function decodeBase64(text: string): Buffer | null {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : null
}

/** Foreign text as it can be printed: short, in plain ASCII. */
function shown(text: string): string {
  const plain = text.replace(/[^!-~]/g, '?')
  return plain.length > MAX_SHOWN ? `${plain.slice(0, MAX_SHOWN)}…` : plain
}
