/** How a piece of work hands things to the loop that asks for them. */
export interface Hand<T> {
  /** Resolves when there is room for more. @param weight - octets held by it */
  give(item: T, weight: number): Promise<void> | undefined
  /** The loop asks for no more. */
  readonly isStopped: boolean
}

const MOST_WAITING = 64
const MOST_WEIGHT = 8 << 20

/** Runs work that hands things over as it finds them, and yields them; the work waits while too many wait to be taken. */
export async function* handOver<T>(work: (hand: Hand<T>) => Promise<void>): AsyncGenerator<T, void, undefined> {
  const waiting: { readonly item: T; readonly weight: number }[] = []
  const given = new Bell()
  const taken = new Bell()
  let weight = 0
  let isStopped = false
  const isFull = (): boolean => !isStopped && (waiting.length >= MOST_WAITING || weight >= MOST_WEIGHT)
  const untilRoom = async (): Promise<void> => {
    while (isFull()) await taken.heard()
  }
  const hand: Hand<T> = {
    get isStopped() {
      return isStopped
    },
    give: (item, octets) => {
      waiting.push({ item, weight: octets })
      weight += octets
      given.ring()
      return isFull() ? untilRoom() : undefined
    },
  }
  let ending: { readonly error: unknown } | 'well' | null = null
  work(hand)
    .then(
      () => {
        ending = 'well'
      },
      (error: unknown) => {
        ending = { error }
      },
    )
    .finally(() => given.ring())
  const ended = (): typeof ending => ending
  try {
    for (;;) {
      const next = waiting.shift()
      if (next !== undefined) {
        weight -= next.weight
        taken.ring()
        yield next.item
      } else if (ended() === null) await given.heard()
      else break
    }
  } finally {
    isStopped = true
    taken.ring()
  }
  const end = ended()
  if (end !== null && end !== 'well') throw end.error
}

/** Wakes whoever waits. */
class Bell {
  #wake: (() => void) | null = null
  #isRung = false

  ring(): void {
    const wake = this.#wake
    this.#wake = null
    if (wake === null) this.#isRung = true
    else wake()
  }

  async heard(): Promise<void> {
    if (!this.#isRung) await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#isRung = false
  }
}
