import { readFacts } from '../../message/facts.js'
import { sortedFlags } from '../flag-text.js'
import { showOctets } from '../octet-name.js'
import { type Foreign, locator, type ScanBatch, type ScannedCopy, type ScanVerdict, type Trouble } from '../store.js'
import type { MboxFile } from './mbox-file.js'
import { parseFromLine } from './separator.js'
import type { SplitMessage } from './split-message.js'

const MESSAGES_AT_ONCE = 500
const OCTETS_AT_ONCE = 1 << 24

/** The file system object that messages lie in. */
export interface MboxObject {
  /** `device:inode`. */
  readonly name: string
  readonly hasOtherNames: boolean
}

/** What is gathered of a scan until it is handed over. */
export class MboxBatch {
  readonly #mbox: MboxFile
  readonly #object: MboxObject
  readonly #read: ScannedCopy[] = []
  readonly #foreign: Foreign[] = []
  readonly #troubles: Trouble[] = []
  #octets = 0

  constructor(mbox: MboxFile, object: MboxObject) {
    this.#mbox = mbox
    this.#object = object
  }

  get isFull(): boolean {
    return this.#read.length >= MESSAGES_AT_ONCE || this.#octets >= OCTETS_AT_ONCE
  }

  add(message: SplitMessage): void {
    const { offset } = message
    this.#octets += message.octets.length
    if (message.isTooLarge) {
      this.#addTrouble(offset, 'the message is larger than 1 GiB and was not read')
      return
    }
    const facts = readFacts(message.octets)
    this.#read.push({
      locator: locator(`offset=${offset}`),
      position: offset,
      facts,
      flags: sortedFlags(facts.headerFlags),
      received: parseFromLine(message.fromLine).date,
      stamp: '',
      object: `${this.#object.name}:${offset}`,
      hasOtherNames: this.#object.hasOtherNames,
      boundsInDoubt: message.boundsInDoubt,
    })
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

  take(octets: number, verdict: ScanVerdict | null = null): ScanBatch {
    return {
      read: this.#read,
      kept: [],
      reflagged: [],
      foreign: this.#foreign,
      troubles: this.#troubles,
      octets,
      verdict,
    }
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
