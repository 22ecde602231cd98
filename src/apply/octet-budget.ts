/** Lets no more octets be held than there is room for; one message alone may be larger. */
export class OctetBudget {
  readonly #room: number
  readonly #waiting: (() => void)[] = []
  #held = 0

  constructor(room: number) {
    this.#room = room
  }

  async take(octets: number): Promise<void> {
    while (this.#held > 0 && this.#held + octets > this.#room)
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#held += octets
  }

  give(octets: number): void {
    this.#held -= octets
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
