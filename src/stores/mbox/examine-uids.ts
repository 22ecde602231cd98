import { type ExaminedMessage, fieldOf } from './examine-message.js'
import { type MboxNotes, shownLine } from './examine-notes.js'

/** A file's own account of its UIDs, as the first message's X-IMAPbase (Dovecot, c-client) or X-IMAP field has it. */
interface UidBase {
  readonly validity: number
  /** The highest UID that was given. */
  readonly last: number
}

interface Breach {
  readonly offset: number
  readonly detail: string
  count: number
}

/** Checks the UIDs that mail servers write into an mbox file: they must ascend, and end at the highest that was given. */
export class UidExamination {
  readonly #notes: MboxNotes
  #base: UidBase | null = null
  #previous = 0
  #descent: Breach | null = null
  #beyond: Breach | null = null

  constructor(notes: MboxNotes) {
    this.#notes = notes
  }

  take(examined: ExaminedMessage): void {
    this.#takeBases(examined)
    const uid = fieldOf(examined, 'x-uid')
    if (uid === undefined || !/^\d{1,10}$/.test(uid)) return
    const { offset } = examined.message
    const number = Number(uid)
    if (number <= this.#previous) {
      this.#descent ??= { offset, detail: `X-UID ${number} comes after ${this.#previous}`, count: 0 }
      this.#descent.count++
    }
    if (this.#base !== null && number > this.#base.last) {
      this.#beyond ??= {
        offset,
        detail: `X-UID ${number} is higher than the last one given, ${this.#base.last}`,
        count: 0,
      }
      this.#beyond.count++
    }
    this.#previous = number
  }

  #takeBases({ fields, isFirst, message }: ExaminedMessage): void {
    for (const { name, value, at } of fields) {
      if (name !== 'x-imapbase' && name !== 'x-imap') continue
      const offset = message.start + at
      if (!isFirst) this.#tell(offset, `${name} stands in another message than the first: ${shownLine(value)}`)
      else if (this.#base !== null) this.#tell(offset, `${name} is there a second time: ${shownLine(value)}`)
      else this.#readBase(value, offset)
    }
  }

  #readBase(value: string, offset: number): void {
    const [, validity, last] = /^\s*(\d{1,10})\s+(\d{1,10})(?:\s|$)/.exec(value) ?? []
    this.#base = { validity: Number(validity ?? 0), last: Number(last ?? Number.POSITIVE_INFINITY) }
    if (this.#base.validity === 0) this.#tell(offset, `it gives no UIDVALIDITY: ${shownLine(value)}`)
  }

  #tell(offset: number, detail: string): void {
    this.#notes.tell('uid-fields-inconsistent', offset, detail)
  }

  finish(): void {
    for (const breach of [this.#descent, this.#beyond]) {
      if (breach === null) continue
      const others = breach.count === 1 ? '' : `; ${breach.count} such messages`
      this.#tell(breach.offset, `${breach.detail}${others}`)
    }
  }
}
