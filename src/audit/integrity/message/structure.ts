import type { MultipartPart } from '../../../message/part-tree.js'
import type { MessageView } from '../message-view.js'
import type { MessageRule, Sighting } from '../rule.js'
import { firstOnes, NOTHING, quoted } from './sightings.js'

const SOURCE = 'RFC 2046 §5.1'
/** Scanners and readers have limits of their own from here on. */
const MAX_NESTING = 20

export const multipartWithoutBoundary: MessageRule = {
  name: 'multipart-without-boundary',
  scope: 'message',
  severity: 'warning',
  summary: 'A multipart names no boundary, so that its parts cannot be told apart.',
  source: `${SOURCE}.1`,
  origin: 'A header that was rewritten, cut or folded badly; programs that say multipart and send plain text.',
  risk: 'The mail is shown as raw text, or as nothing; its attachments cannot be opened.',
  remedy: 'Take it from another copy or backup. The boundary can be read off the lines that begin with `--`.',
  detect: (mail) =>
    sightingsOf(
      mail,
      ({ boundary }) => boundary === '',
      ({ start, kind }) => ({ offset: start, detail: `${quoted(kind.type)} without a boundary` }),
    ),
}

export const boundaryNeverSeen: MessageRule = {
  name: 'boundary-never-seen',
  scope: 'message',
  severity: 'warning',
  summary: 'The boundary that a multipart names does not occur in it.',
  source: `${SOURCE}.1`,
  origin: 'A body that was replaced or cut off while the header stayed; a header that was rewritten.',
  risk: 'Its parts are lost or cannot be told apart; the mail is shown as raw text, or as nothing.',
  remedy: 'Take it from another copy or backup.',
  detect: (mail) =>
    sightingsOf(
      mail,
      (part) => part.isFollowed && !part.isSeen && !isBlank(mail, part),
      ({ start, boundary, depth }) => ({
        offset: start,
        detail: `the boundary ${quoted(boundary)} does not occur${depth === 0 ? boundsRemark(mail) : ''}`,
      }),
    ),
}

/** A multipart with nothing in it: for a whole message that is the defect `body-missing`. */
function isBlank(mail: MessageView, { bodyStart, end, depth }: MultipartPart): boolean {
  return depth === 0 && isWhiteSpace(mail, bodyStart, end)
}

/** Whether there is nothing but white space in octets [start, end). */
export function isWhiteSpace({ octets }: MessageView, start: number, end: number): boolean {
  return octets.subarray(start, end).every((octet) => octet === 10 || octet === 13 || octet === 32 || octet === 9)
}

export const multipartNotTerminated: MessageRule = {
  name: 'multipart-not-terminated',
  scope: 'message',
  severity: 'warning',
  summary: 'The message ends before the multipart does: it is likely cut off.',
  source: `${SOURCE}.1`,
  origin: 'A download or delivery that broke off, a full disk, an mbox cut at a wrong place, or a sloppy sender.',
  risk: 'The rest of the mail, and what was attached last, is likely lost.',
  remedy: 'Look at the last part; take the mail from another copy or backup if it is not whole.',
  detect: (mail) => {
    const [outermost, ...more] = multiparts(mail, (part) => isOpen(part) && part.end === mail.octets.length)
    if (!outermost) return NOTHING
    const others = more.length > 0 ? `, nor ${more.length} inside it` : ''
    const detail = `the boundary ${quoted(outermost.boundary)} is not closed${others}${boundsRemark(mail)}`
    return [{ offset: mail.octets.length, detail }]
  },
}

export const nestedMultipartNotTerminated: MessageRule = {
  name: 'nested-multipart-not-terminated',
  scope: 'message',
  severity: 'note',
  summary: 'A multipart inside another is not closed before the outer one goes on.',
  source: `${SOURCE}.2`,
  origin: 'Bounces that give back the beginning of a mail only, and senders that leave the closing line out.',
  risk: 'Little: the outer multipart tells where it ends.',
  remedy: 'Nothing.',
  detect: (mail) =>
    sightingsOf(
      mail,
      (part) => isOpen(part) && part.end < mail.octets.length,
      ({ end, boundary }) => ({ offset: end, detail: `the boundary ${quoted(boundary)} is not closed` }),
    ),
}

const isOpen = ({ isFollowed, isSeen, isClosed }: MultipartPart): boolean => isFollowed && isSeen && !isClosed

export const boundaryReused: MessageRule = {
  name: 'boundary-reused',
  scope: 'message',
  severity: 'note',
  summary: 'A multipart has the same boundary as one that it lies in.',
  source: `${SOURCE}.2`,
  origin: 'Programs that wrap a mail into a new one and take its boundary over.',
  risk: 'Where one multipart ends and the other goes on cannot be told: parts may be shown twice, or not at all.',
  remedy: 'Nothing; look at the attachments before you trust that all are there.',
  detect: (mail) =>
    sightingsOf(
      mail,
      ({ boundary, isReused }) => isReused && boundary !== '',
      ({ start, boundary }) => ({
        offset: start,
        detail: `the boundary ${quoted(boundary)} is that of an outer multipart`,
      }),
    ),
}

export const deepNesting: MessageRule = {
  name: 'deep-nesting',
  scope: 'message',
  severity: 'note',
  summary: `Parts are nested more than ${MAX_NESTING} levels deep.`,
  source: 'common limits of readers; RFC 2046 sets none',
  origin: 'Mail forwarded as an attachment again and again, loops of gateways, attacks on scanners.',
  risk: 'Programs and virus scanners do not look at the innermost parts; some fail.',
  remedy: 'Open it with care.',
  detect: ({ parts: { leaves, multiparts: outer, messages } }) => {
    const deep = [...outer, ...messages, ...leaves].find(({ depth }) => depth > MAX_NESTING)
    return deep ? [{ offset: deep.start, detail: `a part lies in more than ${MAX_NESTING} others` }] : NOTHING
  },
}

function multiparts(mail: MessageView, isWanted: (part: MultipartPart) => boolean): readonly MultipartPart[] {
  return mail.parts.multiparts.filter(isWanted)
}

function sightingsOf(
  mail: MessageView,
  isWanted: (part: MultipartPart) => boolean,
  tell: (part: MultipartPart) => Sighting,
): readonly Sighting[] {
  return firstOnes(multiparts(mail, isWanted).map(tell))
}

/** Said where the end of a message is a matter of reading the mbox. */
export function boundsRemark({ copy }: MessageView): string {
  return copy.boundsInDoubt ? ' (where this message ends in the mbox is in doubt)' : ''
}
