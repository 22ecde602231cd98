import { FolderGoneError } from '../../errors.js'
import type { Readers } from '../readers.js'
import type { FolderMeasure, FolderName, KnownCopies, Locator, ReadCopy, ScanBatch, ScanWant } from '../store.js'
import type { Change, Mark, Move, Outcome, Outgoing, Work, WritableFolder, WritingAbilities } from '../writable.js'
import type { AccountFolder } from './account-folder.js'
import { Appending, MOST_AT_ONCE, OCTETS_AT_ONCE } from './appending.js'
import { carryOutChanges, markChanges, settleChanges } from './changing.js'
import { keyOf } from './finding.js'
import { atPlace, lookAt, openSame, type WrittenPlace } from './look.js'
import {
  type AppendMark,
  type ChangeMark,
  type ImapMark,
  type MoveMark,
  readMark,
  type Standing,
  writeMark,
} from './mark.js'
import { carryOutMoves, type Moving, markMoves, settleMoves } from './moving.js'
import { type Sendable, sendable, whyNoDate } from './outgoing.js'
import { settleAppend } from './settling.js'
import { FolderRenumberedError } from './state.js'

/** What is known of a folder that was opened for writing. */
export interface OpenedForWriting extends Standing {
  readonly whyNoFlag: (flag: string) => string
  /** Octets; null: no limit is told. */
  readonly largest: number | null
  readonly movesNatively: boolean
}

/** A folder of an account that is written to; reading goes on as ever. */
export class AccountWriter implements WritableFolder {
  readonly name: FolderName
  readonly abilities: AccountFolder['abilities']
  readonly writing: WritingAbilities
  readonly generation: string | null
  readonly #reading: AccountFolder
  readonly #place: WrittenPlace
  readonly #pathOf: (folder: FolderName) => Promise<string | null>
  /** What the next message is to have, as far as we alone store some; null: to be looked at anew. */
  #next: number | null
  #othersCame = false

  /** @param pathOf - of another folder of the account; null: there is none */
  constructor(
    reading: AccountFolder,
    place: WrittenPlace,
    { uidValidity, uidNext, ...facts }: OpenedForWriting,
    pathOf: (folder: FolderName) => Promise<string | null>,
  ) {
    this.name = reading.name
    this.abilities = reading.abilities
    this.generation = uidValidity
    this.writing = { ...facts, atOnce: { messages: MOST_AT_ONCE, octets: OCTETS_AT_ONCE } }
    this.#reading = reading
    this.#place = place
    this.#pathOf = pathOf
    this.#next = uidNext
  }

  scan(known: KnownCopies, readers?: Readers, want?: ScanWant): AsyncIterable<ScanBatch> {
    return this.#reading.scan(known, readers, want)
  }

  read(locators: Iterable<Locator>): AsyncIterable<ReadCopy> {
    return this.#reading.read(locators)
  }

  measure(): Promise<FolderMeasure> {
    return this.#reading.measure()
  }

  othersCame(): boolean {
    const came = this.#othersCame
    this.#othersCame = false
    return came
  }

