import type { EpochSeconds } from '../message/message.js'
import type { StepOutcome } from './journal-entry.js'
import { isSame, LF, Reading } from './octet-reading.js'

const WORDS = {
  nul: 'NUL octets were taken out',
  lineEnds: 'line ends were changed',
  blanks: 'white space at the ends of lines was taken away',
  text: 'the text was changed',
} as const

/** Says in what the octets that a store gives back are otherwise than those that it was given. */
export function describeAlteration(given: Buffer, kept: Buffer): string {
  for (const lost of ['nul', 'lineEnds', 'blanks'] as const)
    if (isSame(new Reading(given, lost), new Reading(kept, lost))) return WORDS[lost]
  const [head, body] = split(given)
  const [newHead, newBody] = split(kept)
  return isSame(body, newBody) ? describeHeader(head, newHead) : WORDS.text
}

/** What is otherwise with a copy that was read back; null: nothing is. */
export function describeChange({ altered, received }: Pick<StepOutcome, 'altered' | 'received'>): string | null {
  const told = [
    ...(altered === undefined ? [] : [`altered by the server: ${altered}`]),
    ...(received === undefined ? [] : [describeDates(...received)]),
  ]
  return told.length === 0 ? null : told.join('; ')
}

/** Says that a copy has another received date than it was to get. */
export const describeDates = (given: EpochSeconds, kept: EpochSeconds): string =>
  `the store has the received date ${writeDate(kept)} instead of ${writeDate(given)}`

function writeDate(seconds: EpochSeconds): string {
  const date = new Date(seconds * 1_000)
  return Number.isNaN(date.getTime()) ? 'a year beyond reckoning' : date.toISOString().replace('.000Z', 'Z')
}

/** Whether what a copy replaces may go although the store altered the copy: nothing that a person reads was lost. */
export const isHarmless = (altered: string): boolean =>
  altered === WORDS.lineEnds || altered === WORDS.blanks || altered.startsWith(ADDED)

const ADDED = 'header fields were added: '

/** The header, its lines ended by LF, and what comes behind the first empty line. */
function split(message: Buffer): readonly [head: string, body: Reading] {
  const reading = new Reading(message)
  for (let [before, octet] = [0, reading.next()]; octet >= 0; before = octet, octet = reading.next())
    if (before === LF && octet === LF) break
  const head = message.toString('latin1', 0, reading.position).replace(/\r\n?/g, '\n')
  return [head.replace(/\n+$/, ''), reading]
}

function describeHeader(before: string, after: string): string {
  const [old, now] = [fieldsOf(before), fieldsOf(after)]
  const added = beyond(now, old)
  const lost = beyond(old, now)
  if (lost.length === 0 && added.length > 0) return ADDED + namesOf(added)
  return `header fields were changed: ${namesOf(lost.length > 0 ? lost : now)}`
}

const fieldsOf = (head: string): readonly string[] => head.split(/\n(?![ \t])/)

/** The fields of one header that the other has not, as often as it has them. */
function beyond(fields: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>()
  for (const field of others) left.set(field, (left.get(field) ?? 0) + 1)
  return fields.filter((field) => {
    const count = left.get(field) ?? 0
    left.set(field, count - 1)
    return count <= 0
  })
}

const namesOf = (fields: readonly string[]): string =>
  [...new Set(fields.map((field) => field.slice(0, Math.max(0, field.indexOf(':'))).slice(0, 76) || '?'))].join(', ')
