import type { MbauditError, Problem } from '../errors.js'
import type { IndexedCopy } from '../index/copy-index.js'
import type { Notebook } from '../index/notebook.js'
import type { FolderFacts, StoreIndex } from '../index/store-index.js'
import { readFacts } from '../message/facts.js'
import type { Digest } from '../message/message.js'
import { wireDigest } from '../message/wire.js'
import type { CopyRef, Expected, FolderRef, Lacking } from '../plan/step.js'
import type { FolderName } from '../stores/store.js'
import type { ApplyStore } from './apply.js'
import { ownKey } from './stored.js'

/** Why a step no longer holds. */
export class Stale {
  readonly why: string
  constructor(why: string) {
    this.why = why
  }
}

interface Seen {
  readonly facts: ReadonlyMap<FolderName, FolderFacts>
  readonly problems: readonly Problem[]
}

/** What lies where, in all stores of a plan, as of the last look. */
export class Places {
  readonly #stores: ReadonlyMap<string, ApplyStore>
  readonly #book: Notebook
  readonly #seen = new Map<string, Seen>()
  #looking: Promise<void> = Promise.resolve()
  /** How often stores were looked at. */
  looks = 0

  /** @param book - remembers how many copies of a mail the run itself stored before the look */
  constructor(stores: readonly ApplyStore[], book: Notebook) {
    this.#stores = new Map(stores.map((store) => [store.name, store]))
    this.#book = book
  }

  /** Looks at stores again. Nothing is asked while that goes on: `settled` comes before each question. */
  lookAgain(names: Iterable<string> = this.#stores.keys()): Promise<void> {
    const wanted = [...names]
    this.#looking = this.#looking.then(async () => {
      for (const name of wanted) await this.#look(this.store(name))
    })
    return this.#looking
  }

  settled(): Promise<void> {
    return this.#looking
  }

  async #look({ name, scanned }: ApplyStore): Promise<void> {
    this.looks++
    const problems = await scanned.again()
    await scanned.index.needIdentities()
    // A walk by identity has the index sorted so, which single questions need to be quick.
    scanned.index.copiesByIdentity()[Symbol.iterator]().next()
    const facts = new Map(scanned.index.folders().map((folder) => [folder.folder, folder]))
    this.#seen.set(name, { facts, problems })
  }

  store(name: string): ApplyStore {
    const store = this.#stores.get(name)
    if (store === undefined) throw new TypeError(`the plan names a store that is not there: ${name}`)
    return store
  }

  index(name: string): StoreIndex {
    return this.store(name).scanned.index
  }

  /** null: there was no such folder, or it is none of those that were asked for. */
  facts({ store, folder }: FolderRef): FolderFacts | null {
    return this.#seen.get(store)?.facts.get(folder) ?? null
  }

  /** The copy that a step is about, if it is still there and still that mail. */
  find(at: CopyRef, expect: Expected): IndexedCopy | Stale {
    const index = this.index(at.store)
    const found = index.copyAt(at.folder, at.locator)
    if (found === null) return new Stale('the message is gone')
    if (found.identity !== expect.identity) return new Stale('another message lies there now')
    const generation = this.facts(at)?.generation ?? null
    if (expect.generation !== null && expect.generation !== generation)
      return new Stale('the folder was numbered anew (UIDVALIDITY)')
    const wire = index.wire(found.copy)
    if (expect.wire !== null && wire !== null) {
      if (wire !== expect.wire) return new Stale('the message is another one now, under the same ID')
    } else if (found.copy.date !== expect.date) return new Stale('the message has another date now')
    return found.copy
  }

  /** Why there may be more copies than there should; null: there are not. */
  lacks({ store, folder, identity, atMost }: Lacking): Stale | null {
    const seen = this.#seen.get(store)
    const doubt = folder === null ? this.#doubtIn(store) : seen?.facts.get(folder)?.isComplete === false
    if (doubt) return new Stale(`${folder ?? store} could not be read in full`)
    const copies = this.index(store).copiesOf(identity, 'id')
    const met = folder === null ? copies.length : copies.filter((copy) => copy.folder === folder).length
    const own = this.#book.countOf(ownKey(store, folder, identity))
    return met - own > atMost ? new Stale('the mail is there by now') : null
  }

  #doubtIn(store: string): boolean {
    const seen = this.#seen.get(store)
    if (seen === undefined || seen.problems.length > 0) return true
    return [...seen.facts.values()].some(({ isComplete }) => !isComplete)
  }
}

/** The `wire` digest of a message; null: it is not the mail that a step is about. */
export function wireOfExpected(message: Buffer, expect: Expected): Digest | null {
  if (expect.wire === null) {
    const { id, date, wire } = readFacts(message)
    return id === expect.id && date === expect.date ? wire : null
  }
  const wire = wireDigest(message)
  return wire === expect.wire ? wire : null
}

/** What an error says, for the step that it kept from being done. */
export const wordsOf = ({ message, hint }: MbauditError): string => (hint === '' ? message : `${message}. ${hint}`)