  async prepare(work: Work): Promise<Mark> {
    switch (work.kind) {
      case 'append':
        return writeMark(await this.#markAppend(work.messages))
      case 'change':
        return writeMark(await this.#markChange(work.changes))
      case 'move':
        return writeMark(await this.#markMove(work.to, work.moves))
      default:
        return work satisfies never
    }
  }

  async carryOut(work: Work, mark: Mark): Promise<readonly Outcome[]> {
    const read = readMark(mark)
    if (work.kind === 'append' && read.kind === 'append') return this.#append(work.messages, read)
    if (work.kind === 'change' && read.kind === 'change') {
      const changing = { place: this.#place, mark: read, keeps: this.#keeps, begun: null }
      return atPlace(this.#place, (client, lent) => carryOutChanges(client, lent, changing))
    }
    if (work.kind === 'move' && read.kind === 'move') {
      const moving = await this.#moving(read)
      return atPlace(this.#place, (client, lent) => carryOutMoves(client, lent, moving))
    }
    throw new RangeError('a mark of other work')
  }

  async settle(mark: Mark): Promise<readonly Outcome[]> {
    this.#next = null
    const read = readMark(mark)
    try {
      return await this.#settle(read)
    } catch (error) {
      if (!(error instanceof FolderRenumberedError) || read.kind === 'append') throw error
      const works = read.kind === 'change' ? read.changes : read.moves
      return works.map(({ token }) => ({ token, outcome: 'changed' }))
    }
  }

  #settle(read: ImapMark): Promise<readonly Outcome[]> {
    switch (read.kind) {
      case 'append':
        return atPlace(this.#place, (client, lent) => settleAppend(client, lent, this.#place, read))
      case 'change':
        return atPlace(this.#place, (client, lent) => settleChanges(client, lent, this.#place, read, this.#keeps))
      case 'move':
        return this.#settleMove(read)
      default:
        return read satisfies never
    }
  }

  async #settleMove(mark: MoveMark): Promise<readonly Outcome[]> {
    const moving = await this.#moving(mark)
    return atPlace(this.#place, (client, lent) => settleMoves(client, lent, moving))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reading[Symbol.asyncDispose]()
  }

  readonly #keeps = (flag: string): boolean => this.writing.whyNoFlag(flag) === ''

  async #append(messages: readonly Outgoing[], mark: AppendMark): Promise<readonly Outcome[]> {
    const { largest } = this.writing
    const tooLarge = new Map<string, Outcome>()
    const sent: Sendable[] = []
    for (const message of messages) {
      const one = sendable(message, this.#keeps)
      const { token } = message
      const words = `it has ${one.octets.size} octets, and the server takes ${largest} at most`
      if (largest !== null && one.octets.size > largest) tooLarge.set(token, { token, outcome: 'refused', words })
      else sent.push(one)
    }
    this.#tellOfDates(messages)
    this.#next = null
    const left = { ...mark, messages: mark.messages.filter(({ token }) => !tooLarge.has(token)) }
    const { outcomes, uids } = await new Appending(this.#place, left, sent).run()
    this.#countOthers(mark.uidNext, uids, outcomes)
    const byToken = new Map(outcomes.map((outcome) => [outcome.token, outcome]))
    return messages.map(({ token }) => tooLarge.get(token) ?? byToken.get(token) ?? { token, outcome: 'not-done' })
  }

  /** UIDs between ours, or before them, are others'. */
  #countOthers(from: number, uids: readonly number[], outcomes: readonly Outcome[]): void {
    const stored = outcomes.filter(({ outcome }) => outcome === 'done').length
    const next = uids.reduce((greatest, uid) => Math.max(greatest, uid + 1), from)
    if (uids.length !== stored || next - from > stored) this.#othersCame = true
    if (uids.length === stored) this.#next = next
  }

  #tellOfDates(messages: readonly Outgoing[]): void {
    const now = this.#place.session.now()
    const count = (when: 'early' | 'late'): number =>
      messages.filter(({ received }) => whyNoDate(received, now) === when).length
    const [early, late] = [count('early'), count('late')]
    const tell = (text: string): void => this.#place.session.note(`${this.name}: ${text}`)
    if (early > 0) tell(`${early} messages were received before 1970, as they say; they are stored with 1970-01-01`)
    if (late > 0)
      tell(`${late} messages have a received date that is yet to come; some servers put the present one instead`)
  }

  async #markAppend(messages: readonly Outgoing[]): Promise<AppendMark> {
    const standing = await this.#standing()
    const at = this.#place.session.now()
    return {
      kind: 'append',
      ...standing,
      at,
      octets: messages.reduce((sum, { bytes }) => sum + bytes.length, 0),
      messages: messages.map(({ token, wire, bytes, received }) => ({
        token,
        wire,
        key: keyOf(bytes),
        received: whyNoDate(received, at) === null ? received : null,
      })),
    }
  }

  /** How the folder stands; it is not asked again as long as nothing but our own came. */
  async #standing(): Promise<Standing> {
    if (this.#next !== null) return { uidValidity: this.generation, uidNext: this.#next }
    const { uidValidity, uidNext } = await atPlace(this.#place, (client) =>
      lookAt(client, this.#place.path, { forWriting: true }),
    )
    if (uidValidity !== this.generation) throw new FolderRenumberedError(this.#place.store, this.name)
    return { uidValidity, uidNext }
  }

  async #markChange(changes: readonly Change[]): Promise<ChangeMark> {
    return atPlace(this.#place, async (client, lent) => {
      const { uidValidity } = await openSame(client, this.#place, this.generation, { forWriting: true })
      return { kind: 'change', uidValidity, changes: await markChanges(client, lent, changes) }
    })
  }

  async #markMove(to: FolderName, moves: readonly Move[]): Promise<MoveMark> {
    const target = await this.#targetOf(to)
    return atPlace(this.#place, async (client, lent) => {
      const { uidValidity: theirs, uidNext } = await lookAt(client, target)
      const { uidValidity } = await openSame(client, this.#place, this.generation, { forWriting: true })
      const standing = { uidValidity: theirs, uidNext }
      return { kind: 'move', uidValidity, to, target: standing, moves: await markMoves(client, lent, moves) }
    })
  }

  async #moving(mark: MoveMark): Promise<Moving> {
    return { place: this.#place, mark, target: await this.#targetOf(mark.to), told: new Map(), hasBegun: false }
  }

  async #targetOf(to: FolderName): Promise<string> {
    const path = await this.#pathOf(to)
    if (path === null) throw new FolderGoneError(this.#place.store, to)
    return path
  }
}
