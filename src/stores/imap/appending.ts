import type { ImapFlow } from 'imapflow'
import type { Outcome } from '../writable.js'
import { appendInLine, appendTogether, type StoredAt, type Way, wayOf } from './append-command.js'
import { execute } from './command.js'
import { locatorOf } from './copy.js'
import { findStored } from './finding.js'
import { countOf } from './listing.js'
import { atPlace, openSame, untilStill, type WrittenPlace } from './look.js'
import type { AppendMark } from './mark.js'
import type { Sendable } from './outgoing.js'
import { FolderRefusedError, isAnswered, refusalOf } from './refusal.js'
import type { Lent } from './session.js'
import { FolderRenumberedError } from './state.js'
import { clean } from './tries.js'
import type { Trouble } from './trouble.js'

/** As much goes in one command, or in one line of commands. */
export const MOST_AT_ONCE = 200
export const OCTETS_AT_ONCE = 4 << 20

/** So many refused one after the other, in the same words: the folder takes nothing at all. */
const MOST_REFUSED = 20
/** Codes of RFC 5530 that may pass. */
const MAY_PASS = new Set(['LIMIT', 'UNAVAILABLE', 'SERVERBUG'])
const TOO_LARGE = /size|larg/i
const MOST_WAITS = 2
/** The connection breaks so often at one message that the message breaks it. */
const MOST_LOSSES = 3

/** The storing of some messages, in their order; taken up again after each loss of the connection. */
export class Appending {
  readonly #place: WrittenPlace
  readonly #mark: AppendMark
  readonly #messages: readonly Sendable[]
  readonly #outcomes: (Outcome | null)[]
  readonly #uids = new Set<number>()
  #queue: (readonly number[])[] = []
  #mostAtOnce = MOST_AT_ONCE
  /** What was sent and not answered when the connection broke. */
  #unanswered: readonly number[] | null = null
  #sent = { octets: 0, at: 0 }
  #losses = 0
  #waits = 0
  #hasBroken = false
  #refusedInARow = { words: '', count: 0 }

  constructor(place: WrittenPlace, mark: AppendMark, messages: readonly Sendable[]) {
    this.#place = place
    this.#mark = mark
    this.#messages = messages
    this.#outcomes = messages.map(() => null)
    this.#fillQueue()
  }

