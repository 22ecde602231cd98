import { findHeaderSection } from '../../message/header-section.js'
import type { MessageFacts } from '../../message/message.js'

const CR = 13
const LF = 10

/**
 * Whether a server may have read a message's header otherwise than we would: it gave no Message-ID, Date or From, which may stand
 * after a line that it takes for the header's end, or a lone CR is in what it gave, which we take for a line's end and it does not.
 *
 * @param fields - what the server gave for HEADER.FIELDS
 */
export function isDoubtful({ id, date, from }: MessageFacts, fields: Buffer): boolean {
  return id === null || date === null || from === '' || hasLoneCr(fields)
}

function hasLoneCr(octets: Buffer): boolean {
  for (let at = octets.indexOf(CR); at >= 0; at = octets.indexOf(CR, at + 2)) if (octets[at + 1] !== LF) return true
  return false
}

/** Whether a message's first octets hold all of its header. */
export const hasHeaderEnd = (octets: Buffer): boolean => findHeaderSection(octets).hasEmptyLine
