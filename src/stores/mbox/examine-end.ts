import { countsOtherEndings } from './examine-length.js'
import { type ExaminedMessage, fieldOf } from './examine-message.js'
import { counted, type MboxNotes } from './examine-notes.js'
import { declaredBoundary, HEAD_LIMIT } from './head.js'

/**
 * Tells what the end of a file shows of its last message: whether it likely breaks off. None of the signs
 * proves it: a length may be wrong, a sender may leave the last boundary out, an exporter the last line ending.
 *
 * @param end - where the file ends
 */
export function examineEnd(examined: ExaminedMessage, end: number, notes: MboxNotes): void {
  const { message } = examined
  if (message.isTooLarge) return
  const messageEnd = message.start + message.octets.length
  const endsInEmptyLine = end > messageEnd
  const cut = endsInEmptyLine ? lackingOctets(examined, end) : (lackingOctets(examined, end) ?? whyCut(examined))
  if (cut !== null) notes.tell('last-message-truncated', end, `likely: ${cut}`)
  if (!endsInEmptyLine && !endsInLineEnding(examined)) {
    notes.tell('no-final-newline', end, 'the last line of the file has no end')
  }
}

function endsInLineEnding({ message }: ExaminedMessage): boolean {
  const { octets, offset, fromLine, start } = message
  const last = octets.at(-1)
  return last === undefined ? start > offset + fromLine.length : last === LF || last === CR
}

const LF = 10
const CR = 13

/** So many octets may be the last line ending alone. */
const LINE_ENDING = 2

/** By a Content-Length field that reaches beyond the end of the file. */
function lackingOctets(examined: ExaminedMessage, end: number): string | null {
  const { message, section } = examined
  const value = fieldOf(examined, 'content-length') ?? ''
  if (message.hasLength || !section.hasEmptyLine || !/^\d{1,15}$/.test(value)) return null
  if (countsOtherEndings(message.octets.subarray(section.bodyStart), Number(value))) return null
  const lacking = message.start + section.bodyStart + Number(value) - end
  return lacking > LINE_ENDING ? `Content-Length is ${value}: ${counted(lacking, 'octet')} are lacking` : null
}

/** Asked only where the file does not end as a program that finished its work leaves it: with an empty line. */
function whyCut(examined: ExaminedMessage): string | null {
  const { message, section } = examined
  const { octets } = message
  if (!section.hasEmptyLine) return endsInLineEnding(examined) ? null : 'it ends in the middle of its header'
  const boundary = declaredBoundary(octets.toString('latin1', 0, Math.min(section.bodyStart, HEAD_LIMIT)))
  const body = octets.subarray(section.bodyStart)
  if (boundary !== null) return isOpen(body, boundary) ? 'its multipart is not closed' : null
  const encoding = fieldOf(examined, 'content-transfer-encoding') ?? ''
  return /^base64$/i.test(encoding) && isCutBase64(body) ? 'its base64 breaks off within a group of four' : null
}

const isOpen = (body: Buffer, boundary: string): boolean =>
  body.includes(`--${boundary}`, 0, 'latin1') && !body.includes(`--${boundary}--`, 0, 'latin1')

/** Whether the last line, and it alone, is no whole number of groups of four characters. */
function isCutBase64(body: Buffer): boolean {
  const last = /([A-Za-z0-9+/=]+)\s*$/.exec(body.toString('latin1', Math.max(0, body.length - 1_000)))?.[1] ?? ''
  return last.length % 4 !== 0
}
