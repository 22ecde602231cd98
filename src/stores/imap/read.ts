import type { Locator, ReadCopy } from '../store.js'
import { parseInternalDate, uidOf } from './copy.js'
import type { Asking, FolderPlace } from './fetch.js'
import type { Hand } from './hand-over.js'
import { messageItems } from './items.js'
import { fetchEach } from './pursuit.js'
import { Turns } from './turns.js'

/** Locators taken ahead for one command. */
const FIRST_AT_ONCE = 500
const MOST_AT_ONCE = 1_000
const LEAST_AT_ONCE = 10
/** Octets that one command should bring: what is read ahead is held until its turn comes. */
const OCTETS_AT_ONCE = 4 << 20
/** Connections that read at once: more gain little and hold more. */
const WAYS = 3
/** Octets of an average message from which on one connection is enough to keep the line busy. */
const LARGE = 1 << 18

/** Locators whose UIDs ascend. */
interface Run {
  readonly locators: Locator[]
  readonly uids: number[]
}

/** Reads messages by UID, one answer for each locator, in the order asked; on several connections where there may be. */
export async function readMessages(
  place: FolderPlace,
  locators: Iterable<Locator>,
  hand: Hand<ReadCopy>,
): Promise<void> {
  const next = runsOf(locators)
  const come = { messages: 0, octets: 0 }
  const underWay: { readonly turns: Turns; readonly done: Promise<void> }[] = []
  let hasFailed = false
  const isStopped = (): boolean => hasFailed || hand.isStopped
  const start = (run: Run): void => {
    const turns = new Turns(run.locators, run.uids, hand)
    const done = fetchEach(place, Uint32Array.from(run.uids).filter(isUid), asking(turns, come, isStopped), {
      gone: (uid) => turns.fail(uid, 'it is gone'),
      failed: (uid, why) => turns.fail(uid, why),
    })
    // Waited for when its turn comes.
    done.catch(() => undefined)
    underWay.push({ turns, done })
  }
  try {
    for (;;) {
      while (underWay.length < waysOf(come, place.session.jobs)) {
        const run = next(sizeOf(come))
        if (run === null) break
        start(run)
      }
      const first = underWay.shift()
      if (first === undefined || isStopped()) return
      await first.turns.begin()
      await first.done
      first.turns.end()
      await first.turns.room()
    }
  } finally {
    hasFailed = true
  }
}

const isUid = (uid: number): boolean => uid > 0

/** What is read ahead is held in memory: one run at a time until it is known how large they are, and where they are large. */
function waysOf({ messages, octets }: { readonly messages: number; readonly octets: number }, jobs: number): number {
  return messages === 0 || octets / messages > LARGE ? 1 : Math.min(WAYS, jobs)
}

/** As many as bring enough to be worth a command, by what came so far. */
function sizeOf({ messages, octets }: { readonly messages: number; readonly octets: number }): number {
  if (messages === 0) return FIRST_AT_ONCE
  const count = Math.round(OCTETS_AT_ONCE / (octets / messages + 1))
  return Math.min(MOST_AT_ONCE, Math.max(LEAST_AT_ONCE, count))
}

/** Cuts what is asked for into runs. What was not taken is left in `locators`, whatever happens. */
function runsOf(locators: Iterable<Locator>): (most: number) => Run | null {
  const rest = locators[Symbol.iterator]()
  let ahead: Locator | null = null
  const take = (): Locator | null => {
    const where = ahead
    ahead = null
    if (where !== null) return where
    const { done, value } = rest.next()
    return done === true ? null : value
  }
  return (most) => {
    const run: Run = { locators: [], uids: [] }
    for (let where = take(); where !== null; where = take()) {
      const uid = uidOf(where) ?? 0
      if (run.uids.length > 0 && (uid <= (run.uids.at(-1) ?? 0) || run.uids.length >= most)) {
        ahead = where
        break
      }
      run.locators.push(where)
      run.uids.push(uid)
    }
    return run.uids.length === 0 ? null : run
  }
}

function asking(turns: Turns, come: { messages: number; octets: number }, isStopped: () => boolean): Asking {
  return {
    items: messageItems,
    isWhole: (items) => items.message !== null,
    take: ({ uid, message, internalDate }) => {
      const received = internalDate === null ? null : parseInternalDate(internalDate)
      if (message === null || !turns.take(uid, { bytes: message, received })) return false
      come.messages++
      come.octets += message.length
      return true
    },
    room: () => turns.room(),
    turn: turns,
    get isStopped() {
      return isStopped()
    },
  }
}
