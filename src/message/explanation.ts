import { hash } from 'node:crypto'
import type { ReadableMessage } from './content.js'
import type { Leaf } from './mime.js'
import { baseSubject, nameOtherPatches } from './subject.js'
import { areMostlyCommon, commonStart, isFooter, isSetOff, tellingLines } from './text-overlap.js'

/** How the difference between two messages of one ID is explained. */
export type ModifiedReason = 'footer' | 'subject-tag' | 'attachment-missing' | 'truncated' | 'text'

/** One of two messages that are compared. */
export interface Side extends ReadableMessage {
  /** Leaves that hold anything, with a digest of their octets. */
  readonly parts: readonly Part[]
  /** Telling lines of the text a person is shown: text without a file name. */
  readonly lines: readonly string[]
}

interface Part {
  readonly leaf: Leaf
  readonly key: string
  readonly isShownText: boolean
}

/** @returns null where the difference is not explained: two mails under one ID */
export interface Explanation {
  readonly reason: ModifiedReason
  /** The message that breaks off; null where neither does. */
  readonly truncated: Side | null
  /** The message that the other has in full, and more: it breaks off, or attachments were taken out of it. */
  readonly lacking: Side | null
}

export function readSide(message: ReadableMessage): Side {
  const parts = message.leaves
    .filter((leaf) => leaf.octets.length > 0 && !leaf.isPlaceholder)
    .map((leaf) => ({ leaf, key: hash('sha256', leaf.octets, 'hex'), isShownText: leaf.isText && leaf.name === '' }))
  const lines = parts.flatMap(({ leaf, isShownText }) =>
    isShownText ? tellingLines(leaf.octets.toString('utf8')) : [],
  )
  return { ...message, parts, lines }
}

/**
 * Explains how one message became the other. The same whichever comes first.
 *
 * Where several reasons hold, the one that tells most of the body is given: a part that lacks, a footer, a cut; then a
 * tag in the subject; then common text. What both share must say something, unless both have the same Date and subject.
 */
export function explainDifference(a: Side, b: Side): Explanation | null {
  if (nameOtherPatches(a.envelope.subject, b.envelope.subject)) return null
  if (isSameBody(a, b)) return explainedBy(reasonOfFields(a, b), unwhole(a, b))
  const one = reasonBetween(a, b)
  const two = reasonBetween(b, a)
  const reason = BY_WEIGHT.find((candidate) => candidate === one || candidate === two)
  if (reason === undefined) return explainedBy(reasonOfText(a, b), unwhole(a, b))
  const less = one === reason ? a : b
  if (reason === 'footer') return explainedBy(reason, unwhole(a, b))
  return { reason, truncated: reason === 'truncated' ? less : unwhole(a, b), lacking: less }
}

const BY_WEIGHT: readonly ModifiedReason[] = ['footer', 'truncated', 'attachment-missing']

const explainedBy = (reason: ModifiedReason | null, truncated: Side | null): Explanation | null =>
  reason && { reason, truncated, lacking: null }

/** The one that is not whole, where the other is. */
function unwhole(a: Side, b: Side): Side | null {
  if (a.isWhole === b.isWhole) return null
  return a.isWhole ? b : a
}

function isSameBody(a: Side, b: Side): boolean {
  return a.parts.length === b.parts.length && a.parts.every((part, n) => part.key === b.parts[n]?.key)
}

function reasonOfFields(a: Side, b: Side): ModifiedReason | null {
  const isTagged = a.envelope.subject !== b.envelope.subject && isSameSubject(a, b)
  if (!saysSomething(a) && !hasSameEnvelope(a, b)) return null
  return isTagged ? 'subject-tag' : 'text'
}

/** How `less` came from `more` by something that was added or lost; null: it did not. */
function reasonBetween(less: Side, more: Side): ModifiedReason | null {
  if (!saysSomething(less) && !hasSameEnvelope(less, more)) return null
  if (less.parts.length === 0) return more.parts.length > 0 ? 'truncated' : null
  const lacking = partsLacking(less, more)
  if (lacking && lacking.length > 0) {
    if (isFooterPart(lacking)) return 'footer'
    return breaksOff(less, more) ? 'truncated' : 'attachment-missing'
  }
  const attachments = attachmentsLacking(less, more)
  if (attachments?.length === 0 && hasFooter(less, more)) return 'footer'
  if (isCutWithinPart(less, more)) return 'truncated'
  return attachments !== null && attachments.length > 0 && areMostlyCommon(less.lines, more.lines)
    ? 'attachment-missing'
    : null
}

