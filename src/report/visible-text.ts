/**
 * Text from mail made safe to show: whatever could steer a terminal, turn the reading direction or hide itself is
 * replaced by a visible sign. C0 controls become their Unicode pictures; C1 controls, bidirectional and invisible format
 * characters and lone surrogates become `�`. (Trojan Source, CVE-2021-42574; ECMA-48 for the controls.)
 */
export function showVisibly(text: string): string {
  if (!UNSAFE.test(text)) return text
  return text.toWellFormed().replace(ALL_UNSAFE, (sign) => {
    const code = sign.charCodeAt(0)
    if (code < 0x20) return String.fromCharCode(0x2400 + code)
    return code === 0x7f ? '\u2421' : '\ufffd'
  })
}

/** Controls, bidirectional marks and overrides, invisible format characters, line and paragraph separators, surrogates. */
const CLASS =
  '[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\ud800-\\udfff]'
/** Without the `u` flag: every pair of surrogates is looked at, and `toWellFormed` tells the lone ones. */
const UNSAFE = new RegExp(CLASS)
const ALL_UNSAFE = new RegExp(CLASS, 'gu')

const ZERO_WIDTH = /^(?:\p{M}|\u200c|\u200d)$/u
/** East Asian wide and full-width ranges of Unicode's EastAsianWidth.txt, roughly; and what is drawn as emoji. */
const DOUBLE_WIDTH =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])$/u
const PLAIN = /^[\x20-\x7e]*$/

function widthOfSign(sign: string): number {
  if (ZERO_WIDTH.test(sign)) return 0
  return DOUBLE_WIDTH.test(sign) ? 2 : 1
}

/** Columns that a text takes on a terminal. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const sign of text) width += widthOfSign(sign)
  return width
}

/** Cuts a text to so many columns; what was cut ends in `…`. */
export function fitWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let fitted = ''
  let used = 0
  for (const sign of text) {
    const next = widthOfSign(sign)
    if (used + next > width - 1) break
    fitted += sign
    used += next
  }
  return width > 0 ? `${fitted}…` : ''
}

/** Breaks a text into lines of at most so many columns, at blanks where it can. */
export function wrapWords(text: string, width: number): string {
  const lines: string[] = []
  for (const word of text.split(' ').flatMap((long) => pieces(long, width))) {
    const last = lines.at(-1)
    const longer = last === undefined ? word : `${last} ${word}`
    if (last === undefined || displayWidth(longer) > width) lines.push(word)
    else lines[lines.length - 1] = longer
  }
  return lines.join('\n')
}

/** A word that is wider than a line, cut into as many pieces as it takes. */
function pieces(word: string, width: number): string[] {
  if (displayWidth(word) <= width) return [word]
  const cut = ['']
  for (const sign of word) {
    const piece = `${cut.at(-1) ?? ''}${sign}`
    if (displayWidth(piece) > width) cut.push(sign)
    else cut[cut.length - 1] = piece
  }
  return cut
}
