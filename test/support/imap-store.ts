import type { ImapAccount } from '../../src/stores/imap/account.js'
import { openAccountStore } from '../../src/stores/imap/driver.js'
import { openSession, type Surroundings } from '../../src/stores/imap/session.js'
import type { Store } from '../../src/stores/store.js'

/** Opens an account as a store. Nothing is waited for between tries. */
export async function openAccount(account: ImapAccount, surroundings: Partial<Surroundings> = {}): Promise<Store> {
  const note = () => undefined
  const signal = new AbortController().signal
  const session = await openSession(account, { pause: async () => undefined, note, signal, ...surroundings })
  return openAccountStore({ name: account.name, type: 'imap', account, note, signal }, session)
}
