/** What writers of mbox files do with lines that look like separators (qmail's mbox(5)). */
export const VARIANTS = ['mboxo', 'mboxrd', 'mboxcl', 'mboxcl2'] as const
export type Variant = (typeof VARIANTS)[number]

export const isVariant = (text: string): text is Variant => VARIANTS.some((variant) => variant === text)

/** mboxo and mboxrd know no Content-Length: one that is there came with the mail. */
export const hasLengths = (variant: Variant | null): boolean => variant !== 'mboxo' && variant !== 'mboxrd'

const QUOTED = Buffer.from('>From ')
const QUOTE = 0x3e

/** Whether a line begins with more than one `>` and `From `: there alone mboxo and mboxrd are read differently. */
export function hasDoublyQuoted(message: Buffer): boolean {
  return quotedLines(message).some((line) => line.depth > 1)
}

/** Takes the quoting away that the variant put there, in place. @returns what is left of the message */
export function unquote(message: Buffer, variant: Variant): Buffer {
  const lines = variant === 'mboxcl2' ? [] : quotedLines(message)
  let length = 0
  let from = 0
  const pass = (to: number): void => {
    if (length < from) message.copyWithin(length, from, to)
    length += to - from
  }
  for (const { start, depth } of lines) {
    if (depth > 1 && variant !== 'mboxrd') continue
    pass(start)
    from = start + 1
  }
  pass(message.length)
  return message.subarray(0, length)
}

interface QuotedLine {
  readonly start: number
  /** How many `>` it begins with. */
  readonly depth: number
}

/** Lines that begin with one or more `>` and `From `; not the first line, which is a relay's own. */
function quotedLines(message: Buffer): QuotedLine[] {
  const lines: QuotedLine[] = []
  for (let at = message.indexOf(QUOTED); at >= 0; at = message.indexOf(QUOTED, at + QUOTED.length)) {
    let start = at
    while (message[start - 1] === QUOTE) start--
    const before = message[start - 1]
    if (before === 10 || before === 13) lines.push({ start, depth: at - start + 1 })
  }
  return lines
}

/** What was counted in a file to tell its variant. */
export interface QuotingCounts {
  readonly messages: number
  readonly withLength: number
  /** Messages with a bare `From ` line in them. */
  readonly withBareFrom: number
  readonly withQuotedFrom: number
}

/**
 * The variant that a file most likely is. mboxo and mboxrd cannot be told apart for sure: a file in which no `From ` line was
 * left unquoted is taken for mboxrd.
 */
export function likelyVariant(counts: QuotingCounts): Variant {
  if (counts.withLength * 2 > counts.messages) {
    return counts.withQuotedFrom > 0 && counts.withBareFrom === 0 ? 'mboxcl' : 'mboxcl2'
  }
  return counts.withBareFrom > 0 ? 'mboxo' : 'mboxrd'
}

export const hasQuotedFrom = (message: Buffer): boolean => quotedLines(message).length > 0
