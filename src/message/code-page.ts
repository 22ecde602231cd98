/** Single-octet character sets, by the 128 characters of their upper half: those that the platform lacks or reads wrongly. */
const UPPER_HALVES: Readonly<Record<string, string>> = {
  'windows-1252': windows1252(),
  cp437:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0',
  cp850:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0',
  'iso-8859-16': `${latin1(0x80, 0xa0)}\u00a0ĄąŁ€„Š§š©Ș«Ź\u00adźŻ°±ČłŽ”¶·žčș»ŒœŸżÀÁÂĂÄĆÆÇÈÉÊËÌÍÎÏĐŃÒÓÔŐÖŚŰÙÚÛÜĘȚßàáâăäćæçèéêëìíîïđńòóôőöśűùúûüęțÿ`,
}

/** Each octet from `from` up to `to` as the character of its own number. */
function latin1(from: number, to: number): string {
  return String.fromCharCode(...Array.from({ length: to - from }, (_, n) => from + n))
}

/** As the WHATWG Encoding Standard has it: the five octets with no character stay control characters. */
function windows1252(): string {
  return `€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ${latin1(0xa0, 0x100)}`
}

/** null: not one of these character sets. */
export function decodeCodePage(octets: Buffer, charset: string): string | null {
  const upper = Object.hasOwn(UPPER_HALVES, charset) ? UPPER_HALVES[charset] : undefined
  if (upper === undefined) return null
  const text = octets.toString('latin1')
  return text.replace(/[\x80-\xff]/g, (c) => upper[c.charCodeAt(0) - 0x80] ?? c)
}

const C1 = /[\x80-\x9f]/

/** Octets that are of no known character set, as nearly all mail of old systems means them. Never fails. */
export function decodeWindows1252(octets: Buffer): string {
  const text = octets.toString('latin1')
  return C1.test(text) ? (decodeCodePage(octets, 'windows-1252') ?? text) : text
}
