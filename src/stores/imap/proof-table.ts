import { hash } from 'node:crypto'

/** Rows of known copies by what proves that a message is the same one under another UID; sixteen octets each. */
export class ProofTable {
  #keys = new BigUint64Array(1_024)
  #rows = new Uint32Array(1_024)
  #count = 0
  #order: Uint32Array | null = null

  get size(): number {
    return this.#count
  }

  add(proof: string, row: number): void {
    if (this.#count === this.#rows.length) this.#widen()
    this.#keys[this.#count] = keyOf(proof)
    this.#rows[this.#count++] = row
    this.#order = null
  }

  /** Takes the row that a proof stands for; null where there is none, or several, or it was taken. */
  take(proof: string): number | null {
    const order = this.#sorted()
    const key = keyOf(proof)
    let low = 0
    let high = order.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#keyAt(order, middle) < key) low = middle + 1
      else high = middle
    }
    if (this.#keyAt(order, low) !== key || this.#keyAt(order, low + 1) === key) return null
    const at = order[low] ?? 0
    const row = this.#rows[at] ?? 0
    this.#rows[at] = 0
    return row === 0 ? null : row
  }

  #keyAt(order: Uint32Array, at: number): bigint {
    const place = order[at]
    return place === undefined ? NO_KEY : (this.#keys[place] ?? NO_KEY)
  }

  #sorted(): Uint32Array {
    const keys = this.#keys
    const byKey = (a: number, b: number): number => {
      const [one = NO_KEY, other = NO_KEY] = [keys[a], keys[b]]
      return one < other ? -1 : one > other ? 1 : 0
    }
    this.#order ??= Uint32Array.from({ length: this.#count }, (_, at) => at).sort(byKey)
    return this.#order
  }

  #widen(): void {
    const keys = new BigUint64Array(this.#count * 2)
    const rows = new Uint32Array(this.#count * 2)
    keys.set(this.#keys)
    rows.set(this.#rows)
    this.#keys = keys
    this.#rows = rows
  }
}

/** Larger than any key. */
const NO_KEY = 1n << 64n

const keyOf = (proof: string): bigint => hash('sha256', proof, 'buffer').readBigUInt64BE(0)
