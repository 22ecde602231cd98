/**
 * Reads a folder name in IMAP's modified UTF-7 (RFC 3501 §5.1.3).
 *
 * @returns null where the text is not what an encoder writes: such a name is taken as it stands. Encoded all the same may be
 * the characters that a file name or a Maildir++ level cannot hold (`/`, `.`, `\`, `:` …).
 */
export function decodeModifiedUtf7(text: string): string | null {
  if (!/^[\x20-\x7e]*$/.test(text)) return null
  let valid = true
  const decoded = text.replace(/&([^-]*)(-?)/g, (_, run: string, end: string) => {
    const part = end === '' ? null : run === '' ? '&' : decodeRun(run)
    valid &&= part !== null
    return part ?? ''
  })
  return valid && !/&[^-]+-&(?!-)/.test(text) ? decoded : null
}

/** Writes a folder name in modified UTF-7. Characters of `also` are encoded though they need not be. */
export function encodeModifiedUtf7(text: string, also = ''): string {
  let out = ''
  let run = ''
  for (const char of text) {
    if (/[\x20-\x7e]/.test(char) && !also.includes(char)) {
      out += encodeRun(run) + (char === '&' ? '&-' : char)
      run = ''
    } else run += char
  }
  return out + encodeRun(run)
}

/** Printable characters that may stand encoded, since a file system or a layout has another use for them. */
const RESERVED = /[\x20-\x7e]/g
const MAY_BE_ENCODED = '/.\\:*?"<>|~%'

function decodeRun(run: string): string | null {
  if (!/^[A-Za-z0-9+,]+$/.test(run)) return null
  const bytes = Buffer.from(run.replaceAll(',', '/'), 'base64')
  if (bytes.length % 2 !== 0) return null
  const text = bytes.swap16().toString('utf16le')
  const isCanonical = encodeRun(text) === `&${run}-` && text.isWellFormed()
  const others = text.match(RESERVED) ?? []
  return isCanonical && others.every((char) => MAY_BE_ENCODED.includes(char)) ? text : null
}

function encodeRun(run: string): string {
  if (run === '') return ''
  const base64 = Buffer.from(run, 'utf16le').swap16().toString('base64')
  return `&${base64.replace(/=+$/, '').replaceAll('/', ',')}-`
}
