import type { IndexedCopy } from '../../index/copy-index.js'
import type { IndexedContent } from '../../index/store-index.js'
import type { Digest } from '../../message/message.js'
import type { Evidence } from './comparison.js'

/** The copies of one identity on both sides, in the order of their places. */
export interface Sides {
  readonly identity: string
  readonly master: readonly IndexedCopy[]
  readonly slave: readonly IndexedCopy[]
}

/** What is known of messages that were read because the question asked for it. */
export interface ReadFacts {
  readonly wire: (copy: IndexedCopy) => Digest | null
  readonly content: (copy: IndexedCopy) => IndexedContent | null
}

/** Copies of one identity that are one mail. */
export interface Mail extends Sides {
  readonly master: IndexedCopy[]
  readonly slave: IndexedCopy[]
  readonly evidence: Evidence
}

/**
 * Whether bodies tell how many mails an identity stands for. Headers are enough where all copies have the same, and no folder
 * has two on one side.
 *
 * @param placeOf - the same for folders that pair
 */
export function restsOnBodies({ master, slave }: Sides, placeOf: PlaceOf): boolean {
  const [first] = master.length > 0 ? master : slave
  if (first === undefined) return false
  // Most identities are there once on each side.
  const [other] = slave
  if (master.length === 1 && slave.length === 1 && other !== undefined)
    return first.wire === null || other.wire === null ? !haveAllSameHeaders([first, other]) : first.wire !== other.wire
  const copies = [...master, ...slave]
  const isOneSided = master.length === 0 || slave.length === 0
  if (areAlone(master, placeOf.master) && areAlone(slave, placeOf.slave)) {
    if (isOneSided) return false
    if (copies.some(({ wire }) => wire === null)) return !haveAllSameHeaders(copies) || !haveOneWire(copies)
  }
  return !copies.every(({ wire }) => wire !== null && wire === first.wire)
}

export interface PlaceOf {
  readonly master: (copy: IndexedCopy) => string
  readonly slave: (copy: IndexedCopy) => string
}

function areAlone(copies: readonly IndexedCopy[], placeOf: (copy: IndexedCopy) => string): boolean {
  return copies.length < 2 || new Set(copies.map(placeOf)).size === copies.length
}

const haveOneWire = (copies: readonly IndexedCopy[]): boolean =>
  new Set(copies.map(({ wire }) => wire).filter((wire) => wire !== null)).size <= 1

/** Date, From and Subject are equal, and none is so much larger than another that one may have been cut off. */
function haveAllSameHeaders([first, ...others]: readonly IndexedCopy[]): boolean {
  if (first === undefined) return true
  let [smallest, largest] = [first.size, first.size]
  for (const { date, from, subject, size } of others) {
    if (date !== first.date || from !== first.from || subject !== first.subject) return false
    // A size of 0 is one that its server does not know.
    if (size > 0 && (size < smallest || smallest === 0)) smallest = size
    if (size > largest) largest = size
  }
  return haveLikeSizes(smallest, largest)
}

/**
 * Sizes are a hint alone: stores count line endings as one octet or as two, servers guess or say 0. A mail that was cut off
 * is smaller by more than that.
 */
export function haveLikeSizes(a: number, b: number): boolean {
  return a === 0 || b === 0 || Math.abs(a - b) <= Math.max(a, b) / 8 + 64
}

/** What tells that copies have the same octets; null: nothing does but the body. */
const signOf = ({ wire, emailId, store }: IndexedCopy): string | null =>
  wire ?? (emailId === null ? null : `mail ${emailId} ${store}`)

/** The copies whose digest is to be made: of those that a server says are the same the first. */
export function unreadCopies({ master, slave }: Sides): readonly IndexedCopy[] {
  const seen = new Set<string>()
  return [...master, ...slave].filter((copy) => {
    const sign = signOf(copy)
    if (copy.wire !== null) return false
    if (sign === null) return true
    const isFirst = !seen.has(sign)
    seen.add(sign)
    return isFirst
  })
}

/** The same copies with the digests that were made of them. */
export function withDigests(sides: Sides, { wire }: Pick<ReadFacts, 'wire'>): Sides {
  const made = new Map<string | null, Digest | null>()
  const digestOf = (copy: IndexedCopy): Digest | null => {
    const sign = signOf(copy)
    if (sign === null) return wire(copy)
    const before = made.get(sign)
    if (before !== undefined) return before
    const digest = wire(copy)
    made.set(sign, digest)
    return digest
  }
  const fill = (copy: IndexedCopy): IndexedCopy => (copy.wire === null ? { ...copy, wire: digestOf(copy) } : copy)
  return { identity: sides.identity, master: sides.master.map(fill), slave: sides.slave.map(fill) }
}

/** One copy for each digest that several differ in: their contents tell which of them are one mail. */
export function differentCopies({ master, slave }: Sides): readonly IndexedCopy[] {
  const firsts = new Map<Digest, IndexedCopy>()
  for (const copy of [...master, ...slave])
    if (copy.wire !== null && !firsts.has(copy.wire)) firsts.set(copy.wire, copy)
  return firsts.size > 1 ? [...firsts.values()] : []
}

/** The copies as one mail, on what the headers say. */
export function mailOfHeaders({ identity, master, slave }: Sides): readonly Mail[] {
  const areRead = [...master, ...slave].every(({ wire }) => wire !== null)
  return [{ identity, master: [...master], slave: [...slave], evidence: areRead ? 'digests' : 'headers' }]
}

/**
 * The mails that an identity stands for: copies with one `wire` or one `content` digest are one. What could not be read goes
 * with the first of the same headers.
 *
 * @param sides - with the digests that were made
 */
export function mailsOf(sides: Sides, { content }: Pick<ReadFacts, 'content'>): readonly Mail[] {
  const contents = new Map(differentCopies(sides).map((copy) => [copy.wire, content(copy)?.content ?? null]))
  const mails = new Map<string, Mail & { evidence: Evidence }>()
  const byHeaders = new Map<string, Mail & { evidence: Evidence }>()
  const add = (copy: IndexedCopy, side: 'master' | 'slave'): void => {
    const told = contents.get(copy.wire) ?? null
    const headers = JSON.stringify([copy.date, copy.from, copy.subject])
    const key = told ?? copy.wire
    const known = key === null ? byHeaders.get(headers) : mails.get(key)
    const mail = known ?? { identity: sides.identity, master: [], slave: [], evidence: 'digests' }
    mail[side].push(told === null ? copy : { ...copy, content: told })
    if (key === null) mail.evidence = 'headers'
    else mails.set(key, mail)
    if (!byHeaders.has(headers)) byHeaders.set(headers, mail)
    all.add(mail)
  }
  const all = new Set<Mail>()
  for (const isRead of [true, false]) {
    for (const copy of sides.master) if ((copy.wire !== null) === isRead) add(copy, 'master')
    for (const copy of sides.slave) if ((copy.wire !== null) === isRead) add(copy, 'slave')
  }
  return [...all]
}
