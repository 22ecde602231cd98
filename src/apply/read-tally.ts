import type { StepOutcome } from './journal-entry.js'
import type { ApplyCounts } from './result.js'

/** Counts what was seen of copies when they were read back, and deletions that are marked and still there. */
export class ReadTally {
  #verified = 0
  #altered = 0
  #redated = 0
  #notExpunged = 0

  add({ outcome, verified, altered, received }: StepOutcome): void {
    if (verified) this.#verified++
    if (altered !== undefined) this.#altered++
    if (received !== undefined) this.#redated++
    if (outcome === 'not-expunged') this.#notExpunged++
  }

  get counts(): Pick<ApplyCounts, 'verified' | 'alteredByServer' | 'redatedByServer' | 'notExpunged'> {
    return {
      verified: this.#verified,
      alteredByServer: this.#altered,
      redatedByServer: this.#redated,
      notExpunged: this.#notExpunged,
    }
  }
}
