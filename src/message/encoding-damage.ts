import { isAscii } from 'node:buffer'

/** A place where a transfer encoding is not what it says it is. */
export interface EncodingDamage {
  readonly at: number
  readonly kind: 'foreign' | 'behind-padding' | 'cut' | 'no-escape' | 'raw-octet'
}

const EQUALS = 61
const DATA = 0
const BLANK = 1
const PADDING = 2
const OTHER = 3

const BASE64_CLASS = new Uint8Array(256).fill(OTHER)
for (const c of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/') BASE64_CLASS[c.charCodeAt(0)] = DATA
for (const c of ' \t\r\n') BASE64_CLASS[c.charCodeAt(0)] = BLANK
BASE64_CLASS[EQUALS] = PADDING

/**
 * Finds the first damage of base64 (RFC 2045 §6.8) in octets [start, end): a character that is none of its alphabet, data
 * behind the padding, or an end in the middle of a group of four. White space is none.
 */
export function findBase64Damage(octets: Buffer, start: number, end: number): EncodingDamage | null {
  let at = start
  let count = 0
  let octetClass = DATA
  for (; at < end; at++) {
    const from = at
    at = endOfData(octets, at, end)
    count += at - from
    octetClass = at < end ? (BASE64_CLASS[octets[at] ?? 0] ?? OTHER) : BLANK
    if (octetClass !== BLANK) break
  }
  if (at < end && octetClass === OTHER) return { at, kind: 'foreign' }
  const isPadded = at < end
  for (; at < end; at++) {
    octetClass = BASE64_CLASS[octets[at] ?? 0] ?? OTHER
    if (octetClass === DATA || octetClass === OTHER) return { at, kind: 'behind-padding' }
  }
  const isCut = count % 4 === 1 || (!isPadded && count % 4 !== 0)
  return isCut ? { at: end, kind: 'cut' } : null
}

/** Where the run of base64 characters ends that begins at `from`; looks at several of them at a time. */
function endOfData(octets: Buffer, from: number, end: number): number {
  let at = from
  while (at + 4 <= end) {
    const a = BASE64_CLASS[octets[at] ?? 0] ?? OTHER
    const b = BASE64_CLASS[octets[at + 1] ?? 0] ?? OTHER
    const c = BASE64_CLASS[octets[at + 2] ?? 0] ?? OTHER
    const d = BASE64_CLASS[octets[at + 3] ?? 0] ?? OTHER
    if ((a | b | c | d) !== DATA) break
    at += 4
  }
  while (at < end && BASE64_CLASS[octets[at] ?? 0] === DATA) at++
  return at
}

const NO_ESCAPE = /=(?![0-9A-Fa-f]{2}|[ \t]*(?:\r?\n|\r))/
const RAW_OCTET = /[\x80-\xff]/

/**
 * Finds the first damage of quoted-printable (RFC 2045 §6.7) in octets [start, end): a `=` that neither two hexadecimal
 * digits nor the end of the line follow, or an octet over 127.
 */
export function findQuotedPrintableDamage(octets: Buffer, start: number, end: number): EncodingDamage | null {
  const text = octets.toString('latin1', start, end)
  const damage = text.search(NO_ESCAPE)
  if (damage >= 0) return { at: start + damage, kind: isBehind(text, damage) ? 'cut' : 'no-escape' }
  if (isAscii(octets.subarray(start, end))) return null
  return { at: start + text.search(RAW_OCTET), kind: 'raw-octet' }
}

/** Whether nothing but a part of an escape stands behind the `=`. */
function isBehind(text: string, at: number): boolean {
  return text.length - at <= 2 || text.slice(at + 1).trim() === ''
}
