import { StoreUnreadableError } from '../../errors.js'
import type { FolderName, ImapStoreSpec, Store, StoreListing } from '../store.js'
import { accountIdentity } from './account.js'
import { AccountFolder } from './account-folder.js'
import { foldsCase } from './case-probe.js'
import { type FolderListing, type ListedFolder, listFolders, listSubscriptions } from './folders.js'
import { nameIn, namingOf } from './naming.js'
import type { ImapSession } from './session.js'

/** An account as a store. Closing it closes the session. */
export class AccountStore implements Store {
  readonly spec: ImapStoreSpec
  readonly identity: string
  readonly #session: ImapSession
  #listed: ReadonlyMap<FolderName, ListedFolder> | null = null
  /** The UIDVALIDITY that the folders had when their messages were scanned. */
  readonly #validities = new Map<string, string | null>()

  constructor(spec: ImapStoreSpec, session: ImapSession) {
    this.spec = spec
    this.identity = accountIdentity(session.account)
    this.#session = session
  }

  async list(): Promise<StoreListing> {
    const { folders, troubles } = await this.#list()
    return { folders: folders.map(({ name, specialUse }) => ({ name, specialUse })), foreign: [], troubles }
  }

  subscriptions(): Promise<readonly FolderName[]> {
    return listSubscriptions(this.#session)
  }

  async namer(): Promise<(folder: FolderName) => FolderName> {
    const naming = await namingOf(this.#session)
    return (folder) => nameIn(folder, naming)
  }

  async foldsCase(name: FolderName): Promise<boolean> {
    const folder = await this.find(name)
    return folder !== null && foldsCase(this.#session, folder.path)
  }

  /** @param uidValidity - what its locators hold under, where that is known already */
  async open(name: FolderName, uidValidity?: string | null): Promise<AccountFolder> {
    const folder = await this.find(name)
    if (folder !== null && uidValidity !== undefined) this.#validities.set(folder.path, uidValidity)
    if (folder !== null) return new AccountFolder(this.spec, this.#session, folder, this.#validities)
    throw new StoreUnreadableError(
      this.spec.name,
      `${name}: there is no such folder`,
      'See which there are: mbaudit folders',
    )
  }

  /** A folder as it was listed last; null: it was not. */
  async find(name: FolderName): Promise<ListedFolder | null> {
    if (this.#listed === null) await this.#list()
    return this.#listed?.get(name) ?? null
  }

  /** Folders were made, renamed or taken away. */
  forgetListing(): void {
    this.#listed = null
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session[Symbol.asyncDispose]()
  }

  async #list(): Promise<FolderListing> {
    const listing = await listFolders(this.#session)
    this.#listed = new Map(listing.folders.map((folder) => [folder.name, folder]))
    return listing
  }
}
