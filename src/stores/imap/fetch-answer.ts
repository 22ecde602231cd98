import type { FetchedItems } from './items.js'

/** A value of an answer: text, octets of a literal, or a list; null is NIL. */
type Value = string | Buffer | readonly Value[] | null

const FETCH = /^\* \d+ FETCH \(/i

/**
 * Reads `* n FETCH (…)` (RFC 9051 §7.5.2).
 *
 * @param lines - those of the answer with their line endings; each but the last ends in the size of the literal after it
 * @returns null: it is another answer, names no message by its UID, or has something in it that is not understood
 */
export function readFetch(lines: readonly Buffer[], literals: readonly Buffer[]): FetchedItems | null {
  const [first] = lines
  if (first === undefined || !FETCH.test(first.toString('latin1', 0, 40))) return null
  const reader = new Reader(lines.map(textOf), literals)
  const items = noItems()
  if (!reader.readAll((key, value) => setItem(items, key, value))) return null
  return items.uid > 0 ? items : null
}

export const noItems = (): FetchedItems => ({
  uid: 0,
  flags: null,
  size: null,
  internalDate: null,
  emailId: null,
  gmailId: null,
  fields: null,
  message: null,
})

/** Text outside ASCII is UTF-8, where it is such. */
function textOf(line: Buffer): string {
  const text = line.toString('latin1')
  return /[\x80-\xff]/.test(text) ? line.toString() : text
}

function setItem(items: FetchedItems, key: string, value: Value): void {
  switch (key) {
    case 'UID':
      items.uid = numberOf(value) ?? 0
      return
    case 'FLAGS':
      items.flags = Array.isArray(value) ? value.filter((one) => typeof one === 'string') : null
      return
    case 'RFC822.SIZE':
      items.size = numberOf(value)
      return
    case 'INTERNALDATE':
      items.internalDate = wordOf(value)
      return
    case 'EMAILID':
      items.emailId = Array.isArray(value) ? wordOf(value[0] ?? null) : null
      return
    case 'X-GM-MSGID':
      items.gmailId = wordOf(value)
      return
    default:
      setBody(items, key, value)
  }
}

/** `BODY[]`, also of a part from its beginning (`BODY[]<0>`), and `BODY[HEADER.FIELDS (…)]`. */
function setBody(items: FetchedItems, key: string, value: Value): void {
  if (/^BODY\[\](?:<\d+>)?$/.test(key)) items.message = octetsOf(value)
  else if (key.startsWith('BODY[HEADER.FIELDS ')) items.fields = octetsOf(value)
}

const wordOf = (value: Value): string | null =>
  typeof value === 'string' ? value : Buffer.isBuffer(value) ? value.toString() : null

function octetsOf(value: Value): Buffer | null {
  if (Buffer.isBuffer(value)) return value
  return typeof value === 'string' ? Buffer.from(value) : null
}

function numberOf(value: Value): number | null {
  return typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : null
}

const BLANKS = /[ ]*/y
const KEY = /[A-Za-z0-9.-]+(?:\[[^\]]*\](?:<\d+>)?)?/y
const QUOTED = /"((?:[^"\\\r\n]|\\.)*)"/y
const ATOM = /[^\s()"{]+/y
const LITERAL = /~?\{\d+\}\r?\n$/y

/** Something is in the answer that this does not understand. */
const STRANGE = Symbol('strange')

class Reader {
  readonly #lines: readonly string[]
  readonly #literals: readonly Buffer[]
  #nth = 0
  #at: number

  constructor(lines: readonly string[], literals: readonly Buffer[]) {
    this.#lines = lines
    this.#literals = literals
    this.#at = (lines[0] ?? '').indexOf('(') + 1
  }

  /** @returns whether all of it was understood, up to the end of the answer */
  readAll(onItem: (key: string, value: Value) => void): boolean {
    for (;;) {
      this.#skip(BLANKS)
      if (this.#text[this.#at] === ')') break
      const key = this.#skip(KEY)
      if (key === null) return false
      this.#skip(BLANKS)
      const value = this.#value()
      if (value === STRANGE) return false
      onItem(key[0].toUpperCase(), value)
    }
    return this.#nth === this.#lines.length - 1 && /^\)[ ]*\r?\n$/.test(this.#text.slice(this.#at))
  }

  get #text(): string {
    return this.#lines[this.#nth] ?? ''
  }

  #skip(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match !== null) this.#at = pattern.lastIndex
    return match
  }

  #value(): Value | typeof STRANGE {
    const next = this.#text[this.#at]
    if (next === '(') return this.#list()
    if (next === '"') return this.#skip(QUOTED)?.[1]?.replace(/\\(.)/g, '$1') ?? STRANGE
    if (next === '{' || next === '~') return this.#literal()
    const atom = this.#skip(ATOM)
    if (atom === null) return STRANGE
    return atom[0].toUpperCase() === 'NIL' ? null : atom[0]
  }

  #literal(): Value | typeof STRANGE {
    const literal = this.#literals[this.#nth]
    if (this.#skip(LITERAL) === null || literal === undefined) return STRANGE
    this.#nth++
    this.#at = 0
    return literal
  }

  #list(): Value | typeof STRANGE {
    const values: Value[] = []
    this.#at++
    for (;;) {
      this.#skip(BLANKS)
      if (this.#text[this.#at] === ')') break
      const value = this.#value()
      if (value === STRANGE) return STRANGE
      values.push(value)
    }
    this.#at++
    return values
  }
}
