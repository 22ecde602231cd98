import type { LocalStoreType, Store, StoreDriver, StoreSpec } from './store.js'

/** Every kind of store mbaudit can open, by the scheme written before the colon. The code of each is loaded when first asked for. */
export const DRIVERS = {
  maildir: async () => (await import('./maildir/driver.js')).maildirDriver,
  mbox: async () => (await import('./mbox/driver.js')).mboxDriver,
  mh: async () => (await import('./mh/driver.js')).mhDriver,
  eml: async () => (await import('./eml/driver.js')).emlDriver,
} as const satisfies Partial<Record<LocalStoreType, () => Promise<StoreDriver>>>
export type Scheme = keyof typeof DRIVERS

export const SCHEMES: readonly Scheme[] = ['maildir', 'mbox', 'mh', 'eml']

export const isScheme = (text: string): text is Scheme => Object.hasOwn(DRIVERS, text)

const imapDriver = async () => (await import('./imap/driver.js')).imapDriver

/** The driver of a kind of store in files. */
export async function localDriver(type: LocalStoreType): Promise<StoreDriver> {
  if (!isScheme(type)) throw new TypeError(`no driver for ${type}`)
  return DRIVERS[type]()
}

/**
 * Opens a store for reading.
 *
 * @throws StoreNotFoundError, StoreUnrecognisedError, StoreUnreadableError or what keeps an account from being reached, as the
 * driver finds
 */
export async function openStore(spec: StoreSpec): Promise<Store> {
  if (spec.type === 'imap') return (await imapDriver()).open(spec)
  return (await localDriver(spec.type)).open(spec)
}
