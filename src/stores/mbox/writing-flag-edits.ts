import { readHeader } from '../../message/header-section.js'
import { blockStart, findMailboxFields, type MailboxField } from '../../message/mailbox-fields.js'
import { FLAG_FIELDS, type FlagField, flagLines, flagValue } from './writing-flags.js'
import type { Edit } from './writing-rewrite.js'

/**
 * What to change in a message so that it says these flags. Fields that are there get another value where they stand, those of
 * Thunderbird among them; what they do not say comes beside them, or to the top where there are none.
 *
 * @returns edits in the order of the message, with offsets into it
 */
export function flagEdits(message: Buffer, flags: readonly string[], lineEnd: string): readonly Edit[] {
  const own = findMailboxFields(message)
  const mozilla = own.isLeading ? [] : mozillaFields(message)
  const edits = [
    ...own.flags.flatMap((field) => changed(message, field, wantedValue(field, flags))),
    ...mozilla.flatMap((field) => changed(message, field, mozillaValue(field, flags))),
    ...added(message, own.flags, mozilla, flags, lineEnd),
  ]
  return edits.sort((a, b) => a.from - b.from || a.to - b.to)
}

const flagFieldOf = (name: string): FlagField | undefined => FLAG_FIELDS.find((field) => field.toLowerCase() === name)

function wantedValue({ name, value }: MailboxField, flags: readonly string[]): string {
  const field = flagFieldOf(name)
  if (field === undefined) return value
  const isSame = field === 'Status' && value.includes('R') === flags.includes('\\Seen')
  return isSame ? value : flagValue(field, flags, value)
}

/** The field with another value: its name and its line ending stay as they are. */
function changed(message: Buffer, { value, start, end }: MailboxField, wanted: string): readonly Edit[] {
  if (value === wanted) return []
  const text = message.toString('latin1', start, end)
  const name = text.slice(0, text.indexOf(':') + 1)
  const ending = /\r?\n$|\r$/.exec(text)?.[0] ?? ''
  return [{ from: start, to: end, insert: `${name} ${wanted}${ending}` }]
}

/** Source: Mozilla's nsMsgMessageFlags.idl. */
const BITS: readonly (readonly [bit: number, flag: string])[] = [
  [0x0001, '\\Seen'],
  [0x0002, '\\Answered'],
  [0x0004, '\\Flagged'],
  [0x0008, '\\Deleted'],
  [0x1000, '$Forwarded'],
]
const STATUS = 'x-mozilla-status'
const KEYS = 'x-mozilla-keys'

/** The first field of each kind that Thunderbird keeps flags in. */
function mozillaFields(message: Buffer): readonly MailboxField[] {
  const { fields } = readHeader(message)
  return [STATUS, KEYS].flatMap((wanted) => {
    const field = fields.find(({ name }) => name === wanted)
    return field === undefined ? [] : [{ ...field, value: field.value.trim() }]
  })
}

function mozillaValue({ name, value }: MailboxField, flags: readonly string[]): string {
  if (name === KEYS)
    return value
      .split(/\s+/)
      .filter((word) => flags.includes(word))
      .join(' ')
  const known = BITS.reduce((sum, [bit]) => sum | bit, 0)
  const others = (Number.parseInt(value, 16) || 0) & ~known
  const bits = BITS.reduce((sum, [bit, flag]) => (flags.includes(flag) ? sum | bit : sum), others)
  return bits.toString(16).padStart(4, '0')
}

function added(
  message: Buffer,
  own: readonly MailboxField[],
  mozilla: readonly MailboxField[],
  flags: readonly string[],
  lineEnd: string,
): readonly Edit[] {
  const said = mozilla.flatMap(({ name, value }) => (name === KEYS ? value.split(/\s+/) : BITS.map(([, flag]) => flag)))
  const unsaid = flags.filter((flag) => !said.includes(flag))
  const lines = flagLines(unsaid, false, lineEnd).split(/(?<=\n)/)
  const edits: Edit[] = []
  for (const line of lines) {
    const rank = FLAG_FIELDS.findIndex((field) => line.startsWith(`${field}:`))
    if (rank < 0 || own.some(({ name }) => name === FLAG_FIELDS[rank]?.toLowerCase())) continue
    const at = placeFor(rank, message, own, mozilla)
    edits.push({ from: at, to: at, insert: line })
  }
  return edits
}

/** Behind the field that comes before it, before the one that comes behind it, else behind Thunderbird's or at the top. */
function placeFor(
  rank: number,
  message: Buffer,
  own: readonly MailboxField[],
  mozilla: readonly MailboxField[],
): number {
  const rankOf = ({ name }: MailboxField): number => FLAG_FIELDS.findIndex((field) => field.toLowerCase() === name)
  const before = own.findLast((field) => rankOf(field) < rank)
  if (before !== undefined) return before.end
  const behind = own[0]
  if (behind !== undefined) return behind.start
  return mozilla.reduce((end, field) => Math.max(end, field.end), 0) || blockStart(message)
}