  /** @returns an outcome for each, and the UIDs that are known */
  async run(): Promise<{ readonly outcomes: readonly Outcome[]; readonly uids: readonly number[] }> {
    await atPlace(this.#place, (client, lent) => this.#work(client, lent))
    const outcomes = this.#outcomes.map((outcome) => {
      if (outcome === null) throw new Error('a message has no outcome')
      return outcome
    })
    return { outcomes, uids: [...this.#uids] }
  }

  async #work(client: ImapFlow, lent: Lent): Promise<void> {
    if (this.#unanswered !== null) await this.#recover(client, lent, this.#unanswered)
    await openSame(client, this.#place, this.#mark.uidValidity, { forWriting: true, mayBeOpen: true })
    const before = countOf(client) - this.#uids.size
    for (let batch = this.#queue[0]; batch !== undefined; batch = this.#queue[0]) {
      await this.#send(client, lent, batch)
      lent.progress()
    }
    // Some servers (Courier) show what was stored in an open folder only when they are asked.
    if (countOf(client) < before + this.#uids.size) await execute(client, 'NOOP', [])
    await this.#locate(client, lent)
  }

  /** All that has no outcome yet, as batches. */
  #fillQueue(): void {
    const queue: number[][] = []
    let octets = 0
    for (const [at, { octets: message }] of this.#messages.entries()) {
      const { size: length } = message
      if (this.#outcomes[at] !== null) continue
      const batch = queue.at(-1)
      const hasRoom = batch !== undefined && batch.length < this.#mostAtOnce && octets + length <= OCTETS_AT_ONCE
      const isAlone = length === 0 || this.#messages[batch?.at(-1) ?? at]?.octets.size === 0
      if (hasRoom && !isAlone) batch.push(at)
      else queue.push([at])
      octets = hasRoom && !isAlone ? octets + length : length
    }
    this.#queue = queue
  }

  async #send(client: ImapFlow, lent: Lent, batch: readonly number[]): Promise<void> {
    const way = batch.length === 1 ? 'oneByOne' : this.#wayOf(client)
    const sent = way === 'oneByOne' ? batch.slice(0, 1) : batch
    const octets = sent.reduce((sum, at) => sum + (this.#messages[at]?.octets.size ?? 0), 0)
    this.#unanswered = sent
    this.#sent = { octets, at: this.#place.session.now() }
    let stored: readonly (StoredAt | null)[]
    try {
      stored = await this.#append(client, way, sent)
    } catch (error) {
      if (isAnswered(error)) this.#unanswered = null
      const refusal = await refusalOf(client, this.#place, error, sent.length === 1)
      if (refusal === null) throw error
      return this.#refuse(sent, refusal, error)
    }
    this.#unanswered = null
    this.#losses = 0
    this.#note(sent, stored)
    await lent.spend(sent.length, octets)
  }

  #wayOf(client: ImapFlow): Way {
    const way = wayOf(client)
    return way === 'inLine' && this.#hasBroken ? 'oneByOne' : way
  }

  async #append(client: ImapFlow, way: Way, sent: readonly number[]): Promise<readonly (StoredAt | null)[]> {
    const messages = sent.map((at) => this.#messages[at]).filter((one) => one !== undefined)
    if (way === 'inLine') return appendInLine(client, this.#place.path, messages)
    const { uidValidity, uids } = await appendTogether(client, this.#place.path, messages)
    return sent.map((_, nth) => ({ uidValidity, uids: uids === null ? null : uids.slice(nth, nth + 1) }))
  }

  /** What was stored has its outcome; what was refused in a line of commands is sent again alone, for the server's words. */
  #note(sent: readonly number[], stored: readonly (StoredAt | null)[]): void {
    const again: (readonly number[])[] = []
    for (const [nth, at] of sent.entries()) {
      const one = stored[nth]
      if (one === null || one === undefined) again.push([at])
      else this.#noteStored(at, one)
    }
    this.#refusedInARow = { words: '', count: 0 }
    this.#waits = 0
    this.#takeFromQueue(sent, again)
  }

  #noteStored(at: number, { uidValidity, uids }: StoredAt): void {
    const { store, shownAs } = this.#place
    if (uidValidity !== null && uidValidity !== this.#mark.uidValidity) throw new FolderRenumberedError(store, shownAs)
    this.#done(at, uids?.[0] ?? null)
  }

  #done(at: number, uid: number | null): void {
    if (uid !== null) this.#uids.add(uid)
    this.#outcomes[at] = { token: this.#tokenOf(at), outcome: 'done', locator: uid === null ? null : locatorOf(uid) }
  }

  /** What was sent is no more in the queue; something else stands in its place. */
  #takeFromQueue(sent: readonly number[], instead: readonly (readonly number[])[]): void {
    const [first = [], ...others] = this.#queue
    const left = first.slice(sent.length)
    this.#queue = [...instead, ...(left.length === 0 ? [] : [left]), ...others]
  }

  /** A refused batch is halved until the message is found that the server will not have. */
  #refuse(sent: readonly number[], { text, responseCode }: Trouble, error: unknown): void {
    const [at] = sent
    if (at === undefined) return
    if (sent.length > 1) {
      const middle = sent.length >>> 1
      this.#takeFromQueue(sent, [sent.slice(0, middle), sent.slice(middle)])
      return
    }
    const mayPass = responseCode !== null && MAY_PASS.has(responseCode) && !TOO_LARGE.test(text)
    if (mayPass && this.#waits++ < MOST_WAITS) throw new PatienceError(text, error)
    this.#refuseOne(at, text)
    this.#takeFromQueue(sent, [])
    const { words, count } = this.#refusedInARow
    this.#refusedInARow = { words: text, count: words === text ? count + 1 : 1 }
    if (this.#refusedInARow.count >= MOST_REFUSED) throw new FolderRefusedError(this.#place, text)
  }

  #refuseOne(at: number, words: string): void {
    this.#outcomes[at] = { token: this.#tokenOf(at), outcome: 'refused', words: clean(words) }
  }

  /** Finds out what was stored of that to which no answer came. */
  async #recover(client: ImapFlow, lent: Lent, unanswered: readonly number[]): Promise<void> {
    const { uidValidity, uidNext } = this.#mark
    const { store, shownAs } = this.#place
    const look = await untilStill(client, this.#place, this.#sent)
    if (look.uidValidity !== uidValidity) throw new FolderRenumberedError(store, shownAs)
    const open = this.#mark.messages.filter((_, nth) => this.#outcomes[nth] === null)
    const found = await findStored(client, lent, this.#place, open, uidNext, this.#uids)
    for (const [nth, { token }] of this.#mark.messages.entries()) {
      const uid = found.get(token)
      if (uid !== undefined) this.#done(nth, uid)
    }
    this.#unanswered = null
    this.#hasBroken = true
    this.#noteLoss(unanswered.filter((nth) => this.#outcomes[nth] === null))
    this.#fillQueue()
  }

  /** What breaks the connection is looked for by sending less at once. */
  #noteLoss(lost: readonly number[]): void {
    const [first] = lost
    if (first === undefined) return
    this.#mostAtOnce = Math.max(1, lost.length >>> 4)
    if (lost.length > 1) return
    if (++this.#losses < MOST_LOSSES) return
    this.#refuseOne(first, 'the connection breaks each time that it is sent')
    this.#losses = 0
    this.#mostAtOnce = MOST_AT_ONCE
  }

  /** Where the server does not say where it stored messages, they are looked for. */
  async #locate(client: ImapFlow, lent: Lent): Promise<void> {
    const isUnknown = (outcome: Outcome | null | undefined): boolean =>
      outcome?.outcome === 'done' && outcome.locator === null
    const open = this.#mark.messages.filter((_, nth) => isUnknown(this.#outcomes[nth]))
    if (open.length === 0) return
    await openSame(client, this.#place, this.#mark.uidValidity, { forWriting: true })
    const found = await findStored(client, lent, this.#place, open, this.#mark.uidNext, this.#uids)
    for (const [nth, { token }] of this.#mark.messages.entries()) {
      const uid = found.get(token)
      if (uid !== undefined && isUnknown(this.#outcomes[nth])) this.#done(nth, uid)
    }
  }

  #tokenOf(at: number): string {
    return this.#mark.messages[at]?.token ?? ''
  }
}

/** The server's refusal may pass: it is asked again after a while. */
class PatienceError extends Error {
  readonly code = 'ETHROTTLE'
  readonly responseStatus = 'NO'
  readonly responseText: string

  constructor(text: string, cause: unknown) {
    super(text, { cause })
    this.responseText = text
  }
}
