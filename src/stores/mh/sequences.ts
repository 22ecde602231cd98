import { readFileSync, statSync } from 'node:fs'
import { codeOf } from '../file-reader.js'
import { sortedFlags } from '../flag-text.js'
import { openablePath } from '../octet-name.js'

export type Range = readonly [first: number, last: number]

/** The sequences of an MH folder (mh-sequence(5)): message numbers by name. */
export type Sequences = ReadonlyMap<string, readonly Range[]>

export const FILE = '.mh_sequences'
/** Octets. A million stretches of numbers fit in; a larger file would cost memory without bound and is not read. */
export const LARGEST = 1 << 23

/** What mail programs mean by a sequence of this name. `unseen` is the one that takes a flag away. */
export const FLAGS: Readonly<Record<string, string>> = {
  replied: '\\Answered',
  flagged: '\\Flagged',
  deleted: '\\Deleted',
  draft: '\\Draft',
}

/** Reads a folder's `.mh_sequences`. nmh takes the file away when no sequence is left: none is an empty one. */
export function readSequences(directory: string): Sequences {
  try {
    const path = openablePath(`${directory}/${FILE}`)
    const stats = statSync(path)
    return stats.isFile() && stats.size <= LARGEST ? parseSequences(readFileSync(path, 'utf8')) : new Map()
  } catch (error) {
    codeOf(error)
    return new Map()
  }
}

/** `unseen: 3 5-17`; a line that begins with white space goes on with the one before. */
export function parseSequences(text: string): Sequences {
  const sequences = new Map<string, Range[]>()
  for (const line of text.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const [, name, list] = /^([^\s:]+)\s*:(.*)$/.exec(line) ?? []
    if (name === undefined || list === undefined) continue
    const ranges = sequences.get(name) ?? []
    for (const [, first, last] of list.matchAll(/(\d+)(?:-(\d+))?/g))
      ranges.push([Number(first), Number(last ?? first)])
    sequences.set(name, ranges)
  }
  return new Map([...sequences].map(([name, ranges]) => [name, joinRanges(ranges)]))
}

/** Sorted, and overlapping ones joined. */
export function joinRanges(ranges: readonly Range[]): readonly Range[] {
  const joined: Range[] = []
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = joined.at(-1)
    if (before !== undefined && first <= before[1] + 1)
      joined[joined.length - 1] = [before[0], Math.max(before[1], last)]
    else joined.push([first, last])
  }
  return joined
}

/** Flags and keywords of a message, sorted: seen unless `unseen` names it; a sequence of no known meaning is a keyword. */
export function flagsOf(sequences: Sequences, number: number): readonly string[] {
  const flags: string[] = []
  let isSeen = true
  for (const [name, ranges] of sequences) {
    if (name === 'cur' || !holds(ranges, number)) continue
    if (name === 'unseen') isSeen = false
    else flags.push(FLAGS[name] ?? name)
  }
  if (isSeen) flags.push('\\Seen')
  return flags.length > 1 ? sortedFlags(flags) : flags
}

function holds(ranges: readonly Range[], number: number): boolean {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ranges[middle]?.[1] ?? 0) < number) low = middle + 1
    else high = middle
  }
  const range = ranges[low]
  return range !== undefined && range[0] <= number
}
