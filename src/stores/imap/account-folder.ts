import type { Readers } from '../readers.js'
import type {
  Folder,
  FolderMeasure,
  FolderName,
  ImapStoreSpec,
  KnownCopies,
  Locator,
  ReadCopy,
  ScanBatch,
  ScanWant,
} from '../store.js'
import { accountIdentity } from './account.js'
import { execute } from './command.js'
import { type FolderPlace, inPlace } from './fetch.js'
import { isUnicode, type ListedFolder, readStatus, refreshOpen, statusItems } from './folders.js'
import { handOver } from './hand-over.js'
import { listMessages } from './listing.js'
import { encodedPath } from './names.js'
import { readMessages } from './read.js'
import { scanFolder } from './scan.js'
import type { ImapSession } from './session.js'
import { FolderRenumberedError, type FolderState } from './state.js'
import { NOTHING_HEARD, readTrouble } from './trouble.js'

/** A folder of an account, for reading. */
export class AccountFolder implements Folder {
  readonly name: FolderName
  readonly abilities = { keepsFlags: true, keepsKeywords: true, stableLocators: true }
  readonly #spec: ImapStoreSpec
  readonly #session: ImapSession
  readonly #path: string
  readonly #place: FolderPlace
  readonly #validities: Map<string, string | null>
  /** What LIST-STATUS said; looked at once, since it grows old. */
  #listed: FolderState | null

  constructor(
    spec: ImapStoreSpec,
    session: ImapSession,
    { name, path, status }: ListedFolder,
    validities: Map<string, string | null>,
  ) {
    this.name = name
    this.#spec = spec
    this.#session = session
    this.#path = path
    this.#listed = status
    this.#validities = validities
    this.#place = { session, path, shownAs: name, check: (state) => this.#check(state) }
  }

  async *scan(known: KnownCopies, _readers?: Readers, want: ScanWant = 'headers'): AsyncIterable<ScanBatch> {
    this.#validities.delete(this.#path)
    const account = accountIdentity(this.#session.account)
    const folder = {
      name: this.name,
      account,
      identity: `${account} ${this.#path}`,
      place: this.#place,
      status: () => this.#status(),
      windows: this.#session.account.preset?.windows ?? [],
    }
    yield* handOver<ScanBatch>((hand) => scanFolder(folder, known, want, hand))
  }

  async *read(locators: Iterable<Locator>): AsyncIterable<ReadCopy> {
    yield* handOver<ReadCopy>((hand) => readMessages(this.#place, locators, hand))
  }

  async measure(): Promise<FolderMeasure> {
    const { met } = await inPlace(this.#place, false, (client, _, lent) =>
      listMessages(client, lent, { isStopped: false }),
    )
    let octets = 0
    for (const { size } of met.values()) octets += size ?? 0
    return { messages: met.size, octets }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** @throws FolderRenumberedError */
  #check({ uidValidity }: FolderState): void {
    const noted = this.#validities.get(this.#path)
    if (noted === undefined) this.#validities.set(this.#path, uidValidity)
    else if (noted !== uidValidity) throw new FolderRenumberedError(this.#spec.name, this.name)
  }

  async #status(): Promise<FolderState | null> {
    const listed = this.#listed
    this.#listed = null
    return listed ?? (await this.#askStatus())
  }

  async #askStatus(): Promise<FolderState | null> {
    return this.#session.use(async (client) => {
      let status: FolderState | null = null
      try {
        await refreshOpen(client)
        await execute(client, 'STATUS', [encodedPath(this.#path, isUnicode(client)), statusItems(client)], {
          STATUS: (answer) => {
            status = readStatus(answer)
            return undefined
          },
        })
      } catch (error) {
        if (readTrouble(error, NOTHING_HEARD, 'work')?.kind !== 'refused') throw error
      }
      return status
    })
  }
}
