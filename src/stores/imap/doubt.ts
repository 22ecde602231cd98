import { findHeaderSection } from '../../message/header-section.js'
import type { MessageFacts } from '../../message/message.js'
import type { Asking, FolderPlace, Lacking } from './fetch.js'
import { type FetchedItems, firstOctetsItems } from './items.js'
import { fetchEach } from './pursuit.js'
import { UidCollector } from './uid-set.js'

const CR = 13
const LF = 10

/**
 * Whether a server may have read a message's header otherwise than we would: it gave no Message-ID, Date or From, which may stand
 * after a line that it takes for the header's end, or a lone CR is in what it gave, which we take for a line's end and it does not.
 *
 * @param fields - what the server gave for HEADER.FIELDS
 */
export function isDoubtful({ id, date, from }: MessageFacts, fields: Buffer): boolean {
  return id === null || date === null || from === '' || hasLoneCr(fields)
}

function hasLoneCr(octets: Buffer): boolean {
  for (let at = octets.indexOf(CR); at >= 0; at = octets.indexOf(CR, at + 2)) if (octets[at + 1] !== LF) return true
  return false
}

/** How much of a message is read: enough at first, and then more than a header takes. */
const FIRST_OCTETS = [1 << 14, 1 << 20] as const

/** Whether the first octets hold no whole header, and the message has more. */
const isCut = (octets: Buffer): boolean => octets.length >= FIRST_OCTETS[0] && !findHeaderSection(octets).hasEmptyLine

/** What `readFirstOctets` reads of a message. */
export function firstOctetsOf(message: Buffer): Buffer {
  const first = message.subarray(0, FIRST_OCTETS[0])
  return isCut(first) ? message.subarray(0, FIRST_OCTETS[1]) : first
}

/**
 * Reads the first octets of messages whose header the server may have read otherwise than we would.
 *
 * @param asking - completes what is asked
 */
export async function readFirstOctets(
  place: FolderPlace,
  uids: Uint32Array,
  asking: (parts: Pick<Asking, 'items' | 'isWhole' | 'take'>) => Asking,
  lacking: Lacking,
  take: (items: FetchedItems, octets: Buffer) => void,
): Promise<void> {
  let left = uids
  for (const most of FIRST_OCTETS) {
    const longer = new UidCollector()
    const complete = asking({
      items: (client) => firstOctetsItems(client, most),
      isWhole: (items) => items.flags !== null && items.size !== null && items.message !== null,
      take: (items) => {
        if (items.message === null) return false
        if (most === FIRST_OCTETS[0] && isCut(items.message)) longer.add(items.uid)
        else take(items, items.message)
        return true
      },
    })
    await fetchEach(place, left, complete, lacking)
    left = longer.sorted()
  }
}