function reasonOfText(a: Side, b: Side): ModifiedReason | null {
  const haveSameAttachments = attachmentsLacking(a, b)?.length === 0 && attachmentsLacking(b, a)?.length === 0
  if (!haveSameAttachments) return null
  if (!hasSameEnvelope(a, b) && !(saysSomething(a) && saysSomething(b))) return null
  if (hasFooters(a, b)) return 'footer'
  return areMostlyCommon(a.lines, b.lines) || (a.lines.length + b.lines.length === 0 && a.parts.length > 0)
    ? 'text'
    : null
}

const LEAST_TEXT = 20

/** Whether its body could hardly be that of another mail by chance: more than `OK` or `Thanks, Bob`. */
function saysSomething(side: Side): boolean {
  const attached = side.parts.reduce((sum, part) => sum + (part.isShownText ? 0 : part.leaf.octets.length), 0)
  return side.lines.reduce((sum, line) => sum + line.length, attached) >= LEAST_TEXT
}

function hasSameEnvelope(a: Side, b: Side): boolean {
  return a.envelope.date !== null && a.envelope.date === b.envelope.date && isSameSubject(a, b)
}

function isSameSubject(a: Side, b: Side): boolean {
  return baseSubject(a.envelope.subject) === baseSubject(b.envelope.subject)
}

/** The parts that `less` lacks of `more`; null: it has one that `more` has not. */
function partsLacking(less: Side, more: Side): Part[] | null {
  return lackingOf(less.parts, more.parts)
}

/** Of attachments alone: parts that are no text, or text with a file name. */
function attachmentsLacking(less: Side, more: Side): Part[] | null {
  const attached = (part: Part): boolean => !part.isShownText
  return lackingOf(less.parts.filter(attached), more.parts.filter(attached))
}

function lackingOf(less: readonly Part[], more: readonly Part[]): Part[] | null {
  const left = new Map<string, number>()
  for (const { key } of less) left.set(key, (left.get(key) ?? 0) + 1)
  const lacking = more.filter(({ key }) => {
    const count = left.get(key) ?? 0
    if (count > 0) left.set(key, count - 1)
    return count === 0
  })
  return more.length - lacking.length === less.length ? lacking : null
}

const linesOf = (parts: readonly Part[]): string[] =>
  parts.flatMap(({ leaf }) => tellingLines(leaf.octets.toString('utf8')))

/** Whether the parts lacking are a few lines of plain text, which lists add as a part of its own. */
function isFooterPart(lacking: readonly Part[]): boolean {
  if (!lacking.every(({ leaf, isShownText }) => isShownText && leaf.type === 'text/plain')) return false
  const lines = linesOf(lacking)
  return isFooter(lines) || lines.length <= SHORT_PART
}

const SHORT_PART = 8

/** Whether `more` is `less` and a footer. */
function hasFooter(less: Side, more: Side): boolean {
  const start = commonStart(less.lines, more.lines)
  return start > 0 && start === less.lines.length && isFooter(more.lines.slice(start))
}

/** Whether both are one text, each with a footer of its own that a rule sets off. */
function hasFooters(a: Side, b: Side): boolean {
  const start = commonStart(a.lines, b.lines)
  if (a.lines.slice(0, start).join('').length < LEAST_TEXT) return false
  return isSetOff(a.lines.slice(start)) && isSetOff(b.lines.slice(start))
}

/** Whether `less` ends where a part of `more` does, and says itself that it is not whole. */
function breaksOff(less: Side, more: Side): boolean {
  const isPlaceheld = less.leaves.some((leaf) => leaf.isPlaceholder)
  return !less.isWhole && !isPlaceheld && less.parts.every((part, n) => part.key === more.parts[n]?.key)
}

/** Octets that a cut may have spoiled, of an escape or a character; a short text must be right to its end. */
const SPOILED = 3
const SHORT = 64

/** Whether `less` ends within a part of `more`, and the parts before it are the same. */
function isCutWithinPart(less: Side, more: Side): boolean {
  const last = less.parts.length - 1
  const cut = less.parts[last]?.leaf.octets
  const full = more.parts[last]?.leaf.octets
  if (!cut || !full || cut.length >= full.length) return false
  if (!less.parts.every((part, n) => n === last || part.key === more.parts[n]?.key)) return false
  const sure = cut.length < SHORT ? cut.length : cut.length - SPOILED
  return cut.subarray(0, sure).equals(full.subarray(0, sure))
}
