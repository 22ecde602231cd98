import { excerpt } from '../../message/excerpt.js'
import type { Observation, ObservedRule } from '../observation.js'
import { type FolderName, type Locator, locator } from '../store.js'

/** So many findings of one rule in one message are told one by one; of the others, how many they are. */
export const MOST = 1_000
const AT_ONCE = 1_000

/** What was seen in an mbox file, gathered until it is handed over. */
export class MboxNotes {
  readonly folder: FolderName
  #notes: Observation[] = []
  #locator: Locator | null = null
  readonly #counts = new Map<ObservedRule, number>()

  constructor(folder: FolderName) {
    this.folder = folder
  }

  get isFull(): boolean {
    return this.#notes.length >= AT_ONCE
  }

  /** What is told from now on is told of the message at an offset; null: of the file. */
  beginMessage(offset: number | null): void {
    for (const [rule, count] of this.#counts) {
      if (count > MOST) this.#push(rule, null, `${count - MOST} more of them in this message`)
    }
    this.#counts.clear()
    this.#locator = offset === null ? null : locator(`offset=${offset}`)
  }

  /** @param offset - into the file */
  tell(rule: ObservedRule, offset: number | null, detail: string): void {
    const count = (this.#counts.get(rule) ?? 0) + 1
    this.#counts.set(rule, count)
    if (count <= MOST || this.#locator === null) this.#push(rule, offset, detail)
  }

  /** There are more findings of a rule in the message, none of which is told one by one. */
  tellMore(rule: ObservedRule, count: number): void {
    this.#counts.set(rule, MOST + count)
  }

  /** Tells of a message other than the one that is looked at. */
  tellOf(message: number, rule: ObservedRule, offset: number, detail: string): void {
    this.#notes.push({ rule, folder: this.folder, locator: locator(`offset=${message}`), offset, detail })
  }

  #push(rule: ObservedRule, offset: number | null, detail: string): void {
    this.#notes.push({ rule, folder: this.folder, locator: this.#locator, offset, detail })
  }

  take(): readonly Observation[] {
    const notes = this.#notes
    this.#notes = []
    return notes
  }
}

/** A line of a file, safe to print. @param line - Latin-1 */
export const shownLine = (line: string): string => `"${excerpt(Buffer.from(line, 'latin1'), 0)}"`

/** `1 message`, `2 messages`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
