import type { Locator, ReadCopy } from '../store.js'
import type { Hand } from './hand-over.js'

/** Octets of messages that came before their turn; beyond, they are asked for again. */
const HELD_OCTETS = 16 << 20

/** A message that came, and the store's own date for it. */
export type Come = Pick<ReadCopy & { readonly problem: null }, 'bytes' | 'received'>

/** Hands the answers of one run over in the order asked, once it is the run's turn. */
export class Turns {
  readonly #locators: readonly Locator[]
  readonly #uids: readonly number[]
  readonly #hand: Hand<ReadCopy>
  readonly #held = new Map<number, Come | string>()
  #heldOctets = 0
  #next = 0
  #room: Promise<void> | undefined
  #isBegun = false
  #isFull = false
  readonly #begun: Promise<void>
  #begin = (): void => {}

  constructor(locators: readonly Locator[], uids: readonly number[], hand: Hand<ReadCopy>) {
    this.#locators = locators
    this.#uids = uids
    this.#hand = hand
    this.#begun = new Promise((resolve) => {
      this.#begin = resolve
    })
  }

  /** Nothing more can be held before the run's turn comes. */
  get isFull(): boolean {
    return this.#isFull && !this.#isBegun
  }

  /** Resolves when the run's turn has come. */
  come(): Promise<void> {
    return this.#begun
  }

  async begin(): Promise<void> {
    this.#isBegun = true
    this.#begin()
    while (this.#handOverOne()) await this.room()
  }

  /** False: it cannot be held until its turn. */
  take(uid: number, come: Come): boolean {
    const { length } = come.bytes
    const isNext = this.#isBegun && this.#uids[this.#next] === uid
    if (!isNext && this.#heldOctets > 0 && this.#heldOctets + length > HELD_OCTETS) {
      this.#isFull = true
      return false
    }
    this.#held.set(uid, come)
    this.#heldOctets += length
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
    while (this.#isBegun && this.#handOverOne());
  }

  #handOverOne(): boolean {
    const uid = this.#uids[this.#next] ?? -1
    const answer = this.#held.get(uid)
    if (answer === undefined) return false
    this.#held.delete(uid)
    if (typeof answer !== 'string') this.#heldOctets -= answer.bytes.length
    this.#give(answer)
    return true
  }

  #give(answer: Come | string): void {
    const locator = this.#locators[this.#next++]
    if (locator === undefined) return
    const copy: ReadCopy =
      typeof answer === 'string' ? { locator, bytes: null, problem: answer } : { locator, ...answer, problem: null }
    this.#room = this.#hand.give(copy, copy.bytes?.length ?? 0)
  }
}
