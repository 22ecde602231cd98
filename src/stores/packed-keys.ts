/** Octets of the first buffer, which grows up to those of a whole one. */
const FIRST = 1 << 14
const WHOLE_BITS = 20
const WHOLE = 1 << WHOLE_BITS

/**
 * A sorted list of many short texts of Latin-1 characters (file names as octets), packed into few buffers: hundreds of
 * thousands of strings would cost several times as much memory, and the collector's time with it.
 */
export class PackedKeys {
  /** All but the last are whole; a key may begin in one and end in the next. */
  readonly #buffers = [Buffer.allocUnsafeSlow(FIRST)]
  /** Where each key starts, in the order they came; behind the last, where it ends. */
  #starts = new Uint32Array(1 << 9)
  #order = new Uint32Array(0)
  #count = 0

  get length(): number {
    return this.#count
  }

  /** Adds a key. The list is to be sorted before it is read. */
  push(key: string): void {
    const start = this.#starts[this.#count] ?? 0
    const end = start + key.length
    if (this.#count + 2 > this.#starts.length) this.#growStarts()
    for (let at = start; at < end; ) {
      const buffer = this.#bufferFor(at, end)
      at += buffer.write(at === start ? key : key.slice(at - start), at & (WHOLE - 1), 'latin1')
    }
    this.#starts[++this.#count] = end
  }

  /** Sorts by octets, a shorter key before one that it begins. */
  sort(): this {
    this.#order = new Uint32Array(this.#count)
    for (let n = 0; n < this.#count; n++) this.#order[n] = n
    this.#sortRange(0, this.#count - 1, 0)
    return this
  }

  /** The key that came as the nth, from 0; also before the list is sorted. */
  came(n: number): string {
    return n < this.#count ? this.#text(n) : ''
  }

  /** The key at a place in the order; empty beyond the end. */
  at(n: number): string {
    const key = this.#order[n]
    return key === undefined ? '' : this.#text(key)
  }

  /** The first place whose key is `text` or comes after it. */
  lowerBound(text: string): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.at(middle) < text) low = middle + 1
      else high = middle
    }
    return low
  }

  #text(key: number): string {
    const start = this.#starts[key] ?? 0
    const end = this.#starts[key + 1] ?? 0
    let text = ''
    for (let at = start; at < end; ) {
      const from = at & (WHOLE - 1)
      const to = Math.min(from + end - at, WHOLE)
      text += this.#buffers[at >>> WHOLE_BITS]?.toString('latin1', from, to) ?? ''
      at += to - from
    }
    return text
  }

  /** The buffer of the octet at `at`, with room for those up to `end` as far as it may grow. */
  #bufferFor(at: number, end: number): Buffer {
    const nth = at >>> WHOLE_BITS
    const buffer = this.#buffers[nth]
    const needed = Math.min(end - nth * WHOLE, WHOLE)
    if (buffer !== undefined && needed <= buffer.length) return buffer
    const size = nth > 0 ? WHOLE : Math.min(WHOLE, Math.max(needed, 2 * (buffer?.length ?? 0)))
    const grown = Buffer.allocUnsafeSlow(size)
    buffer?.copy(grown)
    this.#buffers[nth] = grown
    return grown
  }

  #growStarts(): void {
    const grown = new Uint32Array(Math.ceil(this.#starts.length * 1.5))
    grown.set(this.#starts)
    this.#starts = grown
  }

  /** The octet of a key at a depth; -1 behind its end. */
  #octet(key: number, depth: number): number {
    const at = (this.#starts[key] ?? 0) + depth
    if (at >= (this.#starts[key + 1] ?? 0)) return -1
    return this.#buffers[at >>> WHOLE_BITS]?.[at & (WHOLE - 1)] ?? -1
  }

  /**
   * Three-way radix quicksort (Bentley and Sedgewick, 1997): the keys of a range agree in their first `depth` octets; they
   * are parted by the next one, so that no octet is compared twice for two equal beginnings.
   */
  #sortRange(first: number, last: number, depth: number): void {
    const order = this.#order
    let [low, high, at] = [first, last, depth]
    while (high - low > INSERTED) {
      const pivot = this.#octet(order[(low + high) >>> 1] ?? 0, at)
      let [less, next, greater] = [low, low, high]
      while (next <= greater) {
        const key = order[next] ?? 0
        const octet = this.#octet(key, at)
        if (octet < pivot) {
          order[next++] = order[less] ?? 0
          order[less++] = key
        } else if (octet > pivot) {
          order[next] = order[greater] ?? 0
          order[greater--] = key
        } else next++
      }
      this.#sortRange(low, less - 1, at)
      this.#sortRange(greater + 1, high, at)
      if (pivot < 0) return
      low = less
      high = greater
      at++
    }
    this.#insert(low, high, at)
  }

  #insert(first: number, last: number, depth: number): void {
    const order = this.#order
    for (let n = first + 1; n <= last; n++) {
      const key = order[n] ?? 0
      let place = n
      while (place > first && this.#isBefore(key, order[place - 1] ?? 0, depth)) {
        order[place] = order[place - 1] ?? 0
        place--
      }
      order[place] = key
    }
  }

  #isBefore(a: number, b: number, depth: number): boolean {
    for (let at = depth; ; at++) {
      const [one, other] = [this.#octet(a, at), this.#octet(b, at)]
      if (one !== other) return one < other
      if (one < 0) return false
    }
  }
}

/** Ranges of no more keys than this are sorted by insertion. */
const INSERTED = 12
