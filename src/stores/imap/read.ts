import type { Locator, ReadCopy } from '../store.js'
import { uidOf } from './copy.js'
import { type Asking, type FolderPlace, fetchEach } from './fetch.js'
import type { Hand } from './hand-over.js'
import { messageItems } from './items.js'

/** Locators taken ahead: asked for in one command, answered in one round trip. */
const AT_ONCE = 1_000
/** Octets of messages that came before their turn; beyond, they are asked for again. */
const HELD_OCTETS = 32 << 20

/** Reads messages by UID, one answer for each locator, in the order asked. */
export async function readMessages(
  place: FolderPlace,
  locators: Iterable<Locator>,
  hand: Hand<ReadCopy>,
): Promise<void> {
  let run: Run = new Run()
  for (const where of locators) {
    if (!run.add(where)) {
      await run.read(place, hand)
      run = new Run()
      run.add(where)
    }
    if (hand.isStopped) return
  }
  await run.read(place, hand)
}

/** Locators whose UIDs ascend. */
class Run {
  readonly #locators: Locator[] = []
  readonly #uids: number[] = []

  /** False: it is full, or the locator is not after the others. */
  add(where: Locator): boolean {
    const uid = uidOf(where) ?? 0
    if (this.#locators.length > 0 && (uid <= (this.#uids.at(-1) ?? 0) || this.#locators.length >= AT_ONCE)) return false
    this.#locators.push(where)
    this.#uids.push(uid)
    return true
  }

  async read(place: FolderPlace, hand: Hand<ReadCopy>): Promise<void> {
    const turns = new Turns(this.#locators, this.#uids, hand)
    const asking: Asking = {
      items: messageItems,
      isWhole: (items) => items.message !== null,
      take: ({ uid, message }) => message !== null && turns.take(uid, message),
      room: () => turns.room(),
      get isStopped() {
        return hand.isStopped
      },
    }
    await fetchEach(
      place,
      Uint32Array.from(this.#uids).filter((uid) => uid > 0),
      asking,
      {
        gone: (uid) => turns.fail(uid, 'it is gone'),
        failed: (uid, why) => turns.fail(uid, why),
      },
    )
    turns.end()
    await turns.room()
  }
}

/** Hands answers over in the order asked. */
class Turns {
  readonly #locators: readonly Locator[]
  readonly #uids: readonly number[]
  readonly #hand: Hand<ReadCopy>
  readonly #held = new Map<number, Buffer | string>()
  #heldOctets = 0
  #next = 0
  #room: Promise<void> | undefined

  constructor(locators: readonly Locator[], uids: readonly number[], hand: Hand<ReadCopy>) {
    this.#locators = locators
    this.#uids = uids
    this.#hand = hand
  }

  take(uid: number, bytes: Buffer): boolean {
    if (this.#uids[this.#next] !== uid && this.#heldOctets + bytes.length > HELD_OCTETS) return false
    this.#held.set(uid, bytes)
    this.#heldOctets += bytes.length
    this.#handOver()
    return true
  }

  fail(uid: number, why: string): void {
    this.#held.set(uid, why)
    this.#handOver()
  }

  /** What has no answer has none to come. */
  end(): void {
    for (; this.#next < this.#uids.length; this.#handOver()) this.#give('there is no such message')
  }

  room(): Promise<void> | undefined {
    const room = this.#room
    this.#room = undefined
    return room
  }

  #handOver(): void {
    for (;;) {
      const answer = this.#held.get(this.#uids[this.#next] ?? -1)
      if (answer === undefined) return
      this.#held.delete(this.#uids[this.#next] ?? -1)
      if (typeof answer !== 'string') this.#heldOctets -= answer.length
      this.#give(answer)
    }
  }

  #give(answer: Buffer | string): void {
    const locator = this.#locators[this.#next++]
    if (locator === undefined) return
    const copy: ReadCopy =
      typeof answer === 'string' ? { locator, bytes: null, problem: answer } : { locator, bytes: answer, problem: null }
    this.#room = this.#hand.give(copy, copy.bytes?.length ?? 0)
  }
}
