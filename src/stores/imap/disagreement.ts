import type { ScanVerdict } from '../store.js'

type Failure = ScanVerdict & { readonly outcome: 'failed' }

export const disagreement = (what: string): Failure => ({
  outcome: 'failed',
  code: 'UNREADABLE',
  message: `the server contradicts itself: EXISTS and ${what} differ on how many messages there are`,
})

/** A folder that stands at the number that a provider shows at most may hold more. */
export const atWindow = (window: number): Failure => ({
  outcome: 'failed',
  code: 'UNREADABLE',
  message: `the server shows at most ${window} messages of a folder, and this one stands at that`,
})
