import { fieldNames, messageStart, unfold, walkHeader } from './header-section.js'

/**
 * Fields in which an mbox keeps flags and, in one dialect, where the message ends. At the top of a header section, and in this
 * order, they stand where mbaudit wrote them.
 */
const IN_ORDER = ['status', 'x-status', 'x-keywords', 'content-length']
const NAMES = fieldNames(IN_ORDER)
const LENGTH = 'content-length'

/** What programs write into the fields; another value came with the mail (`Status: RESOLVED`). */
const FORMS: Readonly<Record<string, RegExp>> = {
  status: /^[RONUD]*$/,
  'x-status': /^[ACDFGHIKNOPQRSTUW]*$/,
  'x-keywords': /^/,
}

/** A field that belongs to the mailbox, and is no part of the message in it. */
export interface MailboxField {
  /** Lower case. */
  readonly name: string
  /** Unfolded, Latin-1. */
  readonly value: string
  readonly start: number
  /** After the last line ending. */
  readonly end: number
}

export interface MailboxFields {
  /** Status, X-Status and X-Keywords, each at most once, in the order of the message. */
  readonly flags: readonly MailboxField[]
  /** Whether they are what the header section begins with: then no other field tells flags. */
  readonly isLeading: boolean
  /** The Content-Length field right behind the place where they stand at the top, or there in their place. */
  readonly length: MailboxField | null
}

/**
 * Finds the fields that a mailbox file keeps of a message (docs/deviations.md#mbox). Those at the very top are the mailbox's, and
 * any further ones of their names came with the mail. Where there are none at the top, the first field of each name is the
 * mailbox's, provided that it says what mail programs write into it.
 */
export function findMailboxFields(message: Buffer): MailboxFields {
  const fields: MailboxField[] = []
  walkHeader(message, NAMES, (name, start, bodyStart, bodyEnd, end) => {
    fields.push({ name, value: unfold(message.toString('latin1', bodyStart, bodyEnd)), start, end })
  })
  const top = fields.length === 0 ? [] : topRun(fields, blockStart(message))
  const flags = top.filter(({ name }) => name !== LENGTH)
  const length = top.find(({ name }) => name === LENGTH) ?? null
  if (flags.length > 0) return { flags, isLeading: true, length }
  return { flags: firstOfEach(fields), isLeading: false, length }
}

/** Where fields of a mailbox go: at the start of the header section, behind lines that would belong to the last of them. */
export function blockStart(message: Buffer): number {
  let at = messageStart(message)
  while (message[at] === SPACE || message[at] === TAB) at = nextLine(message, at)
  return at
}

const SPACE = 32
const TAB = 9
const LF = 10
const CR = 13

function nextLine(message: Buffer, from: number): number {
  let at = from
  while (at < message.length && message[at] !== LF && message[at] !== CR) at++
  return Math.min(message.length, message[at] === CR && message[at + 1] === LF ? at + 2 : at + 1)
}

/** The fields that stand one behind the other from a place on, in their order. */
function topRun(fields: readonly MailboxField[], start: number): readonly MailboxField[] {
  const run: MailboxField[] = []
  let rank = -1
  let end = start
  for (const field of fields) {
    const next = IN_ORDER.indexOf(field.name)
    if (field.start !== end || next <= rank || !isOwnForm(field)) break
    run.push(field)
    rank = next
    end = field.end
  }
  return run
}

function firstOfEach(fields: readonly MailboxField[]): readonly MailboxField[] {
  const met = new Set<string>()
  return fields.filter((field) => {
    if (field.name === LENGTH || met.has(field.name) || !isOwnForm(field)) return false
    met.add(field.name)
    return true
  })
}

const isOwnForm = ({ name, value }: MailboxField): boolean => FORMS[name]?.test(value) ?? true

/** The message without the fields that its mailbox keeps of it: as it travelled. Made in place. */
export function withoutMailboxFields(message: Buffer): Buffer {
  return withoutFields(message, findMailboxFields(message).flags)
}

/**
 * Takes fields away in place: what stands before them is moved up to what stands behind.
 *
 * @param fields - in the order of the message
 */
export function withoutFields(message: Buffer, fields: readonly MailboxField[]): Buffer {
  let to = fields.at(-1)?.end ?? 0
  for (const [nth, { start }] of [...fields.entries()].reverse()) {
    const from = fields[nth - 1]?.end ?? 0
    message.copyWithin(to - (start - from), from, start)
    to -= start - from
  }
  return message.subarray(to)
}
