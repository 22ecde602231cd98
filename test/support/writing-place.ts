import { randomBytes } from 'node:crypto'
import { readFacts } from '../../src/message/facts.js'
import { digest, epochSeconds } from '../../src/message/message.js'
import { wireDigest } from '../../src/message/wire.js'
import { type FolderName, folderName, type Locator, type Store } from '../../src/stores/store.js'
import type { Outcome, Outgoing, Work, WritableFolder, WritableStore } from '../../src/stores/writable.js'
import { inFolderOrder, readAll, scanFolder } from './store-law.js'

/** A place for one store, made for one test. The store is not there until it is opened for writing. */
export interface WritingPlace {
  /** The directory or file of the store; null where it has none on this computer. */
  readonly root: string | null
  /** A private directory for old tails and the like. */
  readonly scratch: string
  /** Opens the store for reading, as another run of the program does. */
  open(): Promise<Store>
  /** Opens it for writing, and makes it where it is not there. */
  openForWriting(): Promise<WritableStore>
  /** Another program gives the message with this content other flags; null where none can. */
  readonly reflag: ((folder: FolderName, raw: Buffer, flags: readonly string[]) => Promise<void>) | null
  /** Another program takes away the message with this content, in its own way. */
  readonly remove: ((folder: FolderName, raw: Buffer) => Promise<void>) | null
  /** Another program puts this in the place of the message with this content, at the same locator; null where none can. */
  readonly exchange: ((folder: FolderName, raw: Buffer, by: Buffer) => Promise<void>) | null
  /** Does something and crashes before its `at`-th change. @returns whether it came to that; null where crashes are tried elsewhere */
  readonly crashAt: ((at: number, act: () => Promise<unknown>) => Promise<boolean>) | null
  dispose(): Promise<void>
}

export interface WritingMaker {
  make(): Promise<WritingPlace>
  /** What the kind gives back for octets that it was given; else the same. */
  readonly given?: (raw: Buffer) => Buffer
}

export const INBOX = folderName('INBOX')
export const RECEIVED = 1_700_000_000

/** A message as the kind gives it back, Latin-1. */
export const givenAs = ({ maker }: LawContext, raw: Buffer): string => (maker.given?.(raw) ?? raw).toString('latin1')

/** What can be seen of a folder. */
export interface Seen {
  readonly raw: string
  readonly flags: readonly string[]
  readonly received: number | null
  readonly locator: Locator
}

export interface LawContext {
  readonly maker: WritingMaker
  make(): Promise<WritingPlace>
}

let tokens = 0
/** A token as no other test has it. */
export const newToken = (): string => randomBytes(5).toString('hex') + (++tokens).toString(16).padStart(6, '0')

export function outgoing(raw: Buffer, more: Partial<Omit<Outgoing, 'bytes' | 'wire'>> = {}): Outgoing {
  return { token: newToken(), flags: [], received: epochSeconds(RECEIVED), ...more, bytes: raw, wire: wireDigest(raw) }
}

/** Opens a folder for writing; makes it where it is lacking. */
export async function folderIn(store: WritableStore, name: FolderName = INBOX): Promise<WritableFolder> {
  const { folders } = await store.list()
  if (!folders.some((folder) => folder.name === name)) await store.createFolder(name, null)
  return store.openForWriting(name)
}

export async function work(
  place: Pick<WritingPlace, 'scratch'>,
  folder: WritableFolder,
  wanted: Work,
): Promise<readonly Outcome[]> {
  return folder.carryOut(wanted, await folder.prepare(wanted, place.scratch))
}

/** Stores messages, and holds that each is done. @returns where they lie */
export async function store(
  place: WritingPlace,
  folder: WritableFolder,
  messages: readonly Outgoing[],
): Promise<readonly Locator[]> {
  const outcomes = await work(place, folder, { kind: 'append', messages })
  return outcomes.map((outcome, n) => {
    if (outcome.outcome !== 'done' || outcome.locator === null || outcome.token !== messages[n]?.token)
      throw new Error(`not stored: ${JSON.stringify(outcome)}`)
    return outcome.locator
  })
}

/** All messages of a folder as a run that opens the store anew sees them, in its order. Fails where it is not read in full. */
export async function seen(place: WritingPlace, name: FolderName = INBOX): Promise<readonly Seen[]> {
  const reading = await place.open()
  const folder = await reading.open(name)
  const scanned = await scanFolder(folder)
  if (scanned.verdict.outcome !== 'complete' || scanned.troubles.length > 0 || scanned.foreign.length > 0)
    throw new Error(`not read in full: ${JSON.stringify([scanned.verdict, scanned.troubles, scanned.foreign])}`)
  const copies = [...scanned.copies].sort(inFolderOrder)
  const locators = copies.map((copy) => copy.locator)
  const raws = await readAll(folder, locators)
  return copies.map(({ flags, received, locator }, n) => ({
    raw: raws[n]?.toString('latin1') ?? 'unreadable',
    flags,
    received,
    locator,
  }))
}

/** The subjects of a folder's messages, in its order. */
export async function subjects(place: WritingPlace, name: FolderName = INBOX): Promise<string[]> {
  return (await seen(place, name)).map(({ raw }) => readFacts(Buffer.from(raw, 'latin1')).subject)
}

export const wireOf = (raw: Buffer) => digest(wireDigest(raw))

export type Clause = (law: LawContext) => Promise<void>
