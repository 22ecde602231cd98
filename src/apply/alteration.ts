const WORDS = {
  nul: 'NUL octets were taken out',
  lineEnds: 'line ends were changed',
  blanks: 'white space at the ends of lines was taken away',
  text: 'the text was changed',
} as const

/** Says in what the octets that a store gives back are otherwise than those that it was given. */
export function describeAlteration(given: Buffer, kept: Buffer): string {
  const [before, after] = [normalise(given), normalise(kept)]
  if (withoutNul(before) === withoutNul(after)) return WORDS.nul
  if (withoutLineEnds(before) === withoutLineEnds(after)) return WORDS.lineEnds
  if (withoutBlanks(before) === withoutBlanks(after)) return WORDS.blanks
  const [head, body] = split(before)
  const [newHead, newBody] = split(after)
  return body === newBody ? describeHeader(head, newHead) : WORDS.text
}

/** Whether what a copy replaces may go although the store altered the copy: nothing that a person reads was lost. */
export const isHarmless = (altered: string): boolean =>
  altered === WORDS.lineEnds || altered === WORDS.blanks || altered.startsWith(ADDED)

const ADDED = 'header fields were added: '

const normalise = (message: Buffer): string => message.toString('latin1').replace(/\r\n?/g, '\n').replace(/\n+$/, '')
/** Some servers put another octet in its place. */
const withoutNul = (text: string): string => text.replace(/[\0\x80]/g, '')
const withoutLineEnds = (text: string): string => text.replaceAll('\n', '')
const withoutBlanks = (text: string): string => text.replace(/[ \t]+$/gm, '')

function split(text: string): readonly [head: string, body: string] {
  const end = text.indexOf('\n\n')
  return end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end + 2)]
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
