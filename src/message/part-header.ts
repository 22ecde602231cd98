import type { DelimiterFinder } from './delimiter.js'
import { addFieldBody, ENVELOPE_FIELDS, type FieldBodies } from './envelope.js'
import { type ParameterisedValue, parseParameters, readParameter } from './parameters.js'
import { type TransferEncoding, transferEncoding } from './transfer-encoding.js'

const LF = 10
const CR = 13

/** The fields that tell what a part is. */
export const PART_FIELDS: readonly string[] = [
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
  'x-mozilla-altered',
]
const READ = new Set([...PART_FIELDS, ...ENVELOPE_FIELDS])

export interface PartHeader {
  readonly bodies: FieldBodies
  readonly bodyStart: number
}

/** What the header of a part, or of a message, says of its body. */
export interface PartKind {
  /** `type/subtype` in lower case. */
  readonly type: string
  /** Decoded; empty when it has none. */
  readonly name: string
  readonly charset: string
  readonly encoding: TransferEncoding
  /** Of a multipart; empty when it names none. */
  readonly boundary: string
  /** Something was taken out of it after it was received, and a note put there instead. */
  readonly isPlaceholder: boolean
}

/**
 * Reads the header of a part. Other than in a message, a line that is no header field ends it and belongs to the body,
 * so that the text of a part with no header and no empty line is not lost; so does a delimiter.
 */
export function readPartHeader(octets: Buffer, start: number, finder: DelimiterFinder): PartHeader {
  const bodies = new Map<string, string>()
  let name = ''
  let valueStart = 0
  let valueEnd = 0
  const put = (): void => {
    if (READ.has(name)) addFieldBody(bodies, name, octets.toString('latin1', valueStart, valueEnd))
    name = ''
  }
  let isFirst = true
  for (let at = start; at < octets.length; ) {
    const end = lineEnd(octets, at)
    const next = octets[end] === CR && octets[end + 1] === LF ? end + 2 : end + 1
    if (end === at) {
      put()
      return { bodies, bodyStart: next }
    }
    const isContinuation = !isFirst && (octets[at] === 32 || octets[at] === 9)
    const colon = isContinuation ? 0 : fieldColon(octets, at, end)
    if (isContinuation) {
      valueEnd = end
    } else {
      put()
      if (colon < 0 || finder.match(at, start)) return { bodies, bodyStart: at }
      name = octets
        .toString('latin1', at, Math.min(colon, at + 80))
        .trimEnd()
        .toLowerCase()
      valueStart = colon + 1
      valueEnd = end
    }
    isFirst = false
    at = next
  }
  put()
  return { bodies, bodyStart: octets.length }
}

/** Where the colon of the header field in this line is; -1: it is none. */
function fieldColon(octets: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const octet = octets[at] ?? 0
    if (octet === 58) return at === start ? -1 : at
    if (octet === 32 || octet === 9) return afterBlanks(octets, at)
    if (octet < 33 || octet > 126) return -1
  }
  return -1
}

/** Obsolete white space before the colon (RFC 5322 §4.5). */
function afterBlanks(octets: Buffer, from: number): number {
  let at = from
  while (octets[at] === 32 || octets[at] === 9) at++
  return octets[at] === 58 ? at : -1
}

function lineEnd(octets: Buffer, from: number): number {
  let at = from
  while (at < octets.length && octets[at] !== LF && octets[at] !== CR) at++
  return at
}

/** @param fallback - the type of a part that names none, or none that is one (RFC 2045 §5.2) */
export function partKind(bodies: FieldBodies, fallback: string): PartKind {
  const contentType = parseParameters(bodies.get('content-type') ?? '')
  const disposition = parseParameters(bodies.get('content-disposition') ?? '')
  const type =
    contentType.value === '' ? fallback : /^[^/]+\/[^/]+$/.test(contentType.value) ? contentType.value : 'text/plain'
  return {
    type,
    name: readParameter(disposition, 'filename') || readParameter(contentType, 'name'),
    charset: contentType.parameters.get('charset') ?? readParameter(contentType, 'charset'),
    encoding: transferEncoding(bodies.get('content-transfer-encoding') ?? ''),
    boundary: type.startsWith('multipart/') ? boundaryOf(contentType) : '',
    isPlaceholder: bodies.has('x-mozilla-altered') || type === 'text/x-moz-deleted',
  }
}

/** Octets as Latin-1. Written in the way of RFC 2231 it is ASCII all the same. */
function boundaryOf(contentType: ParameterisedValue): string {
  return (contentType.parameters.get('boundary') ?? readParameter(contentType, 'boundary')).trimEnd()
}
