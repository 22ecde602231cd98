import type { ObservedRule } from '../observation.js'
import { type Candidate, isBeyondDoubt } from './candidate.js'
import type { ExaminedMessage } from './examine-message.js'
import { type MboxNotes, MOST, shownLine } from './examine-notes.js'
import { oddFormOf } from './from-line-form.js'
import type { PlaceReading, SplitMessage } from './split-message.js'

interface Separator {
  readonly place: Candidate
  readonly isInPart: boolean
}

/**
 * Compares three readings of a file: the strict one (an empty line, a From_ line with a date, a header field), the loose one
 * (every line that begins with `From `) and the one that was taken; tells of each place where they differ.
 */
export class SeparatorExamination {
  readonly #notes: MboxNotes
  #separator: Separator | null = null
  #next: Separator | null = null
  /** Places in the message that is being read. */
  #texts: Candidate[] = []
  #moreTexts = 0
  #strict = 0
  #loose = 0
  #taken = 0
  readonly #oddForms = new Map<string, { readonly first: Candidate; count: number }>()

  constructor(notes: MboxNotes) {
    this.#notes = notes
  }

  /** The separator behind the message that was given last; null: the file ends there. */
  get next(): Candidate | null {
    return this.#next?.place ?? null
  }

  pass(place: Candidate, { as, isInPart }: PlaceReading): void {
    if (place.follows === null) this.#loose++
    if (isBeyondDoubt(place)) this.#strict++
    if (as === 'separator') {
      this.#taken++
      if (this.#separator === null) this.#separator = { place, isInPart }
      else this.#next = { place, isInPart }
    } else if (as === 'text' && place.follows === null) {
      if (this.#texts.length < MOST) this.#texts.push(place)
      else this.#moreTexts++
    }
  }

  /** Judges the places that a message begins with and holds. */
  take(examined: ExaminedMessage): void {
    if (this.#separator !== null) this.#judgeSeparator(this.#separator, examined)
    for (const place of this.#texts) {
      const [rule, why] = judgeText(place, examined.message.hasLength)
      this.#notes.tell(rule, place.offset, `taken as text, ${why}: ${shownLine(place.line)}`)
    }
    if (this.#moreTexts > 0)
      this.#notes.tellMore(examined.message.hasLength ? 'readings-differ' : 'unescaped-from-line', this.#moreTexts)
    this.#separator = this.#next
    this.#next = null
    this.#texts = []
    this.#moreTexts = 0
  }

  #judgeSeparator({ place, isInPart }: Separator, examined: ExaminedMessage): void {
    for (const judge of [judgeStand, isInPart ? judgeInPart : judgeFollowing]) {
      const oddity = judge(place, examined)
      if (oddity !== null) this.#tellTaken(place, oddity)
    }
    const odd = oddFormOf(place.line)
    if (odd !== null && !place.isDated) this.#tellTaken(place, ['odd-separator', odd])
    else if (odd !== null) this.#countForm(odd, place)
  }

  #tellTaken(place: Candidate, [rule, why]: Oddity): void {
    this.#notes.tell(rule, place.offset, `taken as a separator, though ${why}: ${shownLine(place.line)}`)
  }

  #countForm(odd: string, first: Candidate): void {
    const form = this.#oddForms.get(odd)
    if (form === undefined) this.#oddForms.set(odd, { first, count: 1 })
    else form.count++
  }

  /** Tells what is known only at the end of the file. */
  finish(): void {
    for (const [odd, { first, count }] of this.#oddForms) {
      const others = count === 1 ? '' : `, and ${count - 1} more like it`
      this.#notes.tellOf(first.offset, 'odd-separator', first.offset, `${odd}: ${shownLine(first.line)}${others}`)
    }
    if (this.#strict === this.#taken && this.#loose === this.#taken) return
    const counts = `a strict reading counts ${this.#strict}, a loose one ${this.#loose}, the one taken ${this.#taken}`
    this.#notes.tell('readings-differ', null, `messages: ${counts}`)
  }
}

type Oddity = readonly [rule: ObservedRule, why: string]

function judgeStand({ follows, isSetOff }: Candidate): Oddity | null {
  if (follows === NUL) return null
  if (follows !== null) return ['interleaved-append', 'it stands in the middle of a line']
  return isSetOff ? null : ['separator-without-empty-line', 'no empty line stands before it']
}

const NUL = 0

const judgeInPart = (): Oddity => ['quoted-separator-in-body', 'a multipart goes on behind it']

function judgeFollowing({ isBeforeHeader }: Candidate, { message, isFirst }: ExaminedMessage): Oddity | null {
  if (isBeforeHeader || message.isTooLarge) return null
  if (isEmpty(message)) return ['empty-message', 'no message follows']
  if (isLineEnd(message.octets[0])) return ['empty-message', 'no header follows']
  return [isFirst ? 'readings-differ' : 'quoted-separator-in-body', 'no header field follows']
}

const isLineEnd = (octet: number | undefined): boolean => octet === 10 || octet === 13
const isEmpty = ({ octets }: SplitMessage): boolean => octets.length < 16 && octets.every(isLineEnd)

function judgeText({ isPatch, isDated }: Candidate, hasLength: boolean): Oddity {
  if (hasLength) return ['readings-differ', 'since the Content-Length field says so']
  if (isPatch) return ['quoted-separator-in-body', 'since git format-patch writes such lines']
  const why = isDated ? 'since neither an empty line nor a header field is next to it' : 'since it has no date'
  return ['unescaped-from-line', why]
}
