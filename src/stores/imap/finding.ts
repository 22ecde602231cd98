import type { ImapFlow } from 'imapflow'
import { ServerRefusedError } from '../../errors.js'
import { readContent } from '../../message/content.js'
import { readHeaderFacts } from '../../message/facts.js'
import type { Digest } from '../../message/message.js'
import { wholeCopyOf } from './copy.js'
import { type Asking, fetchOnce } from './fetch.js'
import { type FetchedItems, flagItems, wholeItems } from './items.js'
import type { WrittenPlace } from './look.js'
import type { Wanted } from './mark.js'
import { headerKey } from './outgoing.js'
import type { Lent } from './session.js'
import { packSet, UidCollector } from './uid-set.js'

/** A message that came into a folder. */
interface Come {
  readonly uid: number
  readonly wire: Digest
  readonly key: string
  readonly received: number | null
}

/** What a message is known by that a server altered. */
export function keyOf(message: Buffer): string {
  const facts = readHeaderFacts(message, message.length)
  return facts.id === null ? readContent(message).content : headerKey(facts)
}

/**
 * Looks for messages that may have been stored, among those that came since a look; the folder is open.
 *
 * @param from - the first UID that one of them may have
 * @param taken - UIDs that are others' or known already
 * @returns by token, each message at most once
 * @throws ServerRefusedError where the server does not give what must be looked at
 */
export async function findStored(
  client: ImapFlow,
  lent: Lent,
  place: WrittenPlace,
  wanted: readonly Wanted[],
  from: number,
  taken: ReadonlySet<number>,
): Promise<ReadonlyMap<string, number>> {
  const uids = (await uidsFrom(client, lent, from)).filter((uid) => !taken.has(uid))
  return match(wanted, await readCome(client, lent, place, uids))
}

/** The UIDs of the open folder from one on, ascending. */
export async function uidsFrom(client: ImapFlow, lent: Lent, from: number): Promise<Uint32Array> {
  const found = new UidCollector()
  if (!client.mailbox || client.mailbox.exists === 0) return found.sorted()
  await fetchOnce(
    client,
    lent,
    `${from}:*`,
    taking(flagItems, ({ uid }) => found.add(uid)),
    (uid) => uid >= from,
  )
  return found.sorted()
}

async function readCome(client: ImapFlow, lent: Lent, place: WrittenPlace, uids: Uint32Array): Promise<Come[]> {
  const come = new Map<number, Come>()
  const take = (items: FetchedItems): boolean => {
    const { uid, message } = items
    if (message === null || items.size === null) return false
    const { facts, received, body } = wholeCopyOf(items, message, { account: '', identity: '', uidValidity: null })
    if (body === null || body === undefined) return false
    come.set(uid, { uid, wire: body.wire, key: body.content?.content ?? headerKey(facts), received })
    return true
  }
  for (let left = uids; left.length > 0; ) {
    const { text, count } = packSet(left, AT_ONCE)
    const asked = new Set(left.subarray(0, count))
    await fetchOnce(client, lent, text, taking(wholeItems, take), (uid) => asked.has(uid) && !come.has(uid))
    left = left.subarray(count)
  }
  // What was asked for with others and did not come may come alone.
  for (const uid of uids) {
    if (!come.has(uid)) await fetchOnce(client, lent, String(uid), taking(wholeItems, take), (one) => one === uid)
  }
  const there = new Set(await uidsFrom(client, lent, uids[0] ?? 1))
  const withheld = uids.find((uid) => there.has(uid) && !come.has(uid))
  if (withheld === undefined) return [...come.values()].sort((a, b) => a.uid - b.uid)
  const message = `the server lists message uid=${withheld} and does not give it, so that it cannot be told whose it is`
  throw new ServerRefusedError(
    { store: place.store, folder: place.shownAs },
    message,
    'Look at it with another program.',
    null,
  )
}

const AT_ONCE = 500

function taking(items: Asking['items'], take: Asking['take']): Asking {
  return { items, isWhole: () => true, take, room: () => undefined, isStopped: false }
}

/** In the order in which they were sent. What the server altered is known by what it left and by the date that it was given. */
function match(wanted: readonly Wanted[], come: readonly Come[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  const taken = new Set<number>()
  const pass = (isIt: (one: Wanted, other: Come) => boolean): void => {
    for (const one of wanted) {
      if (found.has(one.token)) continue
      const other = come.find((each) => !taken.has(each.uid) && isIt(one, each))
      if (other === undefined) continue
      found.set(one.token, other.uid)
      taken.add(other.uid)
    }
  }
  pass((one, other) => one.wire === other.wire)
  const wires = new Set(wanted.map(({ wire }) => wire))
  pass(
    (one, other) =>
      one.key !== '' &&
      one.key === other.key &&
      !wires.has(other.wire) &&
      (one.received === null || one.received === other.received),
  )
  return found
}
