import { lstatSync, readFileSync } from 'node:fs'
import { EXIT, MbauditError } from '../../errors.js'
import { withDotLock } from '../dot-lock.js'
import { replaceFile, syncDirectory } from '../durable-files.js'
import { openablePath, showOctets } from '../octet-name.js'
import type { Owner } from '../permissions.js'
import { FILE, FLAGS, joinRanges, LARGEST, parseSequences, type Range } from './sequences.js'

/** What becomes of the flags of one message. `\Unseen` stands for the lack of `\Seen`, which MH writes down. */
export interface SequenceEdit {
  readonly number: number
  readonly add: readonly string[]
  /** `all`: it is in no sequence any more, but for those added. */
  readonly remove: readonly string[] | 'all'
}

/** Numbers above one that no message has are in no sequence. */
export interface SequenceClip {
  readonly above: number
  readonly keep: ReadonlySet<number>
}

const UNSEEN = 'unseen'
/** No sequence stands for `\Seen`. */
const SEEN = ''
/** A message is current whatever its flags. */
const CURRENT = 'cur'
const NAMES = new Map(Object.entries(FLAGS).map(([name, flag]) => [flag.toLowerCase(), name]))
/** Words of MH's own for messages, and sequences that stand for flags. */
const RESERVED = /^(?:cur|all|first|last|prev|next|unseen|replied|flagged|deleted|draft)$/i

/** Why MH can keep no such flag; empty: it can. */
export function whyNoSequence(flag: string): string {
  if (flag.toLowerCase() === '\\seen' || NAMES.has(flag.toLowerCase())) return ''
  if (flag.startsWith('\\')) return 'MH knows no such system flag'
  if (!/^[!-9;-~]+$/.test(flag))
    return 'the name of a sequence has neither blanks nor colons nor characters beyond ASCII'
  return RESERVED.test(flag) ? 'a sequence of this name means something else' : ''
}

/**
 * Edits a folder's `.mh_sequences` under its dot lock, which Python's programs and nmh (`datalocking: dot`) heed; the file is
 * replaced as a whole, so that who reads it sees the old or the new one.
 *
 * @param act - done under the lock: what it asks for is written before it returns
 */
export async function editSequences(
  directory: string,
  owner: Owner,
  act: (edit: (edits: readonly SequenceEdit[], clip?: SequenceClip) => void) => void,
): Promise<void> {
  await withDotLock(`${directory}/${FILE}.lock`, owner, () =>
    act((edits, clip) => writeText(directory, owner, (before) => applyEdits(before, edits, clip))),
  )
}

function writeText(directory: string, owner: Owner, change: (before: string) => string): void {
  const before = readText(directory)
  const after = change(before)
  if (after === before) return
  const path = `${directory}/${FILE}`
  replaceFile({ path, octets: Buffer.from(after, 'latin1'), time: null }, `${path}.mbaudit`, owner)
  syncDirectory(directory)
}

/** @throws where the file cannot be read: what it says must not be lost */
function readText(directory: string): string {
  const path = `${directory}/${FILE}`
  const stats = lstatSync(openablePath(path), { throwIfNoEntry: false })
  if (stats === undefined) return ''
  if (stats.isFile() && stats.size <= LARGEST) return readFileSync(openablePath(path), 'latin1')
  const hint = 'Look at the file, and put it in order or take it away.'
  throw new MbauditError('REFUSED', EXIT.partial, `${showOctets(path)} is no list of sequences`, hint)
}

function applyEdits(text: string, edits: readonly SequenceEdit[], clip?: SequenceClip): string {
  const sequences = new Map<string, readonly Range[]>(parseSequences(text))
  const added = new Map<string, number[]>()
  const removed = new Map<string, Set<number>>()
  for (const { number, add, remove } of edits) {
    const nameOf = (flag: string): string => sequenceOf(flag, [...sequences.keys(), ...added.keys()])
    const lost = remove === 'all' ? [...sequences.keys()] : remove.map(nameOf)
    const names = add.map(nameOf)
    for (const name of names.includes(SEEN) ? [...lost, UNSEEN] : lost)
      put(removed, name, () => new Set<number>()).add(number)
    for (const name of names) put(added, name, () => []).push(number)
  }
  for (const name of [CURRENT, SEEN]) for (const map of [added, removed]) map.delete(name)
  for (const [name, numbers] of removed) sequences.set(name, without(sequences.get(name) ?? [], numbers))
  for (const [name, numbers] of added)
    sequences.set(name, joinRanges([...(sequences.get(name) ?? []), ...numbers.map((n): Range => [n, n])]))
  return [...sequences]
    .map(([name, ranges]) => lineOf(name, name === CURRENT ? ranges : clipped(ranges, clip)))
    .join('')
}

/** A keyword has the sequence that is called so, in whatever case; `\Seen` has none. */
function sequenceOf(flag: string, names: readonly string[]): string {
  const key = flag.toLowerCase()
  if (key === '\\seen') return SEEN
  if (key === '\\unseen') return UNSEEN
  return NAMES.get(key) ?? names.find((name) => name.toLowerCase() === key) ?? flag
}

function put<T>(map: Map<string, T>, key: string, make: () => T): T {
  const value = map.get(key) ?? make()
  map.set(key, value)
  return value
}

function without(ranges: readonly Range[], numbers: ReadonlySet<number>): readonly Range[] {
  const sorted = [...numbers].sort((a, b) => a - b)
  let next = 0
  return ranges.flatMap(([first, last]) => {
    const left: Range[] = []
    let from = first
    while ((sorted[next] ?? Number.POSITIVE_INFINITY) < first) next++
    for (let n = next; (sorted[n] ?? Number.POSITIVE_INFINITY) <= last; n++) {
      const hole = sorted[n] ?? 0
      if (hole > from) left.push([from, hole - 1])
      from = hole + 1
    }
    return from <= last ? [...left, [from, last] satisfies Range] : left
  })
}

function clipped(ranges: readonly Range[], clip?: SequenceClip): readonly Range[] {
  if (clip === undefined) return ranges
  const { above, keep } = clip
  return joinRanges(
    ranges.flatMap(([first, last]): readonly Range[] => {
      const kept = [...keep].filter((n) => n > above && n >= first && n <= last).map((n): Range => [n, n])
      return first <= above ? [[first, Math.min(last, above)], ...kept] : kept
    }),
  )
}

function lineOf(name: string, ranges: readonly Range[]): string {
  if (ranges.length === 0) return ''
  return `${name}: ${ranges.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(' ')}\n`
}
