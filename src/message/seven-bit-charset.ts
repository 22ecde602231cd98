/** Character sets that write all of their characters in seven bits and that no platform decoder reads. */

/**
 * UTF-7: `+` opens base64 of UTF-16 (big-endian), `-` or any other character closes it (RFC 2152).
 *
 * @returns null when a run is no UTF-16
 */
export function decodeUtf7(octets: Buffer): string | null {
  let isValid = true
  const text = octets.toString('latin1').replace(/\+([A-Za-z0-9+/]*)-?/g, (_, run: string) => {
    if (run === '') return '+'
    const units = Buffer.from(run, 'base64')
    if (units.length < 2) isValid = false
    return units
      .subarray(0, units.length & ~1)
      .swap16()
      .toString('utf16le')
  })
  return isValid ? text : null
}

/** HZ: `~{` and `~}` enclose GB 2312 in seven bits (RFC 1843). Gives the octets of the same text in GBK. */
export function gbkOfHz(octets: Buffer): Buffer {
  const text = octets.toString('latin1').replace(/~\{([^~]*)(?:~\}|$)|~~|~\r?\n/g, (all, run?: string) => {
    if (run !== undefined) return withHighBits(run)
    return all === '~~' ? '~' : ''
  })
  return Buffer.from(text, 'latin1')
}

/** ISO-2022-KR: SO and SI enclose KS X 1001 in seven bits (RFC 1557). Gives the octets of the same text in EUC-KR. */
export function eucKrOfIso2022(octets: Buffer): Buffer {
  const [first = '', ...shifted] = octets.toString('latin1').replaceAll(DESIGNATION, '').split(SHIFT_OUT)
  return Buffer.from(first + shifted.map(shiftBack).join(''), 'latin1')
}

const DESIGNATION = '\x1b$)C'
const SHIFT_OUT = '\x0e'
const SHIFT_IN = '\x0f'

/** High bits up to SI, without it; a line end shifts in too. */
function shiftBack(run: string): string {
  const [line = ''] = run.split(/[\r\n]/, 1)
  const close = line.indexOf(SHIFT_IN)
  if (close < 0) return withHighBits(line) + run.slice(line.length)
  return withHighBits(line.slice(0, close)) + run.slice(close + 1)
}

function withHighBits(run: string): string {
  return run.replace(/[\x21-\x7e]/g, (c) => String.fromCharCode(c.charCodeAt(0) | 0x80))
}
