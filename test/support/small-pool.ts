import fc from 'fast-check'
import { type MemoryMessage, type MemoryStore, makeMemoryStore } from '../../src/stores/memory/store.js'

const TEXT = 'One line of it.\nTwo lines of it.\nThree lines of it.\nFour lines of it.'

/** A mail in words: few of them, so that stores share many. One without ID may be the first whose ID got lost. */
export interface MailRecipe {
  readonly id: string | null
  readonly subject: string
  readonly trace: boolean
  readonly body: string
}

export function mailOf({ id, subject, trace, body }: MailRecipe): Buffer {
  const lines = [
    ...(trace ? ['Received: by mx.example; Mon, 1 Jan 2024 00:00:00 +0000'] : []),
    ...(id === null ? [] : [`Message-ID: <${id}@example.org>`]),
    `Date: Mon, 1 Jan 2024 10:0${id ?? 1}:00 +0000`,
    'From: ada@example.org',
    `Subject: ${subject}`,
    '',
    body,
    '',
  ]
  return Buffer.from(lines.join('\n'))
}

export const mail = (id: string | null, changes: Partial<MailRecipe> = {}): Buffer =>
  mailOf({ id, subject: `Choir ${id ?? ''}`, trace: false, body: TEXT, ...changes })

export const message = (raw: Buffer, flags: readonly string[] = [], received = 1_700_000_000): MemoryMessage => ({
  raw,
  flags,
  received,
})

const aRaw = fc
  .record({
    id: fc.constantFrom('1', '2', '3', '4', '5', null),
    subject: fc.constantFrom('Choir', 'Choir', '[list] Choir', 'Rehearsal'),
    trace: fc.boolean(),
    body: fc.constantFrom(TEXT, TEXT, TEXT, `${TEXT}\n-- \nfooter`, 'Another thing.', TEXT.slice(0, 40)),
  })
  .map(mailOf)

/** Shown by what it says where a law does not hold. */
const readable = (each: MemoryMessage): MemoryMessage =>
  Object.defineProperty(each, fc.toStringMethod, {
    value: () => `${each.flags.join(' ')} ${each.received} ${JSON.stringify(String(each.raw))}`,
  })

export const aMessage: fc.Arbitrary<MemoryMessage> = fc
  .record({
    raw: aRaw,
    flags: fc.subarray(['$Later', '\\Deleted', '\\Flagged', '\\Seen']),
    received: fc.option(fc.integer({ min: 1, max: 5 })),
  })
  .map(readable)

export type Folders = Readonly<Record<string, readonly MemoryMessage[]>>

const someMessages = fc.array(aMessage, { maxLength: 5 })

/** Folders of a store; some of them may be lacking. */
export const someFolders: fc.Arbitrary<Folders> = fc
  .record({
    INBOX: someMessages,
    Archive: fc.option(someMessages, { nil: undefined }),
    'Archive/2024': fc.option(someMessages, { nil: undefined }),
    Sent: fc.option(someMessages, { nil: undefined }),
    Trash: fc.option(someMessages, { nil: undefined }),
  })
  .map((folders) => Object.fromEntries(Object.entries(folders).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]]))))

/** A store of its own, whatever else is made of the same messages. */
export function storeOf(name: string, folders: Folders): MemoryStore {
  const own = Object.entries(folders).map(([folder, messages]) => [
    folder,
    messages.map((each) => ({ ...each, flags: [...each.flags].sort() })),
  ])
  return makeMemoryStore(Object.fromEntries(own), { name })
}

/** What lies in a store, to be compared. */
export const contentsOf = (store: MemoryStore) =>
  [...store.folders]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([folder, messages]) => [folder, messages.map(({ raw, flags }) => `${flags.join(' ')} | ${raw}`)])
