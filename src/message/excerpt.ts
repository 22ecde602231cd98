/** No excerpt has more characters. */
const MOST = 60
/** Controls, invisible and unassigned characters, line separators, lone surrogates; and what turns the reading direction. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/gu

/**
 * A piece of mail as evidence that is safe to print: on one line, printable characters alone, at most 60 of them. Controls
 * become their Unicode pictures (`␍␊`), octets that are no UTF-8 stand as `\xHH`, other hidden characters become `�`.
 *
 * @param at - octet that it begins with
 * @param length - octets; what is cut short to 60 characters ends in `…`
 */
export function excerpt(octets: Buffer, at: number, length = MOST): string {
  const start = Math.max(0, at)
  const end = Math.min(octets.length, start + Math.max(0, length))
  // A character may take four octets, and one that is cut off is no damage.
  const text = readable(octets.subarray(start, Math.min(end, start + 4 * MOST + 4)), end < octets.length)
  const characters = [...text.replace(UNSAFE, picture)]
  const isCut = characters.length > MOST || end > start + 4 * MOST + 4
  return isCut ? `${characters.slice(0, MOST - 1).join('')}…` : characters.join('')
}

function picture(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '\u2421' : '\ufffd'
}

const ASCII_END = 0x80

/** UTF-8 where it is, `\xHH` for each octet elsewhere. @param mayBeCut - whether the last character may go on beyond */
function readable(octets: Buffer, mayBeCut: boolean): string {
  let text = ''
  for (let at = 0; at < octets.length; ) {
    const first = octets[at] ?? 0
    const size = first < ASCII_END ? 1 : sizeOfSequence(first)
    const sequence = octets.subarray(at, at + size)
    const character = size === 0 ? '\ufffd' : sequence.toString('utf8')
    const isWhole = sequence.length === size && !character.includes('\ufffd')
    if (isWhole) text += character
    else if (mayBeCut && size > 0 && sequence.length < size) return text
    else text += `\\x${first.toString(16).padStart(2, '0').toUpperCase()}`
    at += isWhole ? size : 1
  }
  return text
}

/** Octets of the UTF-8 sequence that an octet begins; 0 where it begins none (RFC 3629 §3). */
function sizeOfSequence(first: number): number {
  if (first >= 0xc2 && first < 0xe0) return 2
  if (first >= 0xe0 && first < 0xf0) return 3
  return first >= 0xf0 && first < 0xf5 ? 4 : 0
}
