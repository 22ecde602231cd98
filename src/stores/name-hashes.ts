/**
 * A number below 2^53 that stands for a name: equal names have equal ones, and among a million names two different ones
 * share one with a chance of about 1 in 20,000.
 *
 * Source: the mixing steps of MurmurHash3's 32-bit form, twice.
 */
export function hashName(name: string): number {
  let [low, high] = [0xdeadbeef, 0x41c6ce57]
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at)
    low = Math.imul(low ^ code, 0x9e3779b1)
    high = Math.imul(high ^ code, 0x5f356495)
  }
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35)
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35)
  return (high & 0x1fffff) * 0x1_0000_0000 + (low >>> 0)
}

/** Whether a sorted list of numbers holds one. */
export function holdsNumber(sorted: Float64Array, wanted: number): boolean {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1
    else high = middle
  }
  return sorted[low] === wanted
}

/** Those that stand more than once in a sorted list, each once. */
export function repeatedNumbers(sorted: Float64Array): Float64Array {
  const repeated: number[] = []
  for (let at = 1; at < sorted.length; at++) {
    const number = sorted[at] ?? 0
    if (number === sorted[at - 1] && repeated.at(-1) !== number) repeated.push(number)
  }
  return Float64Array.from(repeated)
}

/** A list of numbers that grows without boxing each. */
export class NumberColumn {
  #numbers = new Float64Array(256)
  #length = 0

  get length(): number {
    return this.#length
  }

  push(number: number): void {
    if (this.#length === this.#numbers.length) {
      const grown = new Float64Array(this.#length * 2)
      grown.set(this.#numbers)
      this.#numbers = grown
    }
    this.#numbers[this.#length++] = number
  }

  at(place: number): number {
    return this.#numbers[place] ?? 0
  }

  /** A sorted copy. */
  sorted(): Float64Array {
    return this.#numbers.slice(0, this.#length).sort()
  }
}
