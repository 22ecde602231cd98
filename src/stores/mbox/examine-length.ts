import { excerpt } from '../../message/excerpt.js'
import type { ExaminedMessage } from './examine-message.js'
import { counted, type MboxNotes } from './examine-notes.js'
import type { FarSight } from './split-message.js'

const SHOWN = 40

/**
 * Tells of Content-Length fields that do not point at the end of their message.
 *
 * @param far - null: what lies behind the message cannot be looked at
 * @param until - where the next separator stands, or the file ends
 * @param isLast - whether the file ends behind the message
 */
export function examineLength(
  { message, section, fields }: ExaminedMessage,
  far: FarSight | null,
  until: number,
  isLast: boolean,
  notes: MboxNotes,
): void {
  if (message.hasLength || !section.hasEmptyLine || message.isTooLarge) return
  const { octets, start } = message
  const body = octets.subarray(section.bodyStart)
  for (const { name, value, at } of fields) {
    if (name !== 'content-length' || !/^\d{1,15}$/.test(value)) continue
    const length = Number(value)
    if (length === body.length) continue
    if (countsOtherEndings(body, length)) {
      const detail = `${length} is what the body had with other line endings; it has ${counted(body.length, 'octet')}`
      notes.tell('content-length-other-line-endings', start + at, detail)
      continue
    }
    const end = start + section.bodyStart + length
    // Of the last message it says more: examine-end.ts.
    if (isLast && end > until) continue
    notes.tell(
      'content-length-wrong',
      start + at,
      `${length} instead of ${body.length}: ${whatStands(end, far, until)}`,
    )
  }
}

/** Whether a length is that of the body with LF for CRLF, or the other way about; short bodies must fit exactly. */
export function countsOtherEndings(body: Buffer, length: number): boolean {
  let lines = 0
  for (let at = body.indexOf(LF); at >= 0; at = body.indexOf(LF, at + 1)) lines++
  return Math.abs(Math.abs(body.length - length) - lines) <= Math.min(4, lines >> 2)
}

const LF = 10

function whatStands(end: number, far: FarSight | null, until: number): string {
  if (far === null) return end > until ? 'it points beyond the message' : 'it points into the message'
  if (end > far.size) return `it points ${counted(end - far.size, 'octet')} beyond the end of the file`
  const where = end > until ? 'it points into another message' : 'it points into the message'
  return `${where}, where stands "${excerpt(far.peek(end, SHOWN), 0)}"`
}
