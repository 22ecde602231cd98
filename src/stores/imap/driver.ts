import type { ImapStoreSpec, Store, StoreDriver } from '../store.js'
import { AccountStore } from './account-store.js'
import { type ImapSession, openSession } from './session.js'

/** Accounts on IMAP servers. */
export const imapDriver: StoreDriver<ImapStoreSpec> = {
  type: 'imap',
  open: async (spec) =>
    openAccountStore(spec, await openSession(spec.account, { note: spec.note, signal: spec.signal })),
}

/** An account as a store. Closing it closes the session. */
export const openAccountStore = (spec: ImapStoreSpec, session: ImapSession): Store => new AccountStore(spec, session)
