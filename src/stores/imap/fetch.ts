import type { ImapFlow, MailboxObject } from 'imapflow'
import type { FolderName } from '../store.js'
import { execute, sequence, type Word } from './command.js'
import { type FetchedItems, readItems } from './items.js'
import type { ImapSession, Lent } from './session.js'
import { type FolderState, stateOf } from './state.js'
import { NOTHING_HEARD, readTrouble } from './trouble.js'
import { searchUids } from './uid-listing.js'
import { packSet, placeOf } from './uid-set.js'

/** Nobody waits for the answers any more. */
export class StoppedError extends Error {}

/** The connection is given back until there is room for answers: another may need it to make some. */
class PausedError extends Error {}

/** A folder on the server, as all that is read from it names it. */
export interface FolderPlace {
  readonly session: ImapSession
  /** As LIST gave it, decoded. */
  readonly path: string
  readonly shownAs: FolderName
  /** @throws FolderRenumberedError where the folder has other UIDs than before */
  check(state: FolderState): void
}

/** What is asked of messages, and where the answers go. */
export interface Asking {
  items(client: ImapFlow): readonly Word[]
  /** Whether an answer says all that was asked for; others are unsolicited, or the server could not do it. */
  isWhole(items: FetchedItems): boolean
  /** Takes one answer; false: not now, it is to be asked for again. */
  take(items: FetchedItems): boolean
  /** Resolves when there is room for more. */
  room(): Promise<void> | undefined
  /** Answers that are made ahead are taken up to a measure, and the rest when their turn comes. */
  readonly turn?: { readonly isFull: boolean; come(): Promise<void> }
  readonly isStopped: boolean
}

/** How a message is settled that does not come. */
export interface Lacking {
  /** The server no longer has it. */
  gone(uid: number): void
  /** The server has it and does not give it. */
  failed(uid: number, why: string): void
}

/** Sends one UID FETCH; each UID that `isAsked` is taken once. */
export async function fetchOnce(
  client: ImapFlow,
  lent: Lent,
  set: string,
  asking: Asking,
  isAsked: (uid: number) => boolean,
  modifiers: readonly Word[] = [],
): Promise<void> {
  const spent = { messages: 0, octets: 0 }
  const pay = async (): Promise<void> => {
    const { messages, octets } = spent
    spent.messages = 0
    spent.octets = 0
    await lent.spend(messages, octets)
  }
  await execute(client, 'UID FETCH', [sequence(set), asking.items(client), ...modifiers], {
    FETCH: (answer) => {
      if (asking.isStopped) return void client.close()
      const items = readItems(answer)
      if (items === null || !isAsked(items.uid) || !asking.isWhole(items) || !asking.take(items)) return
      lent.progress()
      spent.messages++
      spent.octets += (items.message ?? items.fields)?.length ?? 0
      if (spent.messages < SPENT_AT_ONCE && spent.octets < OCTETS_AT_ONCE) return asking.room()
      return pay().then(() => asking.room())
    },
  }).catch((error: unknown) => {
    throw asking.isStopped ? new StoppedError('no longer wanted') : error
  })
  if (asking.isStopped) throw new StoppedError('no longer wanted')
  await pay()
}

const SPENT_AT_ONCE = 100
const OCTETS_AT_ONCE = 1 << 18

/** UIDs that are asked for in one command, as places in the list of all. */
interface Task {
  readonly from: number
  readonly to: number
}

/** So many messages may be refused in a folder before the rest is not asked for any more. */
const MOST_REFUSED = 200
const MOST_AT_ONCE = 5_000

/**
 * Asks for messages until each is settled: taken, gone, or failed. What a command that is refused asked for is halved until
 * the message is found that the server cannot give; what an answer leaves out, and what the connection broke at, is asked
 * for alone.
 *
 * @param uids - ascending
 * @throws what the session does when the connection cannot be kept
 */
export async function fetchEach(
  place: FolderPlace,
  uids: Uint32Array,
  asking: Asking,
  lacking: Lacking,
): Promise<void> {
  if (uids.length === 0) return
  const pursuit = new Pursuit(uids, asking, lacking)
  for (;;) {
    try {
      return await inPlace(place, true, (client, _, lent) => pursuit.run(client, lent))
    } catch (error) {
      if (!(error instanceof PausedError)) throw error
      await asking.turn?.come()
    }
  }
}

/** Does a piece of work in a folder that is as it was. */
export function inPlace<T>(
  place: FolderPlace,
  mayBeOpen: boolean,
  work: (client: ImapFlow, opened: MailboxObject, lent: Lent) => Promise<T>,
): Promise<T> {
  const { path, shownAs } = place
  const run = (client: ImapFlow, opened: MailboxObject, lent: Lent): Promise<T> => {
    place.check(stateOf(opened))
    return work(client, opened, lent)
  }
  return place.session.inFolder(path, run, { mayBeOpen, shownAs })
}

class Pursuit {
  readonly #uids: Uint32Array
  readonly #asking: Asking
  readonly #lacking: Lacking
  readonly #isSettled: Uint8Array
  #tasks: Task[]
  #refused = 0
  /** How often the connection broke while one message was asked for alone. */
  #losses = 0

