import { parseDate } from '../../message/date.js'
import { fieldNames, walkHeader } from '../../message/header-section.js'
import { blockStart } from '../../message/mailbox-fields.js'
import { type EpochSeconds, epochSeconds } from '../../message/message.js'
import type { Outgoing } from '../writable.js'
import { examine, separates } from './candidate.js'
import { findBody, HEAD_LIMIT } from './head.js'
import { isInternalData } from './internal-data.js'
import type { Variant } from './quoting.js'
import { isHeaderField } from './separator.js'
import { flagLines, keptFlags } from './writing-flags.js'
import { isTellable, makeFromLine } from './writing-from-line.js'

/** How messages are to stand in a file. */
export interface WritingStyle {
  readonly variant: Variant
  /** Whether the file is read by a variant that the user insists on; else as it shows, Content-Length included. */
  readonly isInsisted: boolean
  /** Of the file; messages keep their own. */
  readonly lineEnd: '\n' | '\r\n'
}

/** A message as it stands in a file: its From_ line, the message, an empty line. */
export interface Rendition {
  /** Latin-1, without its line ending. */
  readonly fromLine: string
  readonly pieces: readonly Buffer[]
  readonly length: number
  /** Where in it lines begin with `From ` that only a Content-Length tells from separators. */
  readonly bareFroms: readonly number[]
}

/** Why a message cannot stand in an mbox. */
export interface Unwritable {
  readonly why: string
}

const LF = 10
const QUOTE = Buffer.from('>')
const FROM = Buffer.from('From ')
/** So many octets of header does a reader look at for Content-Length, less what stands there beside the message's own. */
const LENGTH_REACH = HEAD_LIMIT - 8_192

/**
 * Renders a message. The same message gives the same octets in every file of one style.
 *
 * @param now - when a message was received that says nothing of it
 * @param isFirst - whether it is to be the first of its file
 */
export function render(
  message: Outgoing,
  style: WritingStyle,
  now: EpochSeconds,
  isFirst: boolean,
): Rendition | Unwritable {
  const { bytes } = message
  if (isFirst && isInternalData(bytes)) return { why: INTERNAL }
  const own = look(bytes)
  const froms = findFroms(bytes)
  const wish = wantsLength(own, froms, style)
  if (wish === 'impossible') return { why: TORN }
  const hasLength = wish !== 'none' && own.bodyStart >= 0
  const quotes = quotesOf(froms, style.variant, hasLength ? own.bodyStart : bytes.length)
  const flags = keptFlags(message.flags)
  const block =
    flagLines(flags, own.bringsFlags, style.lineEnd) +
    (hasLength ? lengthLine(bytes.length - own.bodyStart + countFrom(quotes, own.bodyStart), style) : '')
  const shield = block === '' && own.needsShield ? `Status: O${style.lineEnd}` : ''
  const fromLine = makeFromLine(bytes, timeOf(message, own.date, now))
  const endsLine = bytes.length === 0 || bytes.at(-1) === LF
  const pieces = [
    Buffer.from(`${fromLine}${style.lineEnd}`, 'latin1'),
    ...layOut(bytes, quotes, own.blockStart, Buffer.from(block + shield, 'latin1')),
    Buffer.from(endsLine ? style.lineEnd : `\n${style.lineEnd}`),
  ]
  const length = lengthOf(pieces)
  const shift = length - bytes.length - lengthOf(pieces.slice(-1))
  const bare = style.variant === 'mboxcl2' && hasLength ? froms.filter(isBareBehind(own.bodyStart)) : []
  return { fromLine, pieces, length, bareFroms: bare.map(({ at }) => at + shift) }
}

const isBareBehind =
  (bodyStart: number) =>
  ({ at, lineStart }: From): boolean =>
    at === lineStart && at >= bodyStart

const lengthOf = (pieces: readonly Buffer[]): number => pieces.reduce((sum, piece) => sum + piece.length, 0)

const INTERNAL = 'at the top of an mbox, mail programs take it for their own notes and show it to nobody'
const TORN = 'in the middle of a line it has what readers of mbox files take for the start of another message'

/** What the header section of a message tells its writer. */
interface Look {
  readonly date: EpochSeconds | null
  /** Where fields of the mailbox are put in. */
  readonly blockStart: number
  /** Where the body begins for a reader of mbox files; -1 where it looks in vain. */
  readonly bodyStart: number
  /** Whether fields came with it that a reader would take for the mailbox's. */
  readonly bringsFlags: boolean
  readonly bringsLength: boolean
  /** Whether its first line is none that a separator is looked for before. */
  readonly needsShield: boolean
}

const LOOKED_AT = fieldNames([
  'date',
  'status',
  'x-status',
  'x-keywords',
  'x-mozilla-status',
  'x-mozilla-keys',
  'content-length',
])

