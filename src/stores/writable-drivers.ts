import { StoreUnreadableError } from '../errors.js'
import type { StoreSpec } from './store.js'
import type { WritableStore } from './writable.js'

/**
 * Opens a store for writing; `apply` alone does. The code of each kind is loaded when it is first asked for.
 *
 * @param create - makes a new store where nothing lies, or an empty directory
 * @throws StoreNotFoundError, StoreUnrecognisedError, StoreUnreadableError or what keeps an account from being reached
 */
export async function openWritableStore(spec: StoreSpec, create: boolean): Promise<WritableStore> {
  switch (spec.type) {
    case 'maildir':
      return (await import('./maildir/writing.js')).maildirWriting.openForWriting(spec, create)
    case 'imap':
      return (await import('./imap/writing-driver.js')).imapWritingDriver.openForWriting(spec, create)
    case 'memory':
      throw new TypeError('a store in memory has no name by which it is opened')
    default:
      throw new StoreUnreadableError(spec.name, `${spec.name}: nothing is written to a store of this kind`, '')
  }
}
