/** `1 message`, `12 messages`. */
export const messages = (count: number): string => `${count} ${count === 1 ? 'message' : 'messages'}`

/** What there is to say of a plan beside its steps: each thing once, with how many messages it is about. */
export class Notes {
  readonly #counts = new Map<string, number>()

  /** @param text - what is true of the messages, as a sentence goes on after their number: `stay where they are, since …` */
  count(text: string, more = 1): void {
    this.#counts.set(text, (this.#counts.get(text) ?? 0) + more)
  }

  /** A sentence that is about no message. */
  say(text: string): void {
    this.#counts.set(text, 0)
  }

  sentences(): readonly string[] {
    return [...this.#counts].map(([text, count]) => (count === 0 ? text : `${messages(count)}: ${text}`))
  }
}
