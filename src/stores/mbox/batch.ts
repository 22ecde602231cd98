import type { MessageFacts } from '../../message/message.js'
import { sortedFlags } from '../flag-text.js'
import { showOctets } from '../octet-name.js'
import type { MessageReading, Readers } from '../readers.js'
import { type Foreign, locator, type ScanBatch, type ScannedCopy, type ScanVerdict, type Trouble } from '../store.js'
import type { MboxFile } from './mbox-file.js'
import { parseFromLine } from './separator.js'
import type { SplitMessage } from './split-message.js'

const MESSAGES_AT_ONCE = 500
const OCTETS_AT_ONCE = 3 << 19

/** The file system object that messages lie in. */
export interface MboxObject {
  /** `device:inode`. */
  readonly name: string
  readonly hasOtherNames: boolean
}

/** What the separator lines tell of a message. */
type Bounds = Pick<SplitMessage, 'offset' | 'fromLine' | 'boundsInDoubt'>

/** What is gathered of a scan until it is handed over. */
export class MboxBatch {
  readonly #mbox: MboxFile
  readonly #object: MboxObject
  readonly #reading: MessageReading
  readonly #bounds: Bounds[] = []
  readonly #foreign: Foreign[] = []
  readonly #troubles: Trouble[] = []
  #octets = 0

  constructor(mbox: MboxFile, object: MboxObject, readers: Readers) {
    this.#mbox = mbox
    this.#object = object
    this.#reading = readers.readMessages()
  }

  get isFull(): boolean {
    return this.#bounds.length >= MESSAGES_AT_ONCE || this.#octets >= OCTETS_AT_ONCE
  }

  add(message: SplitMessage): void {
    const { offset } = message
    this.#octets += message.octets.length
    if (message.isTooLarge) {
      this.#addTrouble(offset, 'the message is larger than 1 GiB and was not read')
      return
    }
    const { fromLine, boundsInDoubt } = message
    this.#reading.add(message.octets)
    this.#bounds.push({ offset, fromLine, boundsInDoubt })
  }

  #copyOf({ offset, fromLine, boundsInDoubt }: Bounds, facts: MessageFacts): ScannedCopy {
    return {
      locator: locator(`offset=${offset}`),
      position: offset,
      facts,
      flags: sortedFlags(facts.headerFlags),
      received: parseFromLine(fromLine).date,
      stamp: '',
      object: `${this.#object.name}:${offset}`,
      hasOtherNames: this.#object.hasOtherNames,
      boundsInDoubt,
    }
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
    const facts = await this.#reading.finish()
    const read: ScannedCopy[] = []
    facts.forEach((one, nth) => {
      const bounds = this.#bounds[nth]
      if (bounds !== undefined) read.push(this.#copyOf(bounds, one))
    })
    return { read, kept: [], reflagged: [], foreign: this.#foreign, troubles: this.#troubles, octets, verdict }
  }
}

/** A batch that says how the scan ended, and nothing else. */
export const lastBatch = (verdict: ScanVerdict): ScanBatch => ({
  read: [],
  kept: [],
  reflagged: [],
  foreign: [],
  troubles: [],
  octets: 0,
  verdict,
})
