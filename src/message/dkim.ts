import { BodyHash, type BodyText, canonicalPieces, type Span } from './body-canonicalisation.js'
import {
  type AlterationCause,
  isOpenMultipart,
  otherReadings,
  possibleOriginals,
  storedBody,
} from './dkim-originals.js'
import { type BodyHashTags, readSignatures, type Signature, type SignatureField } from './dkim-signature.js'

/** What a signature proves of the body as stored. */
export interface BodyHashVerdict {
  readonly field: SignatureField
  readonly domain: string
  readonly selector: string
  /** Of an ARC-Message-Signature. */
  readonly instance: number | null
  readonly verdict: 'intact' | 'altered' | 'unverifiable'
  /** With `altered` alone. */
  readonly cause: AlterationCause | null
  /** With `altered`: something was put behind or around the body, whatever else was done to it. */
  readonly hasAddition: boolean
  /** A plain sentence. */
  readonly detail: string
  /** Canonical octets of an intact body beyond `l=`: anyone may have added them. */
  readonly unsignedOctets: number
}

type Outcome = Pick<BodyHashVerdict, 'verdict' | 'cause' | 'hasAddition' | 'detail' | 'unsignedOctets'>

/** Signatures that want the same hash of the same canonical form. */
interface Group extends Pick<BodyHashTags, 'algorithm' | 'canonicalisation'> {
  /** Those without an outcome yet. */
  pending: { readonly signature: Signature; readonly tags: BodyHashTags }[]
}

const LF = 10
const CR = 13
const MAX_FOOTER_LINES = 100
const MAX_FOOTER_OCTETS = 1 << 16
const MAX_LENGTHS_EXPLAINED = 100
/** Octets of body that are hashed to explain an alteration, all tries of a message together. */
const MAX_TRIED = 1 << 27

/**
 * Holds the body of a message against the body hash (`bh=`) of each of its DKIM-Signature (RFC 6376) and
 * ARC-Message-Signature (RFC 8617) fields, in their order. It takes no key and no network: an intact hash proves that
 * the body is the one that was signed, not who signed it.
 *
 * Where a body is altered, likely originals are tried; a cause that such an original proves is certain, one that is
 * only likely says so in its detail.
 */
export function verifyBodyHashes(message: Buffer): BodyHashVerdict[] {
  const { signatures, bodyStart } = readSignatures(message)
  if (signatures.length === 0) return []
  const stored = storedBody(message, bodyStart)
  const outcomes = new Map<Signature, Outcome>()
  const tries = { left: Math.floor(MAX_TRIED / Math.max(1, message.length - bodyStart)) }
  for (const group of groupSignatures(signatures)) judge(group, stored, outcomes, tries)
  return signatures.map((signature) => {
    const { field, domain, selector, instance, body } = signature
    const outcome = outcomes.get(signature) ?? unverifiable(typeof body === 'string' ? body : '')
    return { field, domain, selector, instance, ...outcome }
  })
}

function groupSignatures(signatures: readonly Signature[]): Iterable<Group> {
  const groups = new Map<string, Group>()
  for (const signature of signatures) {
    const tags = signature.body
    if (typeof tags === 'string') continue
    const { algorithm, canonicalisation } = tags
    const key = `${algorithm} ${canonicalisation}`
    const group = groups.get(key) ?? { algorithm, canonicalisation, pending: [] }
    group.pending.push({ signature, tags })
    groups.set(key, group)
  }
  return groups.values()
}

/** How many more originals may be tried: each costs a hash over the body. */
interface Tries {
  left: number
}

function judge(group: Group, stored: BodyText, outcomes: Map<Signature, Outcome>, tries: Tries): void {
  const octets = tryBody(group, stored, outcomes, intact)
  if (group.pending.length === 0) return
  for (const body of otherReadings(stored)) tryBody(group, body, outcomes, intact)
  explain(group, stored, outcomes, tries)
  const isOpen = group.pending.length > 0 && isOpenMultipart(stored)
  for (const { signature, tags } of group.pending) outcomes.set(signature, unexplained(tags, octets, isOpen))
}

