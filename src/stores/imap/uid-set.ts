/** UIDs as they come in; each is held once, four octets each as long as they come in order. */
export class UidCollector {
  #uids = new Uint32Array(1_024)
  #count = 0
  #last = 0
  /** Those that came so far, once one came out of order. */
  #met: Set<number> | null = null

  /** @returns whether it is new */
  add(uid: number): boolean {
    if (uid <= this.#last) this.#met ??= new Set(this.#uids.subarray(0, this.#count))
    if (this.#met?.has(uid)) return false
    this.#met?.add(uid)
    if (this.#count === this.#uids.length) {
      const wider = new Uint32Array(this.#count * 2)
      wider.set(this.#uids)
      this.#uids = wider
    }
    this.#uids[this.#count++] = uid
    this.#last = Math.max(this.#last, uid)
    return true
  }

  get size(): number {
    return this.#count
  }

  has(uid: number): boolean {
    if (uid > this.#last) return false
    return this.#met === null ? placeOf(this.#uids.subarray(0, this.#count), uid) >= 0 : this.#met.has(uid)
  }

  /** All of them, ascending. */
  sorted(): Uint32Array {
    const held = this.#uids.subarray(0, this.#count)
    return this.#met === null ? held : held.slice().sort()
  }
}

/** The place of a UID in an ascending list; negative where it is not in it. */
export function placeOf(uids: Uint32Array, uid: number): number {
  let low = 0
  let high = uids.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((uids[middle] ?? 0) < uid) low = middle + 1
    else high = middle
  }
  return uids[low] === uid ? low : -1
}

/** What of one ascending list is not in another. */
export function without(uids: Uint32Array, others: Uint32Array): Uint32Array {
  let at = 0
  return uids.filter((uid) => {
    while (at < others.length && (others[at] ?? 0) < uid) at++
    return others[at] !== uid
  })
}

/** Longest set in one command: Courier hangs up on longer lines, Dovecot says BAD at 64 KB. */
const SET_OCTETS = 7_000

export interface PackedSet {
  /** RFC 9051 `sequence-set`: `1:40,57,60:61`. */
  readonly text: string
  /** How many of the list it holds, from its beginning. */
  readonly count: number
}

/** Writes as many UIDs of an ascending list as fit in one command. */
export function packSet(uids: Uint32Array, most = Number.POSITIVE_INFINITY): PackedSet {
  let text = ''
  let at = 0
  const end = Math.min(uids.length, most)
  while (at < end) {
    let to = at
    while (to + 1 < end && (uids[to + 1] ?? 0) === (uids[to] ?? 0) + 1) to++
    const run = to === at ? `${uids[at]}` : `${uids[at]}:${uids[to]}`
    if (text.length + run.length + 1 > SET_OCTETS) break
    text += text === '' ? run : `,${run}`
    at = to + 1
  }
  return { text, count: at }
}

/** Longest list that a set may stand for: a wrong answer (`1:4294967295`) is not spread out. */
const MOST_UIDS = 1 << 26

/** Reads a set as ESEARCH gives it, ascending or not; null where it is none. */
export function readSet(text: string): Uint32Array | null {
  const collector = new UidCollector()
  let count = 0
  for (const range of text.split(',')) {
    const match = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(range)
    if (match === null) return null
    const one = Number(match[1])
    const other = Number(match[2] ?? match[1])
    const to = Math.max(one, other)
    count += to - Math.min(one, other) + 1
    if (count > MOST_UIDS || to > 0xffffffff) return null
    for (let uid = Math.min(one, other); uid <= to; uid++) collector.add(uid)
  }
  return collector.sorted()
}

/** Reads a set as APPENDUID and COPYUID give it (RFC 4315), in its own order; null where it is none. */
export function readOrderedSet(text: string): readonly number[] | null {
  const uids: number[] = []
  for (const range of text.split(',')) {
    const one = readSet(range)
    if (one === null || uids.length + one.length > MOST_ORDERED) return null
    const [from = '', to = from] = range.split(':')
    uids.push(...(Number(from) <= Number(to) ? one : one.toReversed()))
  }
  return uids
}

const MOST_ORDERED = 100_000
