import type { IndexedCopy } from '../../index/copy-index.js'
import type { FolderName } from '../../stores/store.js'
import type { Mail } from './mails.js'

/** A mail in the folders of one pair, on one side alone so far. */
export interface Left {
  readonly mail: Mail
  /** The slave's folder of the pair. */
  readonly place: FolderName
  readonly copies: readonly [IndexedCopy, ...IndexedCopy[]]
}

/** Pairs of mails in one folder that are compared; where an identity stands for more, they are taken in their order. */
const MOST_COMPARED = 100

/**
 * Which of the mails are compared, the first with the first before all others: in an order that turns round with the sides.
 */
export function candidatePairs(masters: readonly Left[], slaves: readonly Left[]): readonly (readonly [Left, Left])[] {
  if (masters.length * slaves.length > MOST_COMPARED) {
    return masters.flatMap((one, at) => {
      const other = slaves[at]
      return other === undefined ? [] : [[one, other] as const]
    })
  }
  const pairs = masters.flatMap((one, i) => slaves.map((other, j) => ({ one, other, far: i + j })))
  return pairs.sort((a, b) => a.far - b.far).map(({ one, other }) => [one, other] as const)
}

export function inPlaceOrder(lefts: readonly Left[], copies: readonly IndexedCopy[]): readonly Left[] {
  if (lefts.length < 2) return lefts
  const order = new Map(copies.map(({ row }, at) => [row, at]))
  const at = ({ copies: [first] }: Left) => order.get(first.row) ?? 0
  return [...lefts].sort((a, b) => at(a) - at(b))
}

export function byPlace(
  mail: Mail,
  copies: readonly IndexedCopy[],
  placeOf: (copy: IndexedCopy) => FolderName,
): Map<FolderName, Left> {
  const places = new Map<FolderName, Left & { copies: [IndexedCopy, ...IndexedCopy[]] }>()
  for (const copy of copies) {
    const place = placeOf(copy)
    const left = places.get(place)
    if (left === undefined) places.set(place, { mail, place, copies: [copy] })
    else left.copies.push(copy)
  }
  return places
}

/** What is left of each mail, in its order. */
export function byMail(lefts: readonly Left[]): ReadonlyMap<Mail, Left[]> {
  const mails = new Map<Mail, Left[]>()
  for (const left of lefts) {
    const known = mails.get(left.mail)
    if (known === undefined) mails.set(left.mail, [left])
    else known.push(left)
  }
  return mails
}
