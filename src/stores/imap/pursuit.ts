import type { ImapFlow } from 'imapflow'
import { ServerRefusedError } from '../../errors.js'
import { execute } from './command.js'
import { type Asking, type FolderPlace, fetchOnce, inPlace, type Lacking } from './fetch.js'
import type { Lent } from './session.js'
import { NOTHING_HEARD, readTrouble } from './trouble.js'
import { searchUids } from './uid-listing.js'
import { packSet, placeOf } from './uid-set.js'

/** The connection is given back until there is room for answers: another may need it to make some. */
class PausedError extends Error {}

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
  const patience = Math.max(1, Math.min(MOST_LOSSES, place.session.account.retries - 1))
  const pursuit = new Pursuit(uids, asking, lacking, patience)
  for (;;) {
    try {
      return await inPlace(place, true, (client, _, lent) => pursuit.run(client, lent))
    } catch (error) {
      if (error instanceof PausedError) await asking.turn?.come()
      else if (!(error instanceof ServerRefusedError) || !pursuit.giveUp(error.message)) throw error
    }
  }
}

class Pursuit {
  readonly #uids: Uint32Array
  readonly #asking: Asking
  readonly #lacking: Lacking
  readonly #isSettled: Uint8Array
  #tasks: Task[]
  readonly #patience: number
  #refused = 0
  /** What was asked for when the connection broke last. */
  #broken: { readonly uid: number; readonly isAlone: boolean } | null = null
  /** What was asked for alone, and did not come, last. */
  #askedAgain = 0
  /** How often the connection broke while one message was asked for alone. */
  #losses = 0

  /** @param patience - how often the connection may break at one message before it is given up */
  constructor(uids: Uint32Array, asking: Asking, lacking: Lacking, patience: number) {
    this.#patience = patience
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
    const onTaken = (uid: number): void => {
      this.#settle(uid)
      got++
    }
    try {
      await fetchOnce(client, lent, text, this.#asking, isAsked, onTaken)
      this.#losses = 0
    } catch (error) {
      const trouble = readTrouble(error, NOTHING_HEARD, 'work')
      if (trouble?.kind !== 'refused') {
        if (trouble?.kind === 'lost') this.#noteLoss(task, asked)
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
  #noteLoss(task: Task, asked: Uint32Array): void {
    const left = asked.filter((uid) => this.#isOpen(uid))
    const uid = left[0]
    if (uid === undefined) return
    const isAlone = left.length === 1
    this.#broken = { uid, isAlone }
    if (!isAlone) this.#putAlone(task, uid)
    this.#losses = isAlone ? this.#losses + 1 : 0
    if (this.#losses < this.#patience) return
    this.#fail(uid, 'the connection breaks each time it is asked for')
    this.#losses = 0
  }

  /** Leaves out the message that broke the connection for good. False: it was none. */
  giveUp(why: string): boolean {
    const broken = this.#broken
    this.#broken = null
    if (broken?.isAlone && this.#isOpen(broken.uid)) this.#fail(broken.uid, why)
    return broken !== null
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
    // What came while the folder was open may show only after the NOOP.
    else if (this.#askedAgain !== first) this.#askedAgain = first
    else {
      this.#refused++
      this.#fail(first, 'the server lists it and does not give it')
      if (this.#refused >= MOST_REFUSED) this.#divide(task, asked, 'the server does not give it')
    }
  }
}

/** A session gives up sooner where it may try less often. */
const MOST_LOSSES = 3

/** Those of some messages that the server still has; all of them where it cannot say. */
async function stillThere(client: ImapFlow, uids: Uint32Array): Promise<Uint32Array> {
  await execute(client, 'NOOP', [])
  return (await searchUids(client, packSet(uids).text)) ?? uids
}
