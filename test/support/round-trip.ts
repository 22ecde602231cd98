import { expect } from 'vitest'
import { wireDigest } from '../../src/message/wire.js'
import { type MemoryMessage, makeMemoryStore } from '../../src/stores/memory/store.js'
import { type Format, type Found, holds, type Migrated, type Place } from './migrating.js'

/** A store as a value, to migrate from. */
export function memoryPlace(folders: Readonly<Record<string, readonly MemoryMessage[]>>): Place {
  const store = makeMemoryStore(folders, { name: 'memory' })
  return { open: async () => store, openForWriting: () => Promise.reject(new Error('it is only read')) }
}

/** What a kind of store makes of a message, and why. */
interface Exception {
  readonly why: string
  readonly given: (raw: string) => string
}

const ended: Exception = {
  why: 'a message ends with its last line ending, but where a Content-Length says otherwise',
  given: (raw) => (raw.endsWith('\n') ? raw : `${raw}\n`),
}
const relayed: Exception = {
  why: 'a From_ line before the header is a separator, and so it is quoted; `wire` drops it',
  given: (raw) => raw.replace(/^From /, '>From '),
}
const unquoted: Exception = {
  why: 'mboxo quotes `From ` alone: what was `>From ` before cannot be told',
  given: (raw) => raw.replace(/\n>From /g, '\nFrom '),
}
const marked: Exception = {
  why: 'behind a byte order mark the Content-Length is taken for a field of the message; `wire` drops it',
  given: (raw) => raw.replace(/^(\xef\xbb\xbf)(?=Message-ID)/, '$1Content-Length: 2\n'),
}

const MBOXRD = {
  'no final newline': ended,
  'a final CR': ended,
  'CRLF, no final newline': ended,
  'a From line last': ended,
  'a header alone, no newline': ended,
  'lines that end in a lone CR': ended,
  'a From_ line inside': relayed,
}

/** The octets that a format cannot keep, by the name of the mail. All others come back as they were. */
const OTHERWISE: Readonly<Record<Format, Readonly<Record<string, Exception>>>> = {
  maildir: {},
  'maildir-fs': {},
  mboxrd: MBOXRD,
  mboxo: { ...MBOXRD, 'quoted From lines': unquoted },
  mboxcl2: {
    'a header alone, no newline': ended,
    'lines that end in a lone CR': ended,
    'a From_ line inside': relayed,
    'a byte order mark': marked,
  },
  mh: {},
  eml: {},
}

/** A file of one message has no flags but those that a former mbox left in its header. */
const FLAGS_IN_HEADER: Readonly<Record<string, readonly string[]>> = {
  "others' fields": ['\\Answered', '\\Seen', 'other'],
  'X-Mozilla fields': ['\\Seen'],
}

/** What a format makes of the messages of a folder. */
export function givenBy(format: Format, names: ReadonlyMap<string, string>, found: readonly Found[]): Found[] {
  return found.map((message) => {
    const name = names.get(message.wire) ?? ''
    const raw = OTHERWISE[format][name]?.given(message.raw) ?? message.raw
    return { ...message, raw, flags: format === 'eml' ? (FLAGS_IN_HEADER[name] ?? []) : message.flags }
  })
}

/** The names of mail by `wire`, which no store changes. */
export function namesOf(mails: Readonly<Record<string, Buffer>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(mails).map(([name, raw]) => [wireDigest(raw), name]))
}

/**
 * Holds that a store arrived: every folder with its messages, their octets, flags and received dates, in their order. A folder
 * that the target cannot have was refused, and nothing of it came.
 */
export async function expectArrived(from: Place, to: Place, migrated: Migrated, given: Given): Promise<void> {
  const [source, target] = [await holds(from), await holds(to)]
  const refused = refusedFolders(migrated)
  const wanted: Record<string, Found[]> = Object.fromEntries(Object.keys(target).map((name) => [name, []]))
  for (const [name, found] of Object.entries(source)) {
    const place = migrated.folderFor(name)
    if (!refused.includes(place)) wanted[place] = [...(wanted[place] ?? []), ...given.of(found)]
  }
  expect(Object.keys(target).sort()).toEqual(Object.keys(wanted).sort())
  for (const [name, found] of Object.entries(target)) {
    const messages = wanted[name] ?? []
    expect([name, inNameOrder(found)]).toEqual([name, inNameOrder(messages)])
    if (given.keepsOrder(messages))
      expect([name, found.map(({ wire }) => wire)]).toEqual([name, messages.map(({ wire }) => wire)])
  }
}

/** What a target makes of mail. */
export interface Given {
  readonly of: (found: readonly Found[]) => readonly Found[]
  readonly keepsOrder: (found: readonly Found[]) => boolean
}

/** A Maildir is in the order of its names, which begin with the second of arrival: in that order what comes in it stays. */
export const givenIn = (format: Format, names: ReadonlyMap<string, string>): Given => ({
  of: (found) => givenBy(format, names, found),
  keepsOrder: (found) => !format.startsWith('maildir') || rises(found.map(({ received }) => nameBegin(received))),
})

const nameBegin = (received: number | null): string => `${Math.max(0, received ?? 0)}.`
const rises = (texts: readonly string[]): boolean => texts.every((text, n) => n === 0 || (texts[n - 1] ?? '') < text)

/** Folders that the target cannot have, by the names that they were to have. */
export function refusedFolders({ result }: Migrated): readonly string[] {
  const failures = [...(result?.failures ?? [])].filter(({ op, code }) => op === 'createFolder' && code === 'REFUSED')
  return failures.map(({ folder }) => folder ?? '').sort()
}

const inNameOrder = (found: readonly Found[]): string[] => found.map((each) => JSON.stringify(each)).sort()
