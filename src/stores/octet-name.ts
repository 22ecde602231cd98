import { isUtf8 } from 'node:buffer'

/**
 * File names are octets. Inside the stores they are Latin-1 strings, one character an octet; people and results see
 * them as UTF-8, with `\xHH` for an octet that is none and `\\` for a backslash, so that the way back is exact.
 */
export function showOctets(octets: string): string {
  if (PLAIN.test(octets)) return octets
  const bytes = Buffer.from(octets, 'latin1')
  if (isUtf8(bytes)) return escapeBackslash(bytes.toString('utf8'))
  let shown = ''
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at)
    shown += length > 0 ? escapeBackslash(bytes.toString('utf8', at, at + length)) : hexOctet(bytes[at] ?? 0)
    at += Math.max(length, 1)
  }
  return shown
}

/** Takes `showOctets` back. */
export function octetsOf(shown: string): string {
  return unescapeOctets(utf8Octets(shown))
}

/** `showOctets`, as the Latin-1 string of the UTF-8 octets of what is shown: a form that sorts as locators do. */
export function escapeOctets(octets: string): string {
  return PLAIN.test(octets) ? octets : utf8Octets(showOctets(octets))
}

/** Takes `escapeOctets` back. */
export function unescapeOctets(escaped: string): string {
  if (!escaped.includes('\\')) return escaped
  return escaped.replace(/\\(?:x([0-9a-f]{2})|(.))/gs, (_, hex: string | undefined, char: string) =>
    hex === undefined ? char : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

/** A text as the Latin-1 string of its UTF-8 octets: such strings compare as the octets do. */
export function utf8Octets(text: string): string {
  return PLAIN.test(text) ? text : Buffer.from(text).toString('latin1')
}

/** The text of a Latin-1 string of UTF-8 octets. */
export function textOfOctets(octets: string): string {
  return ASCII.test(octets) ? octets : Buffer.from(octets, 'latin1').toString('utf8')
}

/** A path given as octets, in the form that `node:fs` opens it by. */
export function openablePath(octets: string): string | Buffer {
  return ASCII.test(octets) ? octets : Buffer.from(octets, 'latin1')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII but the backslash
const PLAIN = /^[\x00-\x5b\x5d-\x7f]*$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
const ASCII = /^[\x00-\x7f]*$/

const escapeBackslash = (text: string): string => text.replaceAll('\\', '\\\\')
const hexOctet = (octet: number): string => `\\x${octet.toString(16).padStart(2, '0')}`

/** Length of the UTF-8 sequence at `at`; 0 where there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    if (isUtf8(bytes.subarray(at, at + length))) return length
  }
  return 0
}
