import { hash } from 'node:crypto'
import type { Envelope } from './envelope.js'
import type { Side } from './explanation.js'
import { type HeaderField, readHeaderFields, unfold } from './header-section.js'
import type { Leaf } from './mime.js'
import { countCommon, onlyIn } from './text-overlap.js'

/** Lines and parts shown of each message; what there is beyond them is counted. */
const MAX_SHOWN = 6
const MAX_TEXT = 120

/** What differs of two messages that read alike: header fields that are no part of what is read. */
export function describeTrace(kept: Buffer, other: Buffer): string[] {
  const a = readHeaderFields(kept)
  const b = readHeaderFields(other)
  const names = [...new Set([...a, ...b].map((field) => field.name))]
  const sentences = names.flatMap((name) => describeField(name, valuesOf(a, name), valuesOf(b, name)))
  return sentences.length > 0 ? sentences : ['The same header fields and the same text, encoded or ordered otherwise.']
}

const valuesOf = (fields: readonly HeaderField[], name: string): string[] =>
  fields.filter((field) => field.name === name).map((field) => unfold(field.value))

function describeField(name: string, a: readonly string[], b: readonly string[]): string[] {
  if (a.length !== b.length) return [`Field ${name}: ${a.length} in the kept copy, ${b.length} in the other.`]
  return onlyIn(a, b).length > 0 ? [`Field ${name}: not the same in both.`] : []
}

/** What differs of two messages that do not read alike. */
export function describeContent(a: Side, b: Side): string[] {
  return [
    ...describeEnvelopes(a.envelope, b.envelope),
    ...describeParts(a, b),
    ...describeTexts(a, b),
    ...describeWholeness(a, b),
  ]
}

function describeEnvelopes(a: Envelope, b: Envelope): string[] {
  const fields: readonly [string, string, string][] = [
    ['From', a.from, b.from],
    ['To', a.to, b.to],
    ['Cc', a.cc, b.cc],
    ['Subject', a.subject, b.subject],
    ['Date', dateOf(a), dateOf(b)],
  ]
  return fields
    .filter(([, one, two]) => one !== two)
    .map(([name, one, two]) => `${name}: ${quoted(one)} in the kept copy, ${quoted(two)} in the other.`)
}

function dateOf({ date, dateText }: Envelope): string {
  return date === null ? dateText : new Date(date * 1000).toISOString().replace('.000Z', 'Z')
}

function describeParts(a: Side, b: Side): string[] {
  const one = a.leaves.map(tellApart)
  const two = b.leaves.map(tellApart)
  const named = (keys: readonly string[]): string[] => keys.map((key) => key.slice(0, key.lastIndexOf(' ')))
  return [
    ...listed('Part in the kept copy alone', named(onlyIn(one, two))),
    ...listed('Part in the other alone', named(onlyIn(two, one))),
  ]
}

/** Its name and, for what no line is shown of, a digest. */
function tellApart(leaf: Leaf): string {
  return `${nameOf(leaf)} ${leaf.isText && leaf.name === '' ? '' : hash('sha256', leaf.octets, 'hex')}`
}

function nameOf({ type, name, octets, isText }: Leaf): string {
  const named = name === '' ? type : `${type} ${quoted(name)}`
  return isText && name === '' ? named : `${named}, ${octets.length} octets`
}

function describeTexts(a: Side, b: Side): string[] {
  const common = countCommon(a.lines, b.lines)
  if (common === a.lines.length && common === b.lines.length) return []
  return [
    `Text: ${lines(a.lines.length)} in the kept copy, ${lines(b.lines.length)} in the other, ${common} of them in both.`,
    ...listed('Line in the kept copy alone', onlyIn(a.lines, b.lines).map(quoted)),
    ...listed('Line in the other alone', onlyIn(b.lines, a.lines).map(quoted)),
  ]
}

function describeWholeness(a: Side, b: Side): string[] {
  const sentence = (which: string): string =>
    `${which} is not whole: it breaks off, lacks its body, or something was taken out of it.`
  return [...(a.isWhole ? [] : [sentence('The kept copy')]), ...(b.isWhole ? [] : [sentence('The other')])]
}

function listed(title: string, texts: readonly string[]): string[] {
  const shown = texts.slice(0, MAX_SHOWN).map((text) => `${title}: ${text}`)
  return texts.length > MAX_SHOWN ? [...shown, `${title}: ${texts.length - MAX_SHOWN} more.`] : shown
}

const lines = (count: number): string => (count === 1 ? '1 line' : `${count} lines`)

function quoted(text: string): string {
  if (text === '') return 'nothing'
  return text.length > MAX_TEXT ? `"${text.slice(0, MAX_TEXT)}…"` : `"${text}"`
}
