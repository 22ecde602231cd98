import { dayOf } from '../examine-file.js'
import { NumberColumn } from '../name-hashes.js'
import { counted, type ObservationNotes } from '../observation-notes.js'
import type { Locator } from '../store.js'

const DAY = 86_400
/** A file is written when it is delivered: one that is younger by more than this has lost its time. */
const LATE = 2 * DAY
/** One time for all tells something only where there are more messages than this. */
const MANY = 20
/** As many late files are told one by one, unless they are most of the folder. */
const FEW = 2

/**
 * Compares the files' times with the seconds that the names begin with. A file may well be older than its name (it was
 * brought over with its time), never much younger.
 */
export class TimeLook {
  #count = 0
  #first: number | null = null
  #isOneTime = true
  #earliest = Number.POSITIVE_INFINITY
  #latest = Number.NEGATIVE_INFINITY
  /** Place in the listing, the file's seconds and the name's, of each late file. */
  readonly #late = new NumberColumn()

  /**
   * @param place - in the listing
   * @param modified - seconds
   * @param delivered - the seconds in the name
   */
  examine(place: number, modified: number, delivered: number): void {
    this.#count++
    const second = Math.floor(modified)
    this.#first ??= second
    if (second !== this.#first) this.#isOneTime = false
    this.#earliest = Math.min(this.#earliest, delivered)
    this.#latest = Math.max(this.#latest, delivered)
    if (modified <= delivered + LATE) return
    for (const number of [place, second, delivered]) this.#late.push(number)
  }

  /** Most of a folder is told as one. */
  finish(locatorAt: (place: number) => Locator, notes: ObservationNotes): void {
    const late = this.#late.length / 3
    if (late > FEW && late * 2 > this.#count) {
      const days = Math.floor(this.#smallestGap() / DAY)
      const detail = `${late} of ${counted(this.#count, 'file')} are younger than their names say, by ${days} days or more`
      notes.note('file-time-implausible', null, `${detail}; the first is of ${dayOf(this.#late.at(1))}`)
    } else if (this.#isOneTime && this.#count > MANY && this.#latest - this.#earliest > LATE) {
      const detail = `all ${this.#count} files have one time, ${dayOf(this.#first ?? 0)}`
      notes.note(
        'file-time-implausible',
        null,
        `${detail}; their names lie ${days(this.#latest - this.#earliest)} apart`,
      )
    } else for (let at = 0; at < this.#late.length; at += 3) this.#noteLate(at, locatorAt, notes)
  }

  #noteLate(at: number, locatorAt: (place: number) => Locator, notes: ObservationNotes): void {
    const [modified, delivered] = [this.#late.at(at + 1), this.#late.at(at + 2)]
    const detail = `the file is of ${dayOf(modified)}, its name of ${dayOf(delivered)}, ${days(modified - delivered)} before`
    notes.note('file-time-implausible', locatorAt(this.#late.at(at)), detail)
  }

  #smallestGap(): number {
    let smallest = Number.POSITIVE_INFINITY
    for (let at = 0; at < this.#late.length; at += 3)
      smallest = Math.min(smallest, this.#late.at(at + 1) - this.#late.at(at + 2))
    return smallest
  }
}

const days = (seconds: number): string => counted(Math.floor(seconds / DAY), 'day')
