import type { MessageFacts } from '../../message/message.js'
import { sortedFlags } from '../flag-text.js'
import { showOctets } from '../octet-name.js'
import type { MessageReading, Readers } from '../readers.js'
import { type Foreign, locator, type ScanBatch, type ScannedCopy, type ScanVerdict, type Trouble } from '../store.js'
import type { MboxFile } from './mbox-file.js'
import type { ReadMessage } from './section.js'
import { parseFromLine } from './separator.js'
import type { SplitMessage } from './split-message.js'

const TOO_LARGE = 'the message is larger than 1 GiB and was not read'
const MESSAGES_AT_ONCE = 500
const OCTETS_AT_ONCE = 3 << 19

/** The file system object that messages lie in. */
export interface MboxObject {
  /** `device:inode`. */
  readonly name: string
  readonly hasOtherNames: boolean
}

/** What the separator lines tell of a message. */
type Bounds = Pick<ReadMessage, 'offset' | 'received' | 'boundsInDoubt'>

/** What is gathered of a scan until it is handed over. */
export class MboxBatch {
  readonly #mbox: MboxFile
  readonly #object: MboxObject
  readonly #readers: Readers
  /** Reads messages that were not read yet; null: the facts of all are there. */
  #reading: MessageReading | null = null
  readonly #facts: MessageFacts[] = []
  readonly #bounds: Bounds[] = []
  readonly #foreign: Foreign[] = []
  readonly #troubles: Trouble[] = []
  #octets = 0
  /** Offset behind its last message, as far as is known. */
  end = 0

  constructor(mbox: MboxFile, object: MboxObject, readers: Readers) {
    this.#mbox = mbox
    this.#object = object
    this.#readers = readers
  }

  get isFull(): boolean {
    return this.#bounds.length >= MESSAGES_AT_ONCE || this.#octets >= OCTETS_AT_ONCE
  }

  add(message: SplitMessage): void {
    const { offset } = message
    this.#octets += message.octets.length
    this.end = message.start + message.octets.length
    if (message.isTooLarge) {
      this.#addTrouble(offset, TOO_LARGE)
      return
    }
    const { fromLine, boundsInDoubt } = message
    this.#reading ??= this.#readers.readMessages()
    this.#reading.add(message.octets)
    this.#bounds.push({ offset, received: parseFromLine(fromLine).date, boundsInDoubt })
  }

  /** Adds a message that was read; a batch has none but such, or none. */
  addRead({ offset, received, boundsInDoubt, facts }: ReadMessage): void {
    if (facts === null) {
      this.#addTrouble(offset, TOO_LARGE)
      return
    }
    this.#octets += facts.size
    this.end = offset + facts.size
    this.#facts.push(facts)
    this.#bounds.push({ offset, received, boundsInDoubt })
  }

  #copyOf({ offset, received, boundsInDoubt }: Bounds, facts: MessageFacts): ScannedCopy {
    return {
      locator: locator(`offset=${offset}`),
      position: offset,
      facts,
      flags: sortedFlags(facts.headerFlags),
      received,
      stamp: '',
      object: `${this.#object.name}:${offset}`,
      hasOtherNames: this.#object.hasOtherNames,
      boundsInDoubt,
    }
  }

  get count(): number {
    return this.#bounds.length
  }

  /** Something in the file that is no mail. */
  addForeign(octets: string, why: string): void {
    this.#foreign.push({ path: `${showOctets(this.#mbox.path)} (${octets})`, why })
  }

  #addTrouble(offset: number, message: string): void {
    const { folder } = this.#mbox
    this.#troubles.push({ code: 'UNREADABLE', folder, locator: locator(`offset=${offset}`), message })
  }

  get hasTroubles(): boolean {
    return this.#troubles.length > 0
  }

  /** @param octets - of the file, passed since the last batch */
  async take(octets: number, verdict: ScanVerdict | null = null): Promise<ScanBatch> {
    const facts = (await this.#reading?.finish()) ?? this.#facts
    const read: ScannedCopy[] = []
    facts.forEach((one, nth) => {
      const bounds = this.#bounds[nth]
      if (bounds !== undefined) read.push(this.#copyOf(bounds, one))
    })
    return { read, kept: [], reflagged: [], foreign: this.#foreign, troubles: this.#troubles, octets, verdict }
  }
}

/** Cuts what is found in a file into batches: where one ends rests on the messages alone, whoever read them. */
export class MboxBatches {
  readonly #newBatch: () => MboxBatch
  /** The batch that is being filled. */
  now: MboxBatch
  #done = 0
  /** Messages of the batches that were taken. */
  count = 0
  #hasTroubles = false

  constructor(mbox: MboxFile, object: MboxObject, readers: Readers) {
    this.#newBatch = () => new MboxBatch(mbox, object, readers)
    this.now = this.#newBatch()
  }

  take(): Promise<ScanBatch> {
    const taken = this.#end(this.now.end, null)
    this.now = this.#newBatch()
    return taken
  }

  /**
   * @param end - of what was read of the file
   * @param verdict - unless a message could not be read
   */
  last(end: number, verdict: ScanVerdict): Promise<ScanBatch> {
    const isUnread = (this.#hasTroubles || this.now.hasTroubles) && verdict.outcome === 'complete'
    return this.#end(end, isUnread ? UNREAD : verdict)
  }

  #end(end: number, verdict: ScanVerdict | null): Promise<ScanBatch> {
    this.count += this.now.count
    const octets = Math.max(end - this.#done, 0)
    this.#done += octets
    this.#hasTroubles ||= this.now.hasTroubles
    return this.now.take(octets, verdict)
  }
}

const UNREAD: ScanVerdict = { outcome: 'failed', code: 'UNREADABLE', message: 'a message could not be read' }
