import type { FolderName } from '../store.js'
import { type Asking, type FolderPlace, inPlace } from './fetch.js'
import { type FetchedItems, headerItems, wholeItems } from './items.js'
import { countOf } from './listing.js'
import type { FolderState } from './state.js'

/** What a scan is told of its folder. */
export interface ScannedFolder {
  readonly name: FolderName
  /** Names the account. */
  readonly account: string
  /** Names account and folder. */
  readonly identity: string
  readonly place: FolderPlace
  /** What STATUS says; null where it says nothing. */
  status(): Promise<FolderState | null>
  /** A folder that shows exactly so many messages may hold more that the server does not show. */
  readonly windows: readonly number[]
}

/** The part of what is asked for that says what it is. */
export type Parts = Pick<Asking, 'items' | 'isWhole' | 'take'>
type Take = (items: FetchedItems, octets: Buffer) => void

/** Asks for the header fields that facts are read from. */
export const headerParts = (take: Take): Parts => partsOf(headerItems, ({ fields }) => fields, take)

/** Asks for whole messages. */
export const wholeParts = (take: Take): Parts => partsOf(wholeItems, ({ message }) => message, take)

function partsOf(items: Asking['items'], octetsOf: (items: FetchedItems) => Buffer | null, take: Take): Parts {
  return {
    items,
    isWhole: (answer) => answer.flags !== null && answer.size !== null && octetsOf(answer) !== null,
    take: (answer) => {
      const octets = octetsOf(answer)
      if (octets === null) return false
      take(answer, octets)
      return true
    },
  }
}

const TRIES = 3

/** Whether EXAMINE says what STATUS says: both are asked anew where they differ, since messages may come and go. */
export async function isCountAgreed(
  place: FolderPlace,
  status: FolderState | null,
  exists: number | null,
  askStatus: () => Promise<FolderState | null>,
): Promise<boolean> {
  let [told, opened] = [status?.exists ?? null, exists]
  for (let nth = 0; told !== null && told !== opened; nth++) {
    if (nth === TRIES) return false
    told = (await askStatus())?.exists ?? null
    opened = await inPlace(place, false, async (client) => countOf(client))
  }
  return true
}