  constructor(uids: Uint32Array, asking: Asking, lacking: Lacking) {
    this.#uids = uids
    this.#asking = asking
    this.#lacking = lacking
    this.#isSettled = new Uint8Array(uids.length)
    this.#tasks = uids.length === 0 ? [] : [{ from: 0, to: uids.length }]
  }

  async run(client: ImapFlow, lent: Lent): Promise<void> {
    for (let task = this.#tasks[0]; task !== undefined; task = this.#tasks[0]) {
      const open = this.#openOf(task)
      if (open.length === 0) this.#tasks.shift()
      else await this.#ask(client, lent, task, open)
    }
  }

  /** The UIDs of a task that are not settled. */
  #openOf({ from, to }: Task): Uint32Array {
    return this.#uids.subarray(from, to).filter((_, at) => this.#isSettled[from + at] === 0)
  }

  async #ask(client: ImapFlow, lent: Lent, task: Task, open: Uint32Array): Promise<void> {
    const { text, count } = packSet(open, MOST_AT_ONCE)
    const asked = open.subarray(0, count)
    let got = 0
    const isAsked = (uid: number): boolean => this.#isOpen(uid)
    const take = (items: FetchedItems): boolean => {
      if (!this.#asking.take(items)) return false
      this.#settle(items.uid)
      got++
      return true
    }
    try {
      await fetchOnce(client, lent, text, { ...gatesOf(this.#asking), take }, isAsked)
      this.#losses = 0
    } catch (error) {
      const trouble = readTrouble(error, NOTHING_HEARD, 'work')
      if (trouble?.kind !== 'refused') {
        this.#noteLoss(error, task, asked)
        throw error
      }
      this.#divide(task, asked, trouble.text)
      return
    }
    if (this.#asking.turn?.isFull) throw new PausedError('its turn is yet to come')
    if (got < asked.length) await this.#pursue(client, lent, task, asked)
  }

  #isOpen(uid: number): boolean {
    const place = placeOf(this.#uids, uid)
    return place >= 0 && this.#isSettled[place] === 0
  }

  #settle(uid: number): void {
    const place = placeOf(this.#uids, uid)
    if (place >= 0) this.#isSettled[place] = 1
  }

  #fail(uid: number, why: string): void {
    this.#settle(uid)
    this.#lacking.failed(uid, why)
  }

  /** A connection that breaks again and again at one message is broken by it. */
  #noteLoss(error: unknown, task: Task, asked: Uint32Array): void {
    if (error instanceof StoppedError) return
    const left = asked.filter((uid) => this.#isOpen(uid))
    const suspect = left[0]
    if (suspect === undefined) return
    if (left.length > 1) {
      this.#putAlone(task, suspect)
      this.#losses = 0
    } else if (++this.#losses >= LOSSES_ALONE) {
      this.#fail(suspect, 'the connection breaks each time it is asked for')
      this.#losses = 0
    }
  }

  /** Has one message asked for before the others of its task. */
  #putAlone(task: Task, uid: number): void {
    const at = placeOf(this.#uids, uid)
    this.#tasks.splice(0, 1, { from: at, to: at + 1 }, task)
  }

  /** Halves what was refused. */
  #divide(task: Task, asked: Uint32Array, why: string): void {
    const left = asked.filter((uid) => this.#isOpen(uid))
    const [first] = left
    if (first === undefined) return
    if (left.length === 1) {
      this.#refused++
      this.#fail(first, why)
      return
    }
    if (this.#refused >= MOST_REFUSED) {
      for (const uid of left) this.#fail(uid, why)
      return
    }
    const middle = placeOf(this.#uids, left[left.length >>> 1] ?? first)
    const end = placeOf(this.#uids, left.at(-1) ?? first) + 1
    const from = placeOf(this.#uids, first)
    this.#tasks.splice(0, 1, { from, to: middle }, { from: middle, to: end }, { from: end, to: task.to })
  }

  /** Looks after what an answer left out: is it gone, or is it withheld? */
  async #pursue(client: ImapFlow, lent: Lent, task: Task, asked: Uint32Array): Promise<void> {
    const left = asked.filter((uid) => this.#isOpen(uid))
    const [first] = left
    if (first === undefined) return
    const there = await stillThere(client, left)
    for (const uid of left) {
      if (placeOf(there, uid) >= 0) continue
      this.#settle(uid)
      this.#lacking.gone(uid)
      lent.progress()
    }
    if (!this.#isOpen(first)) return
    if (asked.length > 1) this.#putAlone(task, first)
    else {
      this.#refused++
      this.#fail(first, 'the server lists it and does not give it')
      if (this.#refused >= MOST_REFUSED) this.#divide(task, asked, 'the server does not give it')
    }
  }
}

const LOSSES_ALONE = 2

/** The parts of an asking that are not `take`. */
function gatesOf(asking: Asking): Omit<Asking, 'take'> {
  return {
    items: (client) => asking.items(client),
    isWhole: (items) => asking.isWhole(items),
    room: () => asking.room(),
    get isStopped() {
      return asking.isStopped
    },
  }
}

/** Those of some messages that the server still has; all of them where it cannot say. */
async function stillThere(client: ImapFlow, uids: Uint32Array): Promise<Uint32Array> {
  await execute(client, 'NOOP', [])
  return (await searchUids(client, packSet(uids).text)) ?? uids
}
