import { MbauditError } from '../../errors.js'
import type { Folder, FolderName, SpecialUse } from '../store.js'
import { folderName } from '../store.js'
import type { Outgoing, WritableFolder, WritableStore, WritingAbilities } from '../writable.js'
import type { MemoryStore } from './store.js'
import { MemoryWork } from './work.js'

/** How a memory store behaves that is written to, for tests of those who write. */
export interface MemoryWriting {
  /** Told before and after each change of one message or folder. What it throws is a crash there and then. */
  readonly onChange?: (when: 'before' | 'after', what: string) => void
  /** The store's words for a message that it will not have; null: it takes it. */
  readonly refuses?: (message: Outgoing) => string | null
  /** What it keeps of the octets that it is given, as a server does that alters mail. */
  readonly keeps?: (bytes: Buffer) => Buffer
  readonly movesNatively?: boolean
  /** Marks `\Deleted` what it is to delete, as a server without UIDPLUS does. */
  readonly neverExpunges?: boolean
  readonly atOnce?: WritingAbilities['atOnce']
  readonly whyNoFlag?: (flag: string) => string
  readonly whyNoFolder?: (folder: FolderName) => string | null
  readonly nameFor?: (folder: FolderName) => FolderName
  readonly largest?: number
}

/** The folders that a memory store was told to subscribe to, and the special uses it was told of. */
export interface WritableMemoryStore extends WritableStore {
  readonly subscribed: Set<FolderName>
  readonly specialUses: Map<FolderName, SpecialUse>
}

/** The writing side of a memory store. Any number of them may be opened on one, as several processes open one store. */
export function writableMemory(store: MemoryStore, options: MemoryWriting = {}): WritableMemoryStore {
  const subscribed = new Set<FolderName>()
  const specialUses = new Map<FolderName, SpecialUse>()
  const change = (what: string, act: () => void): void => {
    options.onChange?.('before', what)
    act()
    options.onChange?.('after', what)
  }
  return {
    spec: store.spec,
    identity: store.identity,
    subscribed,
    specialUses,
    list: () => store.list(),
    subscriptions: async () => [...subscribed].sort(),
    open: (folder) => store.open(folder),
    openForWriting: async (folder) => writableFolder(store, await store.open(folder), options, change),
    createFolder: async (folder, specialUse) => {
      const why = options.whyNoFolder?.(folder) ?? null
      if (why !== null) throw refused(store, folder, why)
      if (specialUse !== null) specialUses.set(folder, specialUse)
      if (!store.folders.has(folder)) change(`create ${folder}`, () => store.folders.set(folder, []))
    },
    renameFolder: async (from, to) => renameFolder(store, from, to, change),
    deleteEmptyFolder: async (folder) => deleteFolder(store, folder, change),
    subscribe: async (folder, wanted) => void (wanted ? subscribed.add(folder) : subscribed.delete(folder)),
    whyNoFolder: (folder) => options.whyNoFolder?.(folder) ?? null,
    nameFor: (folder) => options.nameFor?.(folder) ?? folder,
    [Symbol.asyncDispose]: async () => {},
  }
}

type Change = (what: string, act: () => void) => void

function writableFolder(store: MemoryStore, folder: Folder, options: MemoryWriting, change: Change): WritableFolder {
  const work = new MemoryWork(store, folder.name, options, change)
  return {
    name: folder.name,
    abilities: folder.abilities,
    scan: (known) => folder.scan(known),
    read: (locators) => folder.read(locators),
    measure: () => folder.measure(),
    writing: {
      movesNatively: options.movesNatively ?? true,
      atOnce: options.atOnce ?? { messages: 100, octets: 1 << 24 },
      whyNoFlag: options.whyNoFlag ?? (() => ''),
      largest: options.largest ?? null,
    },
    prepare: (given) => work.prepare(given),
    carryOut: (given, mark) => work.carryOut(given, mark),
    settle: (mark) => work.settle(mark),
    [Symbol.asyncDispose]: async () => {},
  }
}

function renameFolder(store: MemoryStore, from: FolderName, to: FolderName, change: Change): void {
  const moving = [...store.folders.keys()].filter((name) => name === from || name.startsWith(`${from}/`))
  const taken = moving.find((name) => store.folders.has(folderName(to + name.slice(from.length))))
  if (taken !== undefined) throw refused(store, to, 'there is such a folder already')
  if (from === 'INBOX') throw refused(store, from, 'INBOX keeps its name')
  // The folder itself last: what is cut off in the middle goes on.
  for (const name of moving.sort().reverse()) {
    change(`rename ${name}`, () => {
      store.folders.set(folderName(to + name.slice(from.length)), store.folders.get(name) ?? [])
      store.folders.delete(name)
    })
  }
}

function deleteFolder(store: MemoryStore, folder: FolderName, change: Change): void {
  if (folder === 'INBOX') throw refused(store, folder, 'INBOX stays')
  if ((store.folders.get(folder)?.length ?? 0) > 0) throw refused(store, folder, 'mail lies in it')
  if ([...store.folders.keys()].some((name) => name.startsWith(`${folder}/`)))
    throw refused(store, folder, 'a folder lies in it')
  if (store.folders.has(folder)) change(`delete ${folder}`, () => store.folders.delete(folder))
}

function refused(store: MemoryStore, folder: FolderName, why: string): MbauditError {
  return new MbauditError('REFUSED', 4, `${folder}: ${why}`, 'Choose another name.', { store: store.spec.name, folder })
}
