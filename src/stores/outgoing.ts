import { readFacts } from '../message/facts.js'
import type { Outgoing } from './writable.js'

/** Seconds since 1970 that a message counts as received at: what it says itself, or now, where nobody knows. */
export function receivedOf({ received, bytes }: Pick<Outgoing, 'received' | 'bytes'>): number {
  return received ?? readFacts(bytes).date ?? Math.floor(Date.now() / 1_000)
}

/** A token becomes part of file names: it holds nothing that leads elsewhere. */
export function checkedToken(token: string): string {
  if (!/^[0-9a-zA-Z]{1,64}$/.test(token)) throw new TypeError(`no token: ${token}`)
  return token
}
