import { type AccountSettings, type ImapAccount, imapAccount } from '../../src/stores/imap/account.js'
import type { Surroundings } from '../../src/stores/imap/session.js'

/** An account on a server on loopback, without encryption unless told otherwise. */
export function accountAt(port: number, settings: Partial<AccountSettings> = {}): ImapAccount {
  return imapAccount({
    name: 'test',
    host: '127.0.0.1',
    port,
    user: 'alice',
    security: 'none',
    authentication: passwordOf('secret'),
    timeouts: { connect: 2_000, greeting: 300, silence: 5_000 },
    ...settings,
  })
}

export const passwordOf = (password: string): AccountSettings['authentication'] => ({
  kind: 'password',
  password: async () => password,
  method: null,
  authzid: null,
})

/** A world where no time is spent waiting, and what was said and waited is kept. */
export function quickWorld(): Partial<Surroundings> & { readonly notes: string[]; readonly pauses: number[] } {
  const notes: string[] = []
  const pauses: number[] = []
  return {
    notes,
    pauses,
    random: () => 1,
    now: () => 0,
    pause: async (milliseconds) => void pauses.push(milliseconds),
    note: (text) => void notes.push(text),
  }
}
