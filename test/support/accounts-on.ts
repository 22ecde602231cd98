import type { AccountSettings } from '../../src/stores/imap/account.js'
import { type FolderName, folderName, type Store } from '../../src/stores/store.js'
import type { Dovecot } from './dovecot.js'
import { accountAt } from './imap-accounts.js'
import { openAccount } from './imap-store.js'
import { connectRaw, type RawImap } from './raw-imap.js'
import { type Scanned, scanFolder } from './store-law.js'

/** An account of a test's own on a server, and another client that changes it. */
export interface TestAccount extends AsyncDisposable {
  readonly user: string
  /** The other client. */
  readonly other: RawImap
  /** Opens it anew, as a new run of the program does; `port`: through a proxy. */
  open(settings?: Partial<AccountSettings> & { readonly port?: number }): Promise<Store>
  append(folder: string, raw: Buffer, flags?: readonly string[]): Promise<void>
}

let users = 0

export async function makeAccount(dovecot: Pick<Dovecot, 'port'>): Promise<TestAccount> {
  const user = `own${++users}`
  const other = await connectRaw(dovecot.port, user)
  const opened: Store[] = []
  return {
    user,
    other,
    open: async (settings = {}) => {
      const store = await openAccount(accountAt(settings.port ?? dovecot.port, { user, ...settings }))
      opened.push(store)
      return store
    },
    append: async (folder, raw, flags = []) => {
      await other.command('APPEND', `"${folder}"`, `(${flags.join(' ')})`, raw)
    },
    async [Symbol.asyncDispose]() {
      for (const store of opened) await store[Symbol.asyncDispose]()
      await other[Symbol.asyncDispose]()
    },
  }
}

/** Scans a folder of a store that was opened for it alone. */
export async function scanOf(
  store: Store,
  folder = 'INBOX',
  ...known: Parameters<typeof scanFolder> extends [unknown, ...infer Rest] ? Rest : never
): Promise<Scanned> {
  await store.list()
  await using opened = await store.open(folderName(folder))
  return scanFolder(opened, ...known)
}

export const foldersOf = async (store: Store): Promise<readonly FolderName[]> =>
  (await store.list()).folders.map(({ name }) => name)