/** Settles the signatures that hold for this body. @returns its canonical octets */
function tryBody(
  group: Group,
  body: BodyText,
  outcomes: Map<Signature, Outcome>,
  outcomeOf: (tags: BodyHashTags, octets: number) => Outcome,
): number {
  const lengths = [...new Set(group.pending.map(({ tags }) => tags.length))].sort((a, b) => a - b)
  const hash = new BodyHash(group.algorithm, group.canonicalisation, lengths).addBody(body)
  const digestAt = hash.finish()
  group.pending = group.pending.filter(({ signature, tags }) => {
    if (digestAt(tags.length) !== tags.bodyHash) return true
    outcomes.set(signature, outcomeOf(tags, hash.octets))
    return false
  })
  return hash.octets
}

function explain(group: Group, stored: BodyText, outcomes: Map<Signature, Outcome>, tries: Tries): void {
  if (new Set(group.pending.map(({ tags }) => tags.length)).size > MAX_LENGTHS_EXPLAINED) return
  for (const { body, cause, how, mayHaveFooter, hasAddition } of possibleOriginals(stored)) {
    if (group.pending.length === 0 || tries.left-- <= 0) return
    if (mayHaveFooter) tryFooters(group, body, outcomes, cause, how)
    else tryBody(group, body, outcomes, () => altered(cause, `The body is as it was signed ${how}.`, hasAddition))
  }
}

/** Takes lines off the end, one by one, at the cost of one hash over the body and a little for each line. */
function tryFooters(
  group: Group,
  body: BodyText,
  outcomes: Map<Signature, Outcome>,
  cause: AlterationCause,
  how: string,
): void {
  const start = footerStart(body)
  const [span] = body.spans
  if (!span) return
  const hash = new BodyHash(group.algorithm, group.canonicalisation)
  if (start > span.start) hash.addBody({ ...body, spans: [{ start: span.start, end: start }] })
  const tail = { ...body, spans: [{ start, end: span.end }] }
  const lines = [...canonicalPieces(tail, group.canonicalisation)].join('').split(/(?<=\r\n)/)
  lines.forEach((line, index) => {
    const digest = line === '\r\n' ? '' : hash.peek()
    hash.add(line)
    const found = group.pending.filter(({ tags }) => tags.length === Infinity && tags.bodyHash === digest)
    const without = `without its last ${plural(lines.length - index, 'line')}, added later`
    const detail = `The body is as it was signed ${how === '' ? without : `${how}, and ${without}`}.`
    for (const { signature } of found) outcomes.set(signature, altered(cause, detail, true))
    if (found.length > 0) group.pending = group.pending.filter((one) => !found.includes(one))
  })
}

/** Where the lines begin that may be a footer. */
function footerStart({ octets, spans }: BodyText): number {
  const { start, end }: Span = spans[0] ?? { start: 0, end: 0 }
  const lineEnding = octets.indexOf(LF, start) < 0 ? CR : LF
  let at = end
  for (let lines = 0; lines <= MAX_FOOTER_LINES && at > start; lines++) {
    const before = at < start + 2 ? -1 : octets.lastIndexOf(lineEnding, at - 2)
    if (end - before > MAX_FOOTER_OCTETS) return at
    at = Math.max(before + 1, start)
  }
  return at
}

function intact(tags: BodyHashTags, octets: number): Outcome {
  const unsignedOctets = Math.max(0, octets - tags.length)
  const rest = `${plural(unsignedOctets, 'octet')} after the first ${tags.length} are not signed`
  const detail = unsignedOctets === 0 ? 'The body is as it was signed.' : `The signed body is as it was; ${rest}.`
  return { verdict: 'intact', cause: null, hasAddition: false, detail, unsignedOctets }
}

function altered(cause: AlterationCause, detail: string, hasAddition = false): Outcome {
  return { verdict: 'altered', cause, hasAddition, detail, unsignedOctets: 0 }
}

function unverifiable(detail: string): Outcome {
  return { verdict: 'unverifiable', cause: null, hasAddition: false, detail, unsignedOctets: 0 }
}

function unexplained(tags: BodyHashTags, octets: number, isOpen: boolean): Outcome {
  if (tags.length !== Infinity && tags.length > octets) {
    return altered('truncated', `The body is truncated: ${tags.length} octets were signed, ${octets} are there.`)
  }
  if (isOpen) return altered('truncated', 'The body is likely truncated: the end of the multipart is missing.')
  return altered('unknown', 'The body is not as it was signed; how it was altered cannot be told.')
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
