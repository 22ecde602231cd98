import type { ImapFlow } from 'imapflow'
import { StoreUnreadableError } from '../../errors.js'
import type { FolderName, ImapStoreSpec, SpecialUse, StoreListing } from '../store.js'
import type { WritableStore, WritingDriver } from '../writable.js'
import type { AccountFolder } from './account-folder.js'
import { AccountStore } from './account-store.js'
import { createFolder, deleteEmptyFolder, type FolderAt, renameFolder, subscribe } from './folder-changes.js'
import { whyNoFlag } from './keeping-flags.js'
import { atPlace, lookAt, type WrittenPlace } from './look.js'
import { type Naming, pathOf, whyNoPath } from './names.js'
import { nameIn, namingOf } from './naming.js'
import { FolderRefusedError } from './refusal.js'
import { type ImapSession, openSession } from './session.js'
import { AccountWriter, type OpenedForWriting } from './writable-folder.js'

/** Accounts that are written to. An account is there or not: none is made. */
export const imapWritingDriver: WritingDriver<ImapStoreSpec> = {
  openForWriting: async (spec) =>
    openWritableAccount(spec, await openSession(spec.account, { note: spec.note, signal: spec.signal })),
}

/** An account as a store that is written to. Closing it closes the session. */
export async function openWritableAccount(spec: ImapStoreSpec, session: ImapSession): Promise<WritableStore> {
  try {
    return new WritableAccount(spec, session, await namingOf(session))
  } catch (error) {
    await session[Symbol.asyncDispose]()
    throw error
  }
}

class WritableAccount implements WritableStore {
  readonly spec: ImapStoreSpec
  readonly identity: string
  readonly #reading: AccountStore
  readonly #session: ImapSession
  readonly #naming: Naming

  constructor(spec: ImapStoreSpec, session: ImapSession, naming: Naming) {
    this.spec = spec
    this.#session = session
    this.#naming = naming
    this.#reading = new AccountStore(spec, session)
    this.identity = this.#reading.identity
  }

  list(): Promise<StoreListing> {
    return this.#reading.list()
  }

  subscriptions(): Promise<readonly FolderName[]> {
    return this.#reading.subscriptions()
  }

  open(folder: FolderName): Promise<AccountFolder> {
    return this.#reading.open(folder)
  }

  async openForWriting(name: FolderName): Promise<AccountWriter> {
    const listed = await this.#reading.find(name)
    if (listed === null) {
      const message = `${name}: there is no such folder`
      throw new StoreUnreadableError(this.spec.name, message, 'See which there are: mbaudit folders')
    }
    const place = { session: this.#session, path: listed.path, store: this.spec.name, shownAs: name }
    const opened = await atPlace(place, (client) => openForWriting(client, place))
    const targetOf = async (to: FolderName): Promise<string | null> => (await this.#reading.find(to))?.path ?? null
    return new AccountWriter(await this.#reading.open(name, opened.uidValidity), place, opened, targetOf)
  }

  async createFolder(folder: FolderName, specialUse: SpecialUse | null): Promise<void> {
    await createFolder(this.#at(folder), specialUse)
    this.#reading.forgetListing()
  }

  async renameFolder(from: FolderName, to: FolderName): Promise<void> {
    const at = await this.#listedAt(from)
    await renameFolder(at, this.#at(to).path)
    this.#reading.forgetListing()
  }

  async deleteEmptyFolder(folder: FolderName): Promise<void> {
    await deleteEmptyFolder(await this.#listedAt(folder))
    this.#reading.forgetListing()
  }

  async subscribe(folder: FolderName, isSubscribed: boolean): Promise<void> {
    await subscribe(await this.#listedAt(folder), isSubscribed)
  }

  whyNoFolder(folder: FolderName): string | null {
    return whyNoPath(folder, this.#naming)
  }

  nameFor(folder: FolderName): FolderName {
    return nameIn(folder, this.#naming)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reading[Symbol.asyncDispose]()
  }

  #at(folder: FolderName): FolderAt {
    const why = this.whyNoFolder(folder)
    const at = { store: this.spec.name, shownAs: folder }
    if (why !== null) throw new FolderRefusedError(at, why)
    return { ...at, ...this.#naming, session: this.#session, path: pathOf(folder, this.#naming) }
  }

  /** Under the name that the server lists it by, where it lists it. */
  async #listedAt(folder: FolderName): Promise<FolderAt> {
    const listed = await this.#reading.find(folder)
    if (listed === null) return this.#at(folder)
    const { separator } = this.#naming
    return { store: this.spec.name, shownAs: folder, separator, session: this.#session, path: listed.path }
  }
}

async function openForWriting(client: ImapFlow, place: WrittenPlace): Promise<OpenedForWriting> {
  const { uidValidity, uidNext } = await lookAt(client, place.path, { forWriting: true })
  const { mailbox, capabilities } = client
  if (!mailbox || mailbox.readOnly) throw new FolderRefusedError(place, 'the folder is open for reading alone')
  const flags: ReadonlySet<string> | undefined = mailbox.permanentFlags
  const permanent = flags === undefined ? null : new Set([...flags].map((flag) => flag.toLowerCase()))
  return {
    uidValidity,
    uidNext,
    whyNoFlag: (flag) => whyNoFlag(flag, permanent),
    largest: limitOf(Reflect.get(mailbox, 'appendlimit')) ?? limitOf(capabilities.get('APPENDLIMIT')),
    movesNatively: capabilities.has('MOVE') || capabilities.has('UIDPLUS'),
  }
}

const limitOf = (told: unknown): number | null => (typeof told === 'number' && told > 0 ? told : null)
