export const LF = 10
const CR = 13
const TAB = 9
const SPACE = 32
const NUL = 0
/** Some servers put it in the place of NUL. */
const INSTEAD_OF_NUL = 0x80

/** What is passed over: NUL octets, line ends, white space at the ends of lines. */
export type Passed = 'nul' | 'lineEnds' | 'blanks' | 'nothing'

/** The octets of a message one after the other: each line ends in LF, and the line ends at the very end are left out. */
export class Reading {
  readonly #octets: Buffer
  readonly #end: number
  readonly #passed: Passed
  #at = 0
  /** White space before it stands within a line. */
  #keptUntil = 0

  constructor(octets: Buffer, passed: Passed = 'nothing') {
    this.#octets = octets
    this.#passed = passed
    let end = octets.length
    while (end > 0 && (octets[end - 1] === LF || octets[end - 1] === CR)) end--
    this.#end = end
  }

  /** Of the octet that comes next. */
  get position(): number {
    return this.#at
  }

  /** -1: there is none left. */
  next(): number {
    while (this.#at < this.#end) {
      const octet = this.#read()
      if (!this.#isPassed(octet)) return octet
    }
    return -1
  }

  #read(): number {
    const octet = this.#octets[this.#at++] ?? -1
    if (octet !== CR) return octet
    if (this.#octets[this.#at] === LF) this.#at++
    return LF
  }

  #isPassed(octet: number): boolean {
    if (this.#passed === 'nul') return octet === NUL || octet === INSTEAD_OF_NUL
    if (this.#passed === 'lineEnds') return octet === LF
    return this.#passed === 'blanks' && isBlank(octet) && this.#isAtLineEnd()
  }

  /** Whether nothing but white space is left of the line; it is passed over then. */
  #isAtLineEnd(): boolean {
    if (this.#at <= this.#keptUntil) return false
    let at = this.#at
    while (at < this.#end && isBlank(this.#octets[at])) at++
    const octet = this.#octets[at]
    if (at < this.#end && octet !== LF && octet !== CR) {
      this.#keptUntil = at
      return false
    }
    this.#at = at
    return true
  }
}

const isBlank = (octet: number | undefined): boolean => octet === SPACE || octet === TAB

/** Whether two give the same octets from where they stand. */
export function isSame(one: Reading, other: Reading): boolean {
  for (;;) {
    const octet = one.next()
    if (octet !== other.next()) return false
    if (octet < 0) return true
  }
}
