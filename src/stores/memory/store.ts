import { StoreUnreadableError } from '../../errors.js'
import { readFacts } from '../../message/facts.js'
import { epochSeconds } from '../../message/message.js'
import { flagText, sortedFlags } from '../flag-text.js'
import { compareFolderNames } from '../folder-name.js'
import { specialUseOf } from '../special-use.js'
import {
  type Folder,
  type FolderMeasure,
  type FolderName,
  folderName,
  type KnownCopies,
  type KnownCopy,
  type LocalStoreSpec,
  type Locator,
  locator,
  type ReadCopy,
  type ScanBatch,
  type ScannedCopy,
  type Store,
  type StoreListing,
} from '../store.js'

/** A message of a memory store. The test that holds it may change it between two scans. */
export interface MemoryMessage {
  raw: Buffer
  flags: readonly string[]
  /** Seconds since 1970, or null. */
  received: number | null
  /** Reading it fails. */
  isBroken?: boolean
  emailId?: string
  /** What it shares with the other places that the same object is seen in. */
  object?: string
  /** The step that stored it or moved it here. */
  token?: string
}

/** A store that is a value: for tests, which change `folders` as another program changes a store. */
export interface MemoryStore extends Store {
  readonly folders: Map<FolderName, MemoryMessage[]>
  /** The messages that were asked for, by folder and locator, in that order. */
  readonly asked: string[]
  locatorOf(message: MemoryMessage): Locator
}

let made = 0

export interface MemoryOptions {
  readonly name?: string
  /** As an account is scanned: without the digest that the body is needed for. */
  readonly scansHeadersAlone?: boolean
}

/** Makes a store of the messages given by folder name. */
export function makeMemoryStore(
  folders: Readonly<Record<string, readonly MemoryMessage[]>>,
  { name = 'memory', scansHeadersAlone = false }: MemoryOptions = {},
): MemoryStore {
  const held = new Map<FolderName, MemoryMessage[]>()
  for (const [key, messages] of Object.entries(folders)) held.set(folderName(key), [...messages])
  const spec: LocalStoreSpec = { name, type: 'memory', path: '/', options: {} }
  const identity = `memory:${++made}`
  const shared: Shared = { identity, held, numbers: new Numbers(), asked: [], scansHeadersAlone }
  return {
    spec,
    identity,
    folders: held,
    asked: shared.asked,
    locatorOf: (message) => shared.numbers.locatorOf(message),
    list: async () => listFolders(held),
    open: async (folder) => {
      if (!held.has(folder))
        throw new StoreUnreadableError(name, `${folder}: no such folder`, 'List the folders again.')
      return new MemoryFolder(folder, shared)
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

function listFolders(held: ReadonlyMap<FolderName, unknown>): StoreListing {
  const names = [...held.keys()].sort(compareFolderNames)
  return { folders: names.map((name) => ({ name, specialUse: specialUseOf(name) })), foreign: [], troubles: [] }
}

/** Numbers messages as they are met; one keeps its number while the store lives. */
class Numbers {
  readonly #numbers = new WeakMap<MemoryMessage, number>()
  #last = 0
  of(message: MemoryMessage): number {
    const number = this.#numbers.get(message) ?? ++this.#last
    this.#numbers.set(message, number)
    return number
  }
  locatorOf(message: MemoryMessage): Locator {
    return locator(`number=${this.of(message)}`)
  }
}

interface Shared {
  readonly identity: string
  readonly held: ReadonlyMap<FolderName, MemoryMessage[]>
  readonly numbers: Numbers
  readonly asked: string[]
  readonly scansHeadersAlone: boolean
}

class MemoryFolder implements Folder {
  readonly name: FolderName
  readonly abilities = { keepsFlags: true, keepsKeywords: true, stableLocators: true }
  readonly #shared: Shared

  constructor(name: FolderName, shared: Shared) {
    this.name = name
    this.#shared = shared
  }

  async *scan(known: KnownCopies): AsyncIterable<ScanBatch> {
    const messages = this.#shared.held.get(this.name)
    if (messages === undefined) {
      yield batch({ verdict: { outcome: 'failed', code: 'UNREADABLE', message: 'the folder is gone' } })
      return
    }
    const before = new Map([...known.copies()].map((copy) => [copy.locator, copy]))
    let failed = false
    for (const message of messages) {
      const step = this.#scanOne(message, before.get(this.#locatorOf(message)))
      failed ||= step.troubles.length > 0
      yield step
    }
    yield batch({
      verdict: failed
        ? { outcome: 'failed', code: 'UNREADABLE', message: 'a message could not be read' }
        : { outcome: 'complete', state: 'memory' },
    })
  }

  async *read(locators: Iterable<Locator>): AsyncIterable<ReadCopy> {
    const messages = this.#shared.held.get(this.name) ?? []
    const found = new Map(messages.map((message) => [this.#locatorOf(message), message]))
    for (const wanted of locators) {
      this.#shared.asked.push(`${this.name} ${wanted}`)
      const message = found.get(wanted)
      if (message === undefined) yield { locator: wanted, bytes: null, problem: 'is gone' }
      else if (message.isBroken) yield { locator: wanted, bytes: null, problem: 'cannot be read' }
      else yield { locator: wanted, bytes: Buffer.from(message.raw), problem: null }
    }
  }

  async measure(): Promise<FolderMeasure> {
    const whole = (this.#shared.held.get(this.name) ?? []).filter((message) => !message.isBroken)
    return { messages: whole.length, octets: whole.reduce((sum, message) => sum + message.raw.length, 0) }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #locatorOf(message: MemoryMessage): Locator {
    return this.#shared.numbers.locatorOf(message)
  }

  #scanOne(message: MemoryMessage, known: KnownCopy | undefined): ScanBatch {
    const flags = sortedFlags(message.flags)
    const where = this.#locatorOf(message)
    if (message.isBroken) {
      const trouble = { code: 'UNREADABLE' as const, folder: this.name, locator: where, message: 'cannot be read' }
      return batch({ troubles: [trouble] })
    }
    const copy = this.#copyOf(message, where, flags)
    if (known?.stamp !== copy.stamp) return batch({ read: [copy], octets: message.raw.length })
    const changed = known.flags !== flagText(flags)
    return batch({ kept: [known.row], reflagged: changed ? [{ row: known.row, flags }] : [] })
  }

  #copyOf(message: MemoryMessage, where: Locator, flags: readonly string[]): ScannedCopy {
    const whole = readFacts(message.raw)
    const facts = this.#shared.scansHeadersAlone ? { ...whole, wire: null } : whole
    const number = this.#shared.numbers.of(message)
    return {
      locator: where,
      position: number,
      facts,
      flags,
      received: message.received === null ? null : epochSeconds(message.received),
      stamp: whole.wire ?? '',
      object: message.object ?? `${this.#shared.identity}:${this.name}:${number}`,
      hasOtherNames: message.object !== undefined,
      boundsInDoubt: false,
      emailId: message.emailId ?? null,
    }
  }
}

function batch(parts: Partial<ScanBatch>): ScanBatch {
  return { read: [], kept: [], reflagged: [], foreign: [], troubles: [], octets: 0, verdict: null, ...parts }
}
