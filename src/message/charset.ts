import { isAscii, isUtf8 } from 'node:buffer'
import { decodeCodePage, decodeWindows1252 } from './code-page.js'
import { decodeUtf7, eucKrOfIso2022, gbkOfHz } from './seven-bit-charset.js'

/** Names found in mail that the platform's decoder does not know, by what it calls them (WHATWG Encoding Standard). */
const ALIASES: Readonly<Record<string, string>> = {
  ...{ cp932: 'shift_jis', ms932: 'shift_jis', 'x-ms-cp932': 'shift_jis', cp936: 'gbk', ms936: 'gbk' },
  ...{ cp949: 'euc-kr', uhc: 'euc-kr', ms949: 'euc-kr', cp950: 'big5', 'x-windows-950': 'big5', eucjp: 'euc-jp' },
  ...{ cp50220: 'iso-2022-jp', cp50221: 'iso-2022-jp', 'iso-2022-jp-1': 'iso-2022-jp', 'iso-2022-jp-2': 'iso-2022-jp' },
  ...{ euckr: 'euc-kr', 'gb2312-80': 'gbk', gb_2312: 'gbk', 'gb18030-2000': 'gb18030', latin9: 'iso-8859-15' },
  ...{ ibm437: 'cp437', 437: 'cp437', ibm850: 'cp850', 850: 'cp850', 'cp-850': 'cp850', latin10: 'iso-8859-16' },
  ...{ 'unicode-1-1-utf-7': 'utf-7', utf7: 'utf-7', hz: 'hz-gb-2312', iso2022kr: 'iso-2022-kr', utf8mb4: 'utf-8' },
  ...{ mac: 'macintosh', 'x-mac-roman': 'macintosh', macroman: 'macintosh', 'apple-roman': 'macintosh' },
}

/** Said by writers that knew none: the octets themselves must tell. */
const UNSTATED = new Set([
  '',
  'us-ascii',
  'ascii',
  'ansi_x3.4-1968',
  '646',
  'unknown-8bit',
  'x-unknown',
  'unknown',
  'default',
  '7bit',
  '8bit',
])

/** Their text is not in the octets as they stand, even where those are valid UTF-8 or ASCII. */
const DISGUISED = /^(?:utf-?7|unicode-1-1-utf-7|utf-16|utf-16[bl]e|iso-?2022-.*|iso2022kr|hz|hz-gb-2312|cp5022[01])$/

type Decoder = InstanceType<typeof TextDecoder>

const decoders = new Map<string, Decoder>()

/** The name of a character set without case, quotes and language (RFC 2231 §5). */
export function charsetName(label: string): string {
  const kept = names.get(label)
  if (kept !== undefined) return kept
  const star = label.indexOf('*')
  const name = (star < 0 ? label : label.slice(0, star)).replace(/["' \t]/g, '').toLowerCase()
  const charset = Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name
  if (names.size < MAX_NAMES && label.length < 40) names.set(label, charset)
  return charset
}

/** Labels read once; no more of them, so that hostile mail cannot make this grow. */
const names = new Map<string, string>()
const MAX_NAMES = 500

/**
 * The text of octets in a named character set.
 *
 * @param label - as written in mail; unstated and unknown ones are taken as UTF-8 if the octets are, else as windows-1252
 * @returns never fails: what is no character of the set becomes U+FFFD
 */
export function decodeCharset(octets: Buffer, label: string): string {
  const charset = charsetName(label)
  if (charset === 'utf-8' && isUtf8(octets)) return octets.toString('utf8')
  if (isAscii(octets) && !DISGUISED.test(charset)) return octets.toString('latin1')
  return decodeBy(octets, charset, false) ?? guess(octets)
}

/** Whether text in this character set can be read at all. */
export function isKnownCharset(label: string): boolean {
  const charset = charsetName(label)
  return charset === 'utf-8' || UNSTATED.has(charset) || decodeBy(Buffer.alloc(0), charset, false) !== null
}

/**
 * Octets of a text as UTF-8, so that a text encoded anew in another character set gives the same octets.
 * What is valid UTF-8 already stays as it is, whatever the label says, even if it breaks off within a character; what is
 * no text in the character set named is read as windows-1252, which gives every octet a character of its own.
 */
export function toUtf8(octets: Buffer, label: string): Buffer {
  const charset = charsetName(label)
  if (!DISGUISED.test(charset) && (isUtf8(octets) || isCutUtf8(octets))) return octets
  const text = UNSTATED.has(charset) ? null : decodeBy(octets, charset, true)
  return Buffer.from(text ?? decodeWindows1252(octets), 'utf8')
}

/** Whether only the last character lacks octets, of which at least one that is not ASCII comes before it. */
function isCutUtf8(octets: Buffer): boolean {
  let start = octets.length - 1
  while (start > octets.length - 4 && ((octets[start] ?? 0) & 0xc0) === 0x80) start--
  const head = octets.subarray(0, Math.max(start, 0))
  return (octets[start] ?? 0) >= 0xc2 && !isAscii(head) && isUtf8(head)
}

function guess(octets: Buffer): string {
  return isUtf8(octets) ? octets.toString('utf8') : decodeWindows1252(octets)
}

/** null: the character set is unknown or, where `isStrict`, the octets are no text in it. */
function decodeBy(octets: Buffer, charset: string, isStrict: boolean): string | null {
  if (UNSTATED.has(charset)) return isStrict ? null : guess(octets)
  if (charset === 'utf-7') return decodeUtf7(octets)
  if (charset === 'hz-gb-2312') return decodeByPlatform(gbkOfHz(octets), 'gbk', isStrict)
  if (charset === 'iso-2022-kr') return decodeByPlatform(eucKrOfIso2022(octets), 'euc-kr', isStrict)
  if (charset === 'utf-16') return decodeByPlatform(octets, isLittleEndian(octets) ? 'utf-16le' : 'utf-16be', isStrict)
  return decodeCodePage(octets, charset) ?? decodeByPlatform(octets, charset, isStrict)
}

function decodeByPlatform(octets: Buffer, charset: string, isStrict: boolean): string | null {
  const decoder = decoderOf(charset, isStrict)
  if (decoder?.encoding === 'windows-1252') return decodeWindows1252(octets) // Node 20 reads its C1 range as ISO 8859-1
  try {
    return decoder ? decoder.decode(octets) : null
  } catch {
    return null
  }
}

/** Decoders are kept, for known names alone: hostile mail cannot make this grow. */
function decoderOf(charset: string, isStrict: boolean): Decoder | null {
  const key = isStrict ? `!${charset}` : charset
  const kept = decoders.get(key)
  if (kept !== undefined) return kept
  if (charset.length > 40) return null
  try {
    const decoder = new TextDecoder(charset, { fatal: isStrict })
    decoders.set(key, decoder)
    return decoder
  } catch {
    return null
  }
}

/** By the byte order mark; without one by where the zero octets of its ASCII stand, since both orders are in use. */
function isLittleEndian(octets: Buffer): boolean {
  if (octets[0] === 0xff && octets[1] === 0xfe) return true
  if (octets[0] === 0xfe && octets[1] === 0xff) return false
  let balance = 0
  for (let at = 0; at < octets.length; at++) if (octets[at] === 0) balance += at % 2 === 1 ? 1 : -1
  return balance > 0
}
