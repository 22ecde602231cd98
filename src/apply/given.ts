import { type DkimSummary, summariseBodyHashes } from '../message/dkim-summary.js'
import type { Digest } from '../message/message.js'
import { wireDigest } from '../message/wire.js'

/** Octets of a message that is not held any longer than it must be. */
const LARGE = 8 << 20

/** The octets of a message that is given to a store. */
export class Given {
  readonly wire: Digest
  readonly size: number
  readonly #readAgain: () => Promise<Buffer | null>
  #octets: Buffer | null
  #signatures: DkimSummary | null | undefined

  /** @param readAgain - gives what lies in the source now, or null where that cannot be read */
  constructor(octets: Buffer, wire: Digest, readAgain: () => Promise<Buffer | null>) {
    this.wire = wire
    this.size = octets.length
    this.#octets = octets
    this.#readAgain = readAgain
  }

  /** Those that are held. @throws Error after `letGo` */
  get held(): Buffer {
    if (this.#octets === null) throw new Error('the octets were let go')
    return this.#octets
  }

  /** Whether octets are the very same as those that are held. */
  isHeldAs(octets: Buffer): boolean {
    return this.#octets?.equals(octets) === true
  }

  /** @returns null where they were let go and the source does not have them any more */
  async octets(): Promise<Buffer | null> {
    if (this.#octets !== null) return this.#octets
    const octets = await this.#readAgain()
    return octets !== null && wireDigest(octets) === this.wire ? octets : null
  }

  /** What the DKIM signatures say of the body; null: there are none. */
  get signatures(): DkimSummary | null {
    if (this.#signatures === undefined) this.#signatures = summariseBodyHashes(this.held)
    return this.#signatures
  }

  /**
   * Of a large message: the copy that was stored is read back without this one beside it.
   *
   * @param looksAtSignatures - whether `signatures` is asked for later
   */
  letGo(looksAtSignatures: boolean): void {
    if (this.#octets === null || this.size < LARGE) return
    if (looksAtSignatures) this.#signatures = this.signatures
    this.#octets = null
  }
}
