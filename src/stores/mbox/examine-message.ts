import { fieldNames, type HeaderSection, unfold, walkHeader } from '../../message/header-section.js'
import type { SplitMessage } from './split-message.js'

/** A message of an mbox file, with what its examination looks at more than once. */
export interface ExaminedMessage {
  readonly message: SplitMessage
  readonly isFirst: boolean
  readonly section: HeaderSection
  readonly fields: MboxFields
}

/** Fields that mbox files are kept by, in their order: name in lower case, unfolded body, place in the message. */
export type MboxFields = readonly { readonly name: string; readonly value: string; readonly at: number }[]

const WANTED = fieldNames([
  '>from',
  'content-length',
  'content-transfer-encoding',
  'content-type',
  'from',
  'x-imap',
  'x-imapbase',
  'x-mozilla-keys',
  'x-mozilla-status',
  'x-mozilla-status2',
  'x-status',
  'x-uid',
])

/** Hostile mail has more of them, and longer ones. */
const MOST_FIELDS = 1_000
const MOST_OCTETS = 1 << 16

export function examinedMessage(message: SplitMessage, isFirst: boolean): ExaminedMessage {
  const { octets } = message
  const fields: { name: string; value: string; at: number }[] = []
  const section = walkHeader(octets, WANTED, (name, at, bodyStart, bodyEnd) => {
    if (fields.length === MOST_FIELDS) return
    const end = Math.min(bodyEnd, bodyStart + MOST_OCTETS)
    fields.push({ name, value: unfold(octets.toString('latin1', bodyStart, end)), at })
  })
  return { message, isFirst, section, fields }
}

/** The body of the first field of a name. */
export const fieldOf = ({ fields }: ExaminedMessage, name: string): string | undefined =>
  fields.find((field) => field.name === name)?.value
