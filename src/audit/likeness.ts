import type { IndexedCopy } from '../index/copy-index.js'
import type { Digest } from '../message/message.js'
import type { Copies } from './identity-groups.js'

/** A copy as a group shows it. */
export interface LikenedCopy {
  /** With the `wire` digest where the group had it read. */
  readonly copy: IndexedCopy
  /** Copies that have the same are the same mail, octet for octet. */
  readonly octets: string
}

/** What tells without reading a body that copies have the same octets. */
const signOf = ({ wire, emailId, store, row }: IndexedCopy): string =>
  wire ?? (emailId === null ? `row ${row} ${store}` : `mail ${emailId} ${store}`)

/**
 * The copies whose bodies decide how alike a group is: where no digest and no EMAILID says that all are the same, the first of
 * each that may be another.
 */
export function copiesToRead(copies: Copies): readonly IndexedCopy[] {
  if (areAllRead(copies)) return []
  const firsts = firstOfEach(copies)
  return firsts.length === 1 ? [] : firsts.filter(({ wire }) => wire === null)
}

const areAllRead = (copies: Copies): boolean => copies.every(({ wire }) => wire !== null)

function firstOfEach(copies: Copies): readonly IndexedCopy[] {
  const firsts = new Map<string, IndexedCopy>()
  for (const copy of copies) {
    const sign = signOf(copy)
    if (!firsts.has(sign)) firsts.set(sign, copy)
  }
  return [...firsts.values()]
}

/** Likens the copies by what is known. Only what the group itself asks for is looked at: other questions change no answer. */
export function likenCopies(copies: Copies, wireOf: (copy: IndexedCopy) => Digest | null): readonly LikenedCopy[] {
  if (areAllRead(copies)) return copies.map((copy) => ({ copy, octets: signOf(copy) }))
  const read = new Map(copiesToRead(copies).map((copy) => [signOf(copy), { ...copy, wire: wireOf(copy) }]))
  return copies.map((copy) => {
    const sign = signOf(copy)
    const first = read.get(sign)
    const isFirst = first !== undefined && first.row === copy.row && first.store === copy.store
    return { copy: isFirst ? first : copy, octets: first?.wire ?? sign }
  })
}
