import type { IndexedCopy } from '../index/copy-index.js'

/** Copies of one store, by the numbers that its index gave them: a bit for each. */
export class RowSet {
  #bits = new Uint8Array(1 << 10)

  /** @returns whether it was not yet in the set */
  add({ row }: IndexedCopy): boolean {
    const at = row >>> 3
    if (at >= this.#bits.length) this.#grow(at)
    const before = this.#bits[at] ?? 0
    this.#bits[at] = before | (1 << (row & 7))
    return this.#bits[at] !== before
  }

  has({ row }: IndexedCopy): boolean {
    return ((this.#bits[row >>> 3] ?? 0) & (1 << (row & 7))) !== 0
  }

  #grow(at: number): void {
    const grown = new Uint8Array(Math.max(at + 1, this.#bits.length * 2))
    grown.set(this.#bits)
    this.#bits = grown
  }
}
