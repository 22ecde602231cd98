/** A set of row numbers, a bit each. */
export class RowMarks {
  readonly #bits: Uint8Array
  /** How many are marked. */
  count = 0

  /** @param last - the largest row number there is */
  constructor(last: number) {
    this.#bits = new Uint8Array((last >> 3) + 1)
  }

  add(row: number): void {
    const octet = this.#bits[row >> 3]
    if (octet === undefined) throw new RangeError(`row ${row} is none of those known`)
    const bit = 1 << (row & 7)
    if ((octet & bit) !== 0) return
    this.#bits[row >> 3] = octet | bit
    this.count++
  }

  has(row: number): boolean {
    return ((this.#bits[row >> 3] ?? 0) & (1 << (row & 7))) !== 0
  }
}
