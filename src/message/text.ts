const LF = 10
const CR = 13
const SPACE = 32
const TAB = 9
const QUOTE = 62

/**
 * Lines that read the same give the same octets: they end in LF; all `>` before `From ` at their start go, since some
 * mbox writer may have put them there; so do the line endings at the end of it all and, with `trims`, white space at
 * the end of each line and of it all.
 */
export function canonicalLines(octets: Buffer, trims: boolean): Buffer {
  const out = Buffer.allocUnsafe(octets.length)
  const length = octets.length
  let used = 0
  let kept = 0 // the end of what stays of this line
  for (let at = unquoted(octets, 0); at < length; at++) {
    const octet = octets[at] ?? 0
    if (octet === LF || octet === CR) {
      if (octet === CR && octets[at + 1] === LF) at++
      used = kept
      out[used++] = LF
      kept = used
      if (octets[at + 1] === QUOTE) at = unquoted(octets, at + 1) - 1
    } else {
      out[used++] = octet
      if (!trims || (octet !== SPACE && octet !== TAB)) kept = used
    }
  }
  used = kept
  while (used > 0 && (out[used - 1] === LF || (trims && isWhite(out[used - 1] ?? 0)))) used--
  return out.subarray(0, used)
}

const isWhite = (octet: number): boolean => octet === SPACE || octet === TAB

/** Behind the `>` of a quoted From_ line that begins at `start`; `start` if none does. */
function unquoted(octets: Buffer, start: number): number {
  let at = start
  while (octets[at] === QUOTE) at++
  return at > start && octets.toString('latin1', at, at + 5) === 'From ' ? at : start
}

/** Without the line endings at the end, which stores and delimiters add and drop. Copies nothing. */
export function withoutLastLineEndings(octets: Buffer): Buffer {
  let end = octets.length
  while (end > 0 && (octets[end - 1] === LF || octets[end - 1] === CR)) end--
  return octets.subarray(0, end)
}
