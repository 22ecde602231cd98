import type { ImapFlow } from 'imapflow'
import { atom, execute } from './command.js'
import { parseInternalDate, readFlags } from './copy.js'
import { type Asking, fetchOnce } from './fetch.js'
import { type FetchedItems, flagItems, listItems } from './items.js'
import type { Lent } from './session.js'
import { type FolderState, isSameSet } from './state.js'
import { searchUids } from './uid-listing.js'
import { UidCollector } from './uid-set.js'

/** What the server says of a message without its header. */
export interface Met {
  readonly flags: readonly string[]
  /** null where it was not asked for. */
  readonly size: number | null
  readonly received: number | null
}

/** What a folder holds. */
export interface Listing {
  /** Ascending; null: what it held before. */
  readonly uids: Uint32Array | null
  /** Those that changed, or all. */
  readonly met: ReadonlyMap<number, Met>
  /** Whether the server says one thing wherever it is asked how many messages there are. */
  readonly agrees: boolean
}

/** The flags of messages that changed since a mod-sequence (RFC 7162). */
async function changesSince(
  client: ImapFlow,
  lent: Lent,
  stop: { readonly isStopped: boolean },
  modseq: bigint,
): Promise<ReadonlyMap<number, Met>> {
  const met = new Map<number, Met>()
  const asking = listingOf(stop, flagItems(), ({ uid, flags }) => {
    if (flags === null) return false
    met.set(uid, { flags: readFlags(flags), size: null, received: null })
    return true
  })
  const since = [atom('CHANGEDSINCE'), atom(String(modseq))]
  await fetchOnce(
    client,
    lent,
    '1:*',
    asking,
    () => true,
    () => undefined,
    [since],
  )
  return met
}

/** Every message with its flags, size and date. */
export async function listMessages(
  client: ImapFlow,
  lent: Lent,
  stop: { readonly isStopped: boolean },
): Promise<Listing> {
  const met = new Map<number, Met>()
  const uids = new UidCollector()
  const asking = listingOf(stop, listItems(), ({ uid, flags, size, internalDate }) => {
    if (flags === null || size === null) return false
    uids.add(uid)
    const received = internalDate === null ? null : parseInternalDate(internalDate)
    met.set(uid, { flags: readFlags(flags), size, received })
    return true
  })
  if (countOf(client) > 0) await fetchOnce(client, lent, '1:*', asking, () => true)
  if (met.size === countOf(client)) return { uids: uids.sorted(), met, agrees: true }
  return { met, ...(await listUids(client, lent, stop)) }
}

/** What a folder holds where something is known of it that holds: as far as it goes, what is other than before. */
export async function listChanges(
  client: ImapFlow,
  lent: Lent,
  stop: { readonly isStopped: boolean },
  { before, now }: { readonly before: FolderState | null; readonly now: FolderState },
): Promise<Listing> {
  if (now.exists === 0) return { uids: new Uint32Array(), met: new Map(), agrees: true }
  if (before === null || before.modseq === null || now.modseq === null) return listMessages(client, lent, stop)
  const met = await changesSince(client, lent, stop, before.modseq)
  if (isSameSet(before, now)) return { uids: null, met, agrees: true }
  return { met, ...(await listUids(client, lent, stop)) }
}

const TRIES = 3

/** The UIDs of the open folder, by SEARCH, or by FETCH where SEARCH says something else than EXISTS. */
export async function listUids(
  client: ImapFlow,
  lent: Lent,
  stop: { readonly isStopped: boolean },
): Promise<{ readonly uids: Uint32Array; readonly agrees: boolean }> {
  let uids: Uint32Array = new Uint32Array()
  for (let nth = 0; nth < TRIES; nth++) {
    const found = nth === 1 ? null : await searchUids(client, null)
    uids = found ?? (await fetchUids(client, lent, stop))
    if (uids.length === countOf(client)) return { uids, agrees: true }
    await execute(client, 'NOOP', [])
    if (uids.length === countOf(client)) return { uids, agrees: true }
  }
  return { uids, agrees: false }
}

async function fetchUids(client: ImapFlow, lent: Lent, stop: { readonly isStopped: boolean }): Promise<Uint32Array> {
  const uids = new UidCollector()
  const asking = listingOf(stop, flagItems(), ({ uid }) => uids.add(uid))
  if (countOf(client) > 0) await fetchOnce(client, lent, '1:*', asking, () => true)
  return uids.sorted()
}

/** EXISTS as the server last told it. */
export const countOf = (client: ImapFlow): number => (client.mailbox ? client.mailbox.exists : 0)

function listingOf(
  stop: { readonly isStopped: boolean },
  items: ReturnType<typeof flagItems>,
  take: (items: FetchedItems) => boolean,
): Asking {
  return {
    items: () => items,
    isWhole: () => true,
    take,
    room: () => undefined,
    get isStopped() {
      return stop.isStopped
    },
  }
}
