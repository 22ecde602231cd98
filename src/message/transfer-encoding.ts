const LF = 10
const CR = 13
const SPACE = 32
const TAB = 9
const EQUALS = 61
const FOREIGN = 255

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BASE64_VALUE = new Uint8Array(256).fill(FOREIGN)
for (let n = 0; n < BASE64.length; n++) BASE64_VALUE[BASE64.charCodeAt(n)] = n

/** The same with -1 for what is foreign. */
const BASE64_BITS = new Int8Array(BASE64_VALUE)

const HEX_VALUE = new Uint8Array(256).fill(FOREIGN)
for (let n = 0; n < 16; n++) {
  HEX_VALUE[n.toString(16).charCodeAt(0)] = n
  HEX_VALUE[n.toString(16).toUpperCase().charCodeAt(0)] = n
}

/** Octets given back, and whether the encoding breaks off where it cannot end. */
export interface Decoded {
  readonly octets: Buffer
  readonly isCut: boolean
}

/** What a Content-Transfer-Encoding field names; all that is unknown counts as none. */
export type TransferEncoding = 'base64' | 'quoted-printable' | 'uuencode' | 'none'

export function transferEncoding(fieldBody: string): TransferEncoding {
  const name = /^[\s"']*([\w-]*)/.exec(fieldBody)?.[1]?.toLowerCase() ?? ''
  if (name === 'base64' || name === 'quoted-printable') return name
  return /^(?:x-)?uue(?:ncode)?$/.test(name) ? 'uuencode' : 'none'
}

/** Undoes a transfer encoding (RFC 2045 §6); what is none comes back as the same octets, not copied. */
export function decodeTransfer(encoded: Buffer, encoding: TransferEncoding): Decoded {
  if (encoding === 'base64') return decodeBase64Part(encoded)
  if (encoding === 'quoted-printable') return { octets: decodeQuotedPrintable(encoded), isCut: false }
  if (encoding === 'uuencode') return decodeUuencode(encoded)
  return { octets: encoded, isCut: false }
}

/** Base64, foreign characters ignored, padding not asked for; reads on behind padding (RFC 2045 §6.8). */
export function decodeBase64(encoded: Buffer): Buffer {
  return decodeBase64Part(encoded).octets
}

/**
 * Behind padding it reads on only for lines that are whole quanta of base64 and nothing else: parts that were joined
 * end in padding each, while a footer that a list put there is no data.
 */
function decodeBase64Part(encoded: Buffer): Decoded {
  const out = Buffer.allocUnsafe(((encoded.length * 3) >> 2) + 3)
  let used = 0
  let bits = 0
  let count = 0
  for (let at = 0; at < encoded.length; at++) {
    if (count === 0) {
      for (let quantum = quantumAt(encoded, at); quantum >= 0; quantum = quantumAt(encoded, at)) {
        out[used++] = quantum >> 16
        out[used++] = quantum >> 8
        out[used++] = quantum
        at += 4
      }
      if (at >= encoded.length) break
    }
    const octet = encoded[at] ?? 0
    const value = BASE64_VALUE[octet] ?? FOREIGN
    if (value !== FOREIGN) {
      bits = (bits << 6) | value
      if (++count === 4) {
        out[used++] = bits >> 16
        out[used++] = bits >> 8
        out[used++] = bits
        bits = count = 0
      }
    } else if (octet === EQUALS && count > 0) {
      used = putRest(out, used, bits, count)
      bits = count = 0
      at = nextQuanta(encoded, at + 1) - 1
      if (at < 0) break
    }
  }
  const isCut = count > 0
  used = putRest(out, used, bits, count)
  return { octets: out.subarray(0, used), isCut }
}

/** The 24 bits of four characters in a row; negative: one of them is foreign, or they are not four. */
function quantumAt(encoded: Buffer, at: number): number {
  if (at + 4 > encoded.length) return -1
  const a = BASE64_BITS[encoded[at] ?? 0] ?? -1
  const b = BASE64_BITS[encoded[at + 1] ?? 0] ?? -1
  const c = BASE64_BITS[encoded[at + 2] ?? 0] ?? -1
  const d = BASE64_BITS[encoded[at + 3] ?? 0] ?? -1
  return (a | b | c | d) < 0 ? -1 : (a << 18) | (b << 12) | (c << 6) | d
}

/** The octets of a quantum of two or three characters. */
function putRest(out: Buffer, used: number, bits: number, count: number): number {
  if (count === 2) out[used++] = bits >> 4
  if (count === 3) {
    out[used++] = bits >> 10
    out[used++] = bits >> 2
  }
  return used
}

/** Where base64 goes on behind padding: -1 when the line there is no run of whole quanta. */
function nextQuanta(encoded: Buffer, from: number): number {
  let at = from
  while (at < encoded.length && (encoded[at] === EQUALS || (encoded[at] ?? 0) <= SPACE)) at++
  let end = at
  while (end < encoded.length && BASE64_VALUE[encoded[end] ?? 0] !== FOREIGN) end++
  const characters = end - at
  while (end < encoded.length && encoded[end] === EQUALS) end++
  const isLine = end === encoded.length || encoded[end] === LF || encoded[end] === CR
  return characters > 0 && isLine && (end - at) % 4 === 0 ? at : -1
}

/** Quoted-printable (RFC 2045 §6.7): hard line breaks become LF, white space before them goes, what is no escape stays as it is. */
export function decodeQuotedPrintable(encoded: Buffer): Buffer {
  const out = Buffer.allocUnsafe(encoded.length)
  let used = 0
  let blanks = 0
  for (let at = 0; at < encoded.length; at++) {
    const octet = encoded[at] ?? 0
    if (octet === LF || octet === CR) {
      if (octet === CR && encoded[at + 1] === LF) at++
      used -= blanks
      out[used++] = LF
      blanks = 0
      continue
    }
    if (octet !== EQUALS) {
      out[used++] = octet
      blanks = octet === SPACE || octet === TAB ? blanks + 1 : 0
      continue
    }
    blanks = 0
    const high = HEX_VALUE[encoded[at + 1] ?? 0] ?? FOREIGN
    const low = HEX_VALUE[encoded[at + 2] ?? 0] ?? FOREIGN
    if (high !== FOREIGN && low !== FOREIGN) {
      out[used++] = high * 16 + low
      at += 2
    } else {
      const next = softBreakEnd(encoded, at + 1)
      if (next < 0) out[used++] = EQUALS
      else at = next - 1
    }
  }
  return out.subarray(0, used)
}

/** After the line ending behind a soft line break's `=`, white space between them allowed; -1: it is none. */
function softBreakEnd(encoded: Buffer, from: number): number {
  let at = from
  while (encoded[at] === SPACE || encoded[at] === TAB) at++
  if (at >= encoded.length) return at
  if (encoded[at] === CR && encoded[at + 1] === LF) return at + 2
  return encoded[at] === CR || encoded[at] === LF ? at + 1 : -1
}

/** The Q encoding of encoded words (RFC 2047 §4.2), octets as Latin-1 in and out. */
export function decodeQ(word: string): string {
  const text = word.includes('_') ? word.replaceAll('_', ' ') : word
  let out = ''
  let from = 0
  for (let at = text.indexOf('='); at >= 0; at = text.indexOf('=', at)) {
    const high = HEX_VALUE[text.charCodeAt(at + 1)] ?? FOREIGN
    const low = HEX_VALUE[text.charCodeAt(at + 2)] ?? FOREIGN
    if (high === FOREIGN || low === FOREIGN) {
      at++
      continue
    }
    out += text.slice(from, at) + String.fromCharCode(high * 16 + low)
    from = at = at + 3
  }
  return out + text.slice(from)
}

/** Uuencode, as `x-uuencode` parts of old mail have it: the lines between `begin` and `end`. */
function decodeUuencode(encoded: Buffer): Decoded {
  const lines = encoded.toString('latin1').split(/\r\n|\r|\n/)
  const begin = lines.findIndex((line) => /^begin \d{3,4} /.test(line))
  if (begin < 0) return { octets: encoded, isCut: false }
  const end = lines.indexOf('end', begin)
  const data = lines.slice(begin + 1, end < 0 ? undefined : end)
  return { octets: Buffer.concat(data.map(decodeUuLine)), isCut: end < 0 }
}

/** The first character gives the number of octets in the line. */
function decodeUuLine(line: string): Buffer {
  const count = (line.charCodeAt(0) - SPACE) & 63
  const out = Buffer.alloc(line === '' ? 0 : count)
  const six = (at: number): number => (at < line.length ? (line.charCodeAt(at) - SPACE) & 63 : 0)
  for (let n = 0, at = 1; n < out.length; n += 3, at += 4) {
    const bits = (six(at) << 18) | (six(at + 1) << 12) | (six(at + 2) << 6) | six(at + 3)
    for (let k = 0; k < 3 && n + k < out.length; k++) out[n + k] = (bits >> (16 - 8 * k)) & 255
  }
  return out
}
