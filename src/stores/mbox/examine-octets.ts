import { type ExaminedMessage, fieldOf } from './examine-message.js'
import { counted, type MboxNotes, shownLine } from './examine-notes.js'
import { isDated } from './separator.js'

const FROM = Buffer.from('From ')
/** Fewer NULs in a row may be part of a mail. */
const RUN = Buffer.alloc(16)
const NUL = 0
const LF = 10
const CR = 13
const SPACE = 0x20
const QUOTE = 0x3e
const MOST_SHOWN = 200

/** What `From ` lines in the messages of a file were made to. */
export interface FromLines {
  /** `>From `. */
  isQuoted: boolean
  /** `>>From ` and the like: mboxrd makes them, or a quoted quotation was. */
  isQuotedDeeply: boolean
}

/** Looks for lines in which `From ` was escaped, and tells of those where a space was put before it. */
export function examineFromLines({ message }: ExaminedMessage, notes: MboxNotes): FromLines {
  const { octets, start } = message
  const found: FromLines = { isQuoted: false, isQuotedDeeply: false }
  for (let at = octets.indexOf(FROM); at >= 0; at = octets.indexOf(FROM, at + FROM.length)) {
    const before = octets[at - 1]
    if (before === QUOTE) countQuoted(octets, at, found)
    else if (before === SPACE && isLineStart(octets, at - 1)) {
      const line = lineAt(octets, at)
      if (looksEscaped(line)) notes.tell('space-escaped-from-line', start + at - 1, shownLine(` ${line}`))
    }
  }
  return found
}

function countQuoted(octets: Buffer, at: number, found: FromLines): void {
  let from = at - 1
  while (octets[from - 1] === QUOTE) from--
  if (from === 0 || !isLineStart(octets, from)) return
  if (at - from > 1) found.isQuotedDeeply = true
  else found.isQuoted = true
}

/** A line that would have been a separator. */
const looksEscaped = (line: string): boolean => isDated(line) || /^From (?:\S+@\S+ .*\b\d{4}\b.*|\s*)$/.test(line)

const isLineStart = (octets: Buffer, at: number): boolean => at === 0 || octets[at - 1] === LF || octets[at - 1] === CR

function lineAt(octets: Buffer, at: number): string {
  return /^[^\r\n]*/.exec(octets.toString('latin1', at, at + MOST_SHOWN))?.[0] ?? ''
}

/**
 * Tells of NULs in a row: a crash, or a disk that was full, leaves them where mail was to be written.
 *
 * @param isBeforeSeparator - whether a separator stands right behind the message, after a NUL
 */
export function examineNuls({ message }: ExaminedMessage, isBeforeSeparator: boolean, notes: MboxNotes): boolean {
  const { octets, start } = message
  let hasRun = false
  for (let at = octets.indexOf(RUN); at >= 0; ) {
    const end = endOfRun(octets, at)
    notes.tell('nul-run', start + at, runText(end - at, end === octets.length && isBeforeSeparator))
    hasRun = true
    at = octets.indexOf(RUN, end)
  }
  if (isBeforeSeparator && octets.at(-1) === NUL && octets.at(-RUN.length) !== NUL) {
    notes.tell('nul-run', start + octets.length - 1, runText(1, true))
  }
  return hasRun
}

const runText = (length: number, isBeforeSeparator: boolean): string =>
  `${counted(length, 'NUL')} in a row${isBeforeSeparator ? ', right before a separator' : ''}`

function endOfRun(octets: Buffer, at: number): number {
  let end = at
  while (end < octets.length && octets[end] === NUL) end++
  return end
}

/** Flags and fields that only mail programs which keep their mail in mbox files write. */
export function examineFields(examined: ExaminedMessage, notes: MboxNotes): void {
  const { message, fields } = examined
  const status = fieldOf(examined, 'x-mozilla-status')
  if (status !== undefined && (Number.parseInt(status, 16) & MOZILLA_EXPUNGED) !== 0) {
    notes.tell('deleted-not-compacted', message.offset, `X-Mozilla-Status: ${shownLine(status)}`)
  }
  const letters = fieldOf(examined, 'x-status')
  if (letters?.includes('D')) notes.tell('deleted-not-compacted', message.offset, `X-Status: ${shownLine(letters)}`)
  const hasFrom = fields.some(({ name }) => name === 'from')
  for (const { name, at } of fields) {
    if (name === '>from' && !hasFrom)
      notes.tell('quoted-from-field', message.start + at, shownLine(lineAt(message.octets, at)))
  }
  for (const name of MOZILLA_FIELDS) examineRepeats(examined, name, notes)
}

/** Source: Mozilla's nsMsgMessageFlags.idl. */
const MOZILLA_EXPUNGED = 0x0008
const MOZILLA_FIELDS = ['x-mozilla-status', 'x-mozilla-status2', 'x-mozilla-keys']

function examineRepeats({ fields, message }: ExaminedMessage, name: string, notes: MboxNotes): void {
  const values = fields.filter((field) => field.name === name)
  const first = values[0]
  const other = values.find(({ value }) => value !== first?.value)
  if (first === undefined || other === undefined) return
  const detail = `${name}: ${shownLine(first.value)}, then ${shownLine(other.value)}`
  notes.tell('mozilla-fields-differ', message.start + other.at, detail)
}
