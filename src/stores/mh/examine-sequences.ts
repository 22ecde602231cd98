import { statSync } from 'node:fs'
import { linesOf } from '../file-lines.js'
import { codeOf, whyOf } from '../file-reader.js'
import { counted, fileLocator, type ObservationNotes, shown, shownText } from '../observation-notes.js'
import { openablePath } from '../octet-name.js'
import { LARGEST, readSequences } from './sequences.js'

const FILE = '.mh_sequences'
/** nmh reads a line into a buffer of this size; older versions cut a longer one. */
const LONGEST = 8_192
/** So many stretches of one sequence are told. */
const TOLD = 5
const MANY_LINES = 20

/**
 * Compares the sequences with the messages. `cur` may well name a message that was removed.
 *
 * @param numbers - of the messages that lie in the folder, sorted
 */
export function examineSequences(directory: string, numbers: Float64Array, notes: ObservationNotes): void {
  examineSize(`${directory}/${FILE}`, notes)
  examineLines(`${directory}/${FILE}`, notes)
  for (const [name, ranges] of readSequences(directory)) {
    if (name === 'cur') continue
    const gaps = ranges.flatMap(([first, last]) => gapsIn(numbers, first, last))
    const missing = gaps.reduce((sum, [first, last]) => sum + last - first + 1, 0)
    if (missing === 0) continue
    const where = gaps.slice(0, TOLD).map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
    const detail = `"${shownText(name)}" names ${counted(missing, 'message')} of which no file is there`
    notes.note(
      'sequence-without-message',
      fileLocator(FILE),
      `${detail}: ${where.join(' ')}${gaps.length > TOLD ? ' …' : ''}`,
    )
  }
}

type Range = readonly [first: number, last: number]

/** The stretches of a range that no message has a number from. */
function gapsIn(numbers: Float64Array, first: number, last: number): Range[] {
  const gaps: Range[] = []
  let next = first
  for (let at = firstFrom(numbers, first); next <= last; at++) {
    const number = numbers[at] ?? Number.POSITIVE_INFINITY
    if (number > next) gaps.push([next, Math.min(number - 1, last)])
    next = number + 1
  }
  return gaps
}

/** The first place whose number is not below a bound. */
function firstFrom(sorted: Float64Array, bound: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) < bound) low = middle + 1
    else high = middle
  }
  return low
}

/** A file that is larger than what is read. */
function examineSize(path: string, notes: ObservationNotes): void {
  const size = sizeOf(path)
  if (size > LARGEST)
    notes.note(
      'sequence-malformed',
      fileLocator(FILE),
      `it has ${counted(size, 'octet')}, and is not read for its size`,
    )
}

function sizeOf(path: string): number {
  try {
    return statSync(openablePath(path), { throwIfNoEntry: false })?.size ?? 0
  } catch (error) {
    codeOf(error)
    return 0
  }
}

function examineLines(path: string, notes: ObservationNotes): void {
  let told = 0
  try {
    for (const { text, number } of linesOf(path)) {
      const why = whyMalformed(text)
      if (why !== null && told++ < MANY_LINES)
        notes.note('sequence-malformed', fileLocator(FILE), `line ${number}: ${why}: "${shown(text)}"`)
    }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') notes.note('sequence-malformed', fileLocator(FILE), whyOf(error))
  }
}

function whyMalformed(line: string): string | null {
  if (line.trim() === '') return null
  if (line.length >= LONGEST) return `it is longer than ${LONGEST} octets`
  // A line that begins with white space goes on with the one before.
  const list = /^[ \t]/.test(line) ? line : /^[^\s:]+\s*:(.*)$/.exec(line)?.[1]
  if (list === undefined) return 'no name of a sequence with a colon'
  for (const word of list.trim().split(/\s+/)) {
    const [, from, to = from] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(word) ?? []
    if (word !== '' && from === undefined) return `"${shown(word)}" is no number`
    if (from !== undefined && Number(from) === 0) return 'a message cannot have the number 0'
    if (from !== undefined && Number(to) < Number(from)) return `${shown(word)} runs backward`
  }
  return null
}
