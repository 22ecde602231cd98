import { excerpt } from '../message/excerpt.js'
import type { Observation, ObservedRule } from './observation.js'
import { type FolderName, type Locator, locator } from './store.js'

/** As many observations are handed over at once. */
const FULL = 256

/** Gathers what is seen in one folder (or, with null, of the store as a whole) until it is handed over. */
export class ObservationNotes {
  readonly #folder: FolderName | null
  #notes: Observation[] = []

  constructor(folder: FolderName | null) {
    this.#folder = folder
  }

  /** @param detail - safe to print: names and text in it went through `shown` */
  note(rule: ObservedRule, at: Locator | null, detail: string): void {
    this.#notes.push({ rule, folder: this.#folder, locator: at, offset: null, detail })
  }

  get isFull(): boolean {
    return this.#notes.length >= FULL
  }

  take(): readonly Observation[] {
    const notes = this.#notes
    this.#notes = []
    return notes
  }
}

/** A name or a piece of text (octets) as evidence that is safe to print. */
export function shown(octets: string): string {
  return excerpt(Buffer.from(octets, 'latin1'), 0, octets.length)
}

/** The same of Unicode text. */
export function shownText(text: string): string {
  const octets = Buffer.from(text)
  return excerpt(octets, 0, octets.length)
}

/** Where a file lies that is no message: below the folder, as its locator would say. */
export const fileLocator = (name: string): Locator => locator(`file=${shown(name)}`)

/** `1 message`, `2 messages`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
