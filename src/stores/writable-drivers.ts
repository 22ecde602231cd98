import type { StoreSpec } from './store.js'
import type { WritableStore } from './writable.js'

/** Every kind of store that can be written to. The code of each is loaded when first asked for. */
const WRITING = {
  maildir: async () => (await import('./maildir/writing.js')).maildirWriting,
  mbox: async () => (await import('./mbox/writing-driver.js')).mboxWriting,
  mh: async () => (await import('./mh/writing.js')).mhWriting,
  eml: async () => (await import('./eml/writing.js')).emlWriting,
} as const

/**
 * Opens a store for writing; `apply` alone does.
 *
 * @param create - makes a new store where nothing lies, or an empty directory
 * @throws StoreNotFoundError, StoreUnrecognisedError, StoreUnreadableError or what keeps an account from being reached
 */
export async function openWritableStore(spec: StoreSpec, create: boolean): Promise<WritableStore> {
  if (spec.type === 'imap')
    return (await import('./imap/writing-driver.js')).imapWritingDriver.openForWriting(spec, create)
  if (spec.type === 'memory') throw new TypeError('a store in memory is not opened by a name')
  return (await WRITING[spec.type]()).openForWriting(spec, create)
}
