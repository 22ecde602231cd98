import type { ImapAccount } from '../../src/stores/imap/account.js'
import { openSession, type Surroundings } from '../../src/stores/imap/session.js'
import { openWritableAccount } from '../../src/stores/imap/writing-driver.js'
import type { WritableStore } from '../../src/stores/writable.js'

/** Opens an account for writing. Nothing is waited for between tries. */
export async function openForWriting(
  account: ImapAccount,
  surroundings: Partial<Surroundings> = {},
): Promise<WritableStore> {
  const note = () => undefined
  const signal = new AbortController().signal
  const session = await openSession(account, { pause: async () => undefined, note, signal, ...surroundings })
  return openWritableAccount({ name: account.name, type: 'imap', account, note, signal }, session)
}