function look(bytes: Buffer): Look {
  const met = new Map<string, string>()
  walkHeader(bytes, LOOKED_AT, (name, _start, bodyStart, bodyEnd) => {
    if (!met.has(name))
      met.set(name, name === 'date' ? bytes.toString('latin1', bodyStart, Math.min(bodyEnd, bodyStart + 200)) : '')
  })
  const body = findBody(bytes, 0, LF)
  const start = blockStart(bytes)
  const date = met.get('date')
  return {
    date: date === undefined ? null : parseDate(date.trim()),
    blockStart: start,
    bodyStart: body > LENGTH_REACH ? -1 : body,
    bringsFlags: [...met.keys()].some((name) => name !== 'date' && name !== 'content-length'),
    bringsLength: met.has('content-length'),
    needsShield: start === 0 && !isHeaderField(bytes, 0, bytes.length),
  }
}

/** A place that says `From `. */
interface From {
  readonly at: number
  /** Where the line begins: with it, or with `>` before it. -1: in the middle of a line. */
  readonly lineStart: number
  /** Whether it parts messages where it stands, in the middle of a line. */
  readonly parts: boolean
}

function findFroms(bytes: Buffer): readonly From[] {
  const froms: From[] = []
  for (let at = bytes.indexOf(FROM); at >= 0; at = bytes.indexOf(FROM, at + 1)) {
    let start = at
    while (bytes[start - 1] === 0x3e) start--
    const before = bytes[start - 1]
    const isLine = start === 0 || before === LF || before === 13
    if (isLine) froms.push({ at, lineStart: start, parts: false })
    else if (partsLine(bytes, at)) froms.push({ at, lineStart: -1, parts: true })
  }
  return froms
}

const DATED = { lineEnding: LF, firstIsDated: true, firstIsPatch: false } as const

/** Whether a reader takes the middle of a line for a separator. A `From ` line behind it is quoted, and passed over then. */
function partsLine(octets: Buffer, at: number): boolean {
  const place = examine({ octets, at, base: 0, lineEnding: LF, textStart: -1 })
  const isBeforeFrom = /^>*From /.test(octets.toString('latin1', place.next, place.next + 64))
  return separates({ ...place, isBeforeHeader: place.isBeforeHeader || isBeforeFrom }, DATED)
}

/**
 * Whether a Content-Length is written: where the variant has one, and where another that came with the message, or a line that
 * cannot be quoted, would mislead who reads the file as it shows. It tells nothing of a line in the header.
 */
function wantsLength({ bringsLength, bodyStart }: Look, froms: readonly From[], { variant, isInsisted }: WritingStyle) {
  const isUsual = variant === 'mboxcl' || variant === 'mboxcl2'
  const parting = froms.filter(({ parts }) => parts)
  const isBeyond = bodyStart < 0 || (isInsisted && !isUsual) || parting.some(({ at }) => at < bodyStart)
  if (parting.length > 0) return isBeyond ? 'impossible' : 'wanted'
  return isUsual || (bringsLength && !isInsisted) ? 'wanted' : 'none'
}

/** Where a `>` is put in. The first line is a relay's own: only a bare `From ` is quoted there, and no reader undoes it. */
function quotesOf(froms: readonly From[], variant: Variant, unquotedFrom: number): readonly number[] {
  const isQuoted = ({ at, lineStart }: From): boolean => {
    if (lineStart < 0) return false
    if (at === lineStart) return variant !== 'mboxcl2' || at < unquotedFrom
    return variant === 'mboxrd' && lineStart > 0
  }
  return froms.filter(isQuoted).map(({ lineStart }) => lineStart)
}

const countFrom = (places: readonly number[], from: number): number => places.filter((place) => place >= from).length

const lengthLine = (length: number, { lineEnd }: WritingStyle): string => `Content-Length: ${length}${lineEnd}`

function timeOf({ received }: Outgoing, date: EpochSeconds | null, now: EpochSeconds): EpochSeconds {
  return [received, date, now].find((time) => time !== null && isTellable(time)) ?? epochSeconds(0)
}

/** Whether a message ends at a place in the midst of its only line. */
function isLineOpen(bytes: Buffer, at: number): boolean {
  const isMark = at === 3 && bytes[0] === 0xef
  return at > 0 && at === bytes.length && !isMark && bytes[at - 1] !== LF && bytes[at - 1] !== 13
}

/** The message with its quotes, and what the mailbox says of it put in at a place. */
function layOut(bytes: Buffer, quotes: readonly number[], at: number, block: Buffer): readonly Buffer[] {
  const pieces: Buffer[] = []
  let from = 0
  const pass = (to: number): void => {
    if (to > from) pieces.push(bytes.subarray(from, to))
    from = to
  }
  let isPut = block.length === 0
  for (const quote of quotes) {
    if (!isPut && quote >= at) {
      pass(at)
      pieces.push(block)
      isPut = true
    }
    pass(quote)
    pieces.push(QUOTE)
  }
  if (!isPut) {
    pass(at)
    if (isLineOpen(bytes, at)) pieces.push(Buffer.from('\n'))
    pieces.push(block)
  }
  pass(bytes.length)
  return pieces
}
