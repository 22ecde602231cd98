import type { MaxRate } from './account.js'

/** Holds all connections of a session together to so much a second. */
export interface Meter {
  /** Waits until what was just read is paid for. */
  spend(messages: number, octets: number): Promise<void>
}

/** As much may be read at once as a fifth of a second pays for: waiting for each message would cost more than it spares. */
const CREDIT = 200

/**
 * @param pause - waits so many milliseconds
 * @param now - milliseconds
 */
export function createMeter(
  { messages: maxMessages, octets: maxOctets }: MaxRate,
  pause: (milliseconds: number) => Promise<void>,
  now: () => number,
): Meter {
  if (maxMessages === null && maxOctets === null) return { spend: async () => undefined }
  let paidUntil = now()
  return {
    async spend(messages, octets) {
      const seconds = Math.max(cost(messages, maxMessages), cost(octets, maxOctets))
      paidUntil = Math.max(paidUntil, now()) + seconds * 1000
      const owed = paidUntil - now()
      if (owed > CREDIT) await pause(owed - CREDIT)
    },
  }
}

const cost = (amount: number, perSecond: number | null) => (perSecond === null ? 0 : amount / perSecond)
