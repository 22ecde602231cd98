import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Digest, EpochSeconds } from '../../message/message.js'
import { type Mark, mark, type Outcome, type Outgoing } from '../writable.js'
import type { WritingFile } from './writing-file.js'
import type { Rendition, Unwritable } from './writing-rendition.js'

/** The end of a file, where messages are put. */
export interface FileEnd {
  /** `device:inode`. */
  readonly object: string
  readonly size: number
  /** What must stand before the first From_ line, so that an empty line does. */
  readonly pad: string
  /** Proves that the octets before are those that were there: a file that was rewritten has them elsewhere. */
  readonly anchor: string
}

/** What is known beforehand of a message that is to be appended. */
export interface MarkedMessage {
  readonly token: string
  /** Of its rendition, in octets. */
  readonly length: number
  readonly wire: string
  /** Of its From_ line, without line ending. */
  readonly fromLine: number
  /** `Rendition.bareFroms`, if any. */
  readonly bareFroms?: readonly number[]
}

export interface AppendMark {
  readonly kind: 'append'
  /** Octets of the path that what is needed to settle begins with. */
  readonly base: string
  readonly end: FileEnd
  readonly now: EpochSeconds
  readonly messages: readonly (MarkedMessage | { readonly token: string; readonly why: string })[]
}

export interface ChangeMark {
  readonly kind: 'change'
  readonly base: string
  readonly tokens: readonly string[]
}

export const writeMark = (contents: AppendMark | ChangeMark): Mark => mark(JSON.stringify(contents))

export function readMark(text: Mark): AppendMark | ChangeMark {
  const contents: AppendMark | ChangeMark = JSON.parse(text)
  return contents
}

const SHORT = 22

/** A digest short enough to be written for each message. */
export const shortWire = (wire: Digest): string => wire.slice(0, 2 * SHORT)

export function markMessage(
  { token, wire }: Outgoing,
  rendition: Rendition | Unwritable,
): AppendMark['messages'][number] {
  if ('why' in rendition) return { token, why: rendition.why }
  const { fromLine, length, bareFroms } = rendition
  const known = { token, length, wire: shortWire(wire), fromLine: checkLine(fromLine) }
  return bareFroms.length === 0 ? known : { ...known, bareFroms }
}

/** @param line - a From_ line, Latin-1 */
export const checkLine = (line: string): number => crc32(Buffer.from(line, 'latin1'))

const ANCHOR = 64
const ENDS = 512

/** Looks at the end of a file, at what lies before an offset. */
export function endOf(file: WritingFile, lineEnd: '\n' | '\r\n', size = file.size): FileEnd {
  const octets = file.read(Math.max(0, size - ENDS), size)
  const text = octets.toString('latin1')
  return { object: file.object, size, pad: padBehind(text, lineEnd), anchor: anchorOf(octets) }
}

function padBehind(text: string, lineEnd: string): string {
  if (text === '' || /\n\r?\n$/.test(text)) return ''
  return text.endsWith('\n') ? lineEnd : `\n${lineEnd}`
}

/** Of the last octets of a text, whatever line endings stand behind it. */
export function anchorOf(octets: Buffer): string {
  let end = octets.length
  while (end > 0 && (octets[end - 1] === 10 || octets[end - 1] === 13)) end--
  return createHash('sha256')
    .update(octets.subarray(Math.max(0, end - ANCHOR), end))
    .digest('hex')
    .slice(0, 2 * SHORT)
}

export const notDone = (token: string): Outcome => ({ token, outcome: 'not-done' })
