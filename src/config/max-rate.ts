import type { MaxRate } from '../stores/imap/account.js'

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1_000, m: 1_000_000, g: 1_000_000_000 }

/** How a rate is written, for the message that refuses another. */
export const MAX_RATE_FORMS = 'octets a second (500k, 2M), messages a second (50msg), or both (2M,50msg)'

/** Reads what an account may be asked for in a second: `2M`, `50msg`, `2M,50msg`; null where it is written otherwise. */
export function parseMaxRate(text: string): Partial<MaxRate> | null {
  const rate: { octets?: number; messages?: number } = {}
  for (const part of text.split(',')) {
    const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)(k|m|g|msg)?$/i.exec(part.trim()) ?? []
    const count = digits === undefined ? 0 : Number(digits) * (UNITS[unit.toLowerCase()] ?? 1)
    const key = unit.toLowerCase() === 'msg' ? 'messages' : 'octets'
    if (count <= 0 || rate[key] !== undefined) return null
    rate[key] = count
  }
  return rate
}
