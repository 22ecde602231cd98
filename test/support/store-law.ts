import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { flagText } from '../../src/stores/flag-text.js'
import { compareUtf8 } from '../../src/stores/folder-name.js'
import { THIS_THREAD } from '../../src/stores/readers.js'
import {
  type Folder,
  type FolderName,
  folderName,
  type KnownCopies,
  type KnownCopy,
  type Locator,
  locator,
  NOTHING_KNOWN,
  type ScanBatch,
  type ScannedCopy,
  type ScanVerdict,
  type ScanWant,
  type Store,
} from '../../src/stores/store.js'

/** A message that a law asks a store to hold. */
export interface LawMessage {
  /** A folder's name as `FolderName` has it; `INBOX` where not given. */
  readonly folder?: string
  readonly raw: Buffer
  readonly flags?: readonly string[]
  /** Seconds since 1970. */
  readonly received?: number
}

/** A store made for one test, and what other programs do to it. All names are those the store shows. */
export interface MadeStore {
  /** The store's file or directory, for the proof that reading changes nothing; null where there is none. */
  readonly root: string | null
  /** Opens the store anew, as a new run of the program does. */
  open(): Promise<Store>
  add(message: LawMessage): Promise<void>
  /** Takes away the message with this content. */
  remove(folder: string, raw: Buffer): Promise<void>
  /** Gives the message with this content other flags. */
  reflag(folder: string, raw: Buffer, flags: readonly string[]): Promise<void>
  removeFolder(folder: string): Promise<void>
  /** Puts something there that should be a message of the folder and that nobody can read, not even root. */
  addUnreadable(folder: string): Promise<void>
  dispose(): Promise<void>
}

export interface StoreMaker {
  /** What this kind gives back for octets that it was given, where line endings are its own; else the same. */
  given?(raw: Buffer): Buffer
  /** Makes a store that holds these messages, in order, and (where the kind can hold them) these further empty folders. */
  make(messages: readonly LawMessage[], emptyFolders?: readonly string[]): Promise<MadeStore>
}

/** What a store's own test knows to be otherwise for its kind: the clause's name, and the reason. */
export type Exceptions = Partial<Record<ClauseName, string>>

/** All that a scan handed over. */
export interface Scanned {
  readonly copies: readonly ScannedCopy[]
  readonly kept: readonly number[]
  readonly reflagged: ScanBatch['reflagged']
  readonly troubles: ScanBatch['troubles']
  readonly foreign: ScanBatch['foreign']
  readonly octets: number
  readonly verdict: ScanVerdict
}

/** Scans a folder to its end, and holds that there is one verdict, in the last batch. */
export async function scanFolder(
  folder: Folder,
  known: KnownCopies = NOTHING_KNOWN,
  want: ScanWant = 'headers',
): Promise<Scanned> {
  const batches: ScanBatch[] = []
  for await (const batch of folder.scan(known, THIS_THREAD, want)) batches.push(batch)
  expect(batches.slice(0, -1).every((batch) => batch.verdict === null)).toBe(true)
  const verdict = batches.at(-1)?.verdict ?? null
  if (verdict === null) throw new Error('a scan ended without a verdict')
  return {
    copies: batches.flatMap((batch) => batch.read),
    kept: batches.flatMap((batch) => batch.kept),
    reflagged: batches.flatMap((batch) => batch.reflagged),
    troubles: batches.flatMap((batch) => batch.troubles),
    foreign: batches.flatMap((batch) => batch.foreign),
    octets: batches.reduce((sum, batch) => sum + batch.octets, 0),
    verdict,
  }
}

/** What an index would know after a scan. */
export function knownAfter(scanned: Scanned): KnownCopies {
  const rows = [...scanned.copies].sort(inFolderOrder)
  const known: KnownCopy[] = rows.map((copy, n) => ({
    row: n + 1,
    locator: copy.locator,
    flags: flagText(copy.flags),
    stamp: copy.stamp,
  }))
  return { state: scanned.verdict.outcome === 'complete' ? scanned.verdict.state : null, copies: () => known }
}

export function inFolderOrder(a: ScannedCopy, b: ScannedCopy): number {
  return a.position - b.position || compareUtf8(a.locator, b.locator)
}

/** Reads messages by their locators; null for one that could not be read. */
export async function readAll(folder: Folder, locators: readonly Locator[]): Promise<(Buffer | null)[]> {
  const answers: (Buffer | null)[] = []
  for await (const copy of folder.read(locators)) {
    expect(copy.locator).toBe(locators[answers.length])
    answers.push(copy.bytes)
  }
  expect(answers.length).toBe(locators.length)
  return answers
}

/** All that can be seen of a tree: names, kinds, sizes, times, inodes, contents. (Not the access time of what was read.) */
export function snapshot(path: string): readonly string[] {
  const stats = lstatSync(path, { bigint: true })
  const self = `${path} ${stats.mode} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs} ${stats.ino} ${stats.nlink}`
  if (stats.isSymbolicLink()) return [`${self} -> ${readlinkSync(path)}`]
  if (!stats.isDirectory()) return [`${self} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`]
  const names = readdirSync(path, 'latin1').sort()
  return [self, ...names.flatMap((name) => snapshot(join(path, name)))]
}

/** A message as mail has it, told apart by `n`. */
export function mail(n: number, body = `Body ${n}\n`, more = ''): Buffer {
  const head = `From: a${n}@example.org\nSubject: Mail ${n}\nMessage-ID: <${n}@example.org>\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n`
  return Buffer.from(`${head}${more}\n${body}`, 'latin1')
}

interface LawContext {
  readonly maker: StoreMaker
  /** Makes a store that is taken away after the test. */
  make(messages: readonly LawMessage[], emptyFolders?: readonly string[]): Promise<MadeStore>
  /** Makes a store and opens its INBOX. */
  inbox(messages: readonly LawMessage[]): Promise<Opened>
}
interface Opened {
  readonly maker: StoreMaker
  readonly made: MadeStore
  readonly store: Store
  readonly folder: Folder
}

const INBOX = folderName('INBOX')
const RECEIVED = 1_700_000_000

async function reopen(made: MadeStore, name: FolderName = INBOX): Promise<Folder> {
  return (await made.open()).open(name)
}

/** Holds that a folder gives back these messages, octet by octet. */
async function gives({ maker, folder }: Pick<Opened, 'maker' | 'folder'>, raws: readonly Buffer[]): Promise<void> {
  const given = raws.map((raw) => maker.given?.(raw) ?? raw)
  const scanned = await scanFolder(folder)
  expect(scanned.verdict.outcome).toBe('complete')
  expect(scanned.troubles).toEqual([])
  const copies = [...scanned.copies].sort(inFolderOrder)
  const read = await readAll(
    folder,
    copies.map((copy) => copy.locator),
  )
  const shown = (bytes: Buffer | null): string => bytes?.toString('latin1') ?? 'unreadable'
  expect(read.map(shown).sort()).toEqual(given.map(shown).sort())
}

const same = (raw: Buffer) => async (law: LawContext) => {
  await gives(await law.inbox([{ raw }, { raw: mail(999) }]), [raw, mail(999)])
}

const holdsFolder = (name: string) => async (law: LawContext) => {
  const made = await law.make([{ raw: mail(1) }, { raw: mail(2), folder: name }])
  const store = await made.open()
  const { folders, troubles } = await store.list()
  expect(troubles).toEqual([])
  expect(folders.map((folder) => folder.name).filter((each) => each !== INBOX)).toEqual([name])
  await gives({ maker: law.maker, folder: await store.open(folderName(name)) }, [mail(2)])
}

const many = (count: number): LawMessage[] =>
  Array.from({ length: count }, (_, n) => ({ raw: mail(n), received: RECEIVED + n }))

/** The law: what every store does. */
const CLAUSES = {
  'gives back the same octets': async (law) => {
    const raws = Array.from({ length: 30 }, (_, n) => mail(n, `Line one ${n}\n\nLine two\n`))
    await gives(await law.inbox(raws.map((raw) => ({ raw }))), raws)
  },
  'gives back 8-bit octets': same(mail(1, 'Gr\xfc\xdfe \xe2\x82\xac \xff\xfe\x80\n', 'X-Raw: \xe4\xf6\xfc\n')),
  'gives back NUL octets': same(mail(1, 'a\0b\0\0c\n\0\n')),
  'gives back CRLF line ends': same(Buffer.from(mail(1).toString('latin1').replaceAll('\n', '\r\n'), 'latin1')),
  'gives back a message without a final newline': same(mail(1, 'no newline here')),
  'gives back trailing empty lines': same(mail(1, 'text\n\n\n\n')),
  'gives back a quoted From line': same(mail(1, 'above\n>From here on\n>>From there\nbelow\n')),
  'gives back an unquoted From line': same(mail(1, 'above\nFrom here on\n\nFrom there\nbelow\n')),
  'gives back an empty body': same(mail(1, '')),
  'gives back a message of headers alone': same(Buffer.from('Subject: no empty line\nMessage-ID: <x@example.org>\n')),
  'gives back an empty message': same(Buffer.alloc(0)),
  'gives back a line of 10 MB': same(mail(1, `${'x'.repeat(10_000_000)}\n`)),
  'an empty folder is complete and empty': async (law) => {
    const { folder } = await law.inbox([])
    const scanned = await scanFolder(folder)
    expect([scanned.copies.length, scanned.verdict.outcome]).toEqual([0, 'complete'])
    expect(await folder.measure()).toEqual({ messages: 0, octets: 0 })
  },
  'tells system flags': async (law) => {
    const flags = ['\\Answered', '\\Deleted', '\\Draft', '\\Flagged', '\\Seen']
    const { folder } = await law.inbox([{ raw: mail(1), flags }])
    const { copies } = await scanFolder(folder)
    expect(copies[0]?.flags).toEqual(folder.abilities.keepsFlags ? flags : [])
  },
  'tells that a message is unseen': async (law) => {
    const { folder } = await law.inbox([
      { raw: mail(1), flags: [] },
      { raw: mail(2), flags: ['\\Seen'] },
    ])
    const copies = [...(await scanFolder(folder)).copies].sort((a, b) => compareUtf8(a.facts.subject, b.facts.subject))
    expect(copies.map((copy) => copy.flags)).toEqual(folder.abilities.keepsFlags ? [[], ['\\Seen']] : [[], []])
  },
  'tells keywords': async (law) => {
    const { folder } = await law.inbox([{ raw: mail(1), flags: ['$Label1', '\\Seen', 'todo'] }])
    const { copies } = await scanFolder(folder)
    expect(copies[0]?.flags.filter((flag) => !flag.startsWith('\\'))).toEqual(
      folder.abilities.keepsKeywords ? ['$Label1', 'todo'] : [],
    )
  },
  'tells when a message was received': async (law) => {
    const { folder } = await law.inbox([{ raw: mail(1), received: RECEIVED }])
    expect((await scanFolder(folder)).copies[0]?.received).toBe(RECEIVED)
  },
  'tells the size of the message alone': async (law) => {
    const { maker, folder } = await law.inbox([{ raw: mail(1) }])
    expect((await scanFolder(folder)).copies[0]?.facts.size).toBe((maker.given?.(mail(1)) ?? mail(1)).length)
  },
  'has folders within folders': holdsFolder('Work/2024/January'),
  'has a folder with / in its name': holdsFolder('In\\/Out'),
  'has a folder with & in its name': holdsFolder('Q&A & more'),
  'has a folder named in other scripts': holdsFolder('Entwürfe/送信済み/📬 Post'),
  'has a folder named in decomposed letters': holdsFolder('Cafe\u0301'),
  'tells composed from decomposed names': async (law) => {
    const made = await law.make([
      { raw: mail(1), folder: 'Caf\u00e9' },
      { raw: mail(2), folder: 'Cafe\u0301' },
    ])
    const names = (await (await made.open()).list()).folders.map((folder) => folder.name)
    expect(names).toEqual(expect.arrayContaining(['Caf\u00e9', 'Cafe\u0301']))
  },
  'lists INBOX first, then by name': async (law) => {
    const folders = ['Zebra', 'Archive', 'Archive/2001', 'apple', 'INBOX']
    const made = await law.make(folders.map((folder, n) => ({ raw: mail(n), folder })))
    const names = (await (await made.open()).list()).folders.map((folder) => folder.name)
    expect(names).toEqual(['INBOX', 'Archive', 'Archive/2001', 'Zebra', 'apple'])
  },
  'tells special use': async (law) => {
    const made = await law.make([
      { raw: mail(1), folder: 'Trash' },
      { raw: mail(2), folder: 'Gesendet' },
      { raw: mail(3), folder: 'Friends' },
    ])
    const { folders } = await (await made.open()).list()
    const use = (name: string) => folders.find((folder) => folder.name === name)?.specialUse
    expect([use('Trash'), use('Gesendet'), use('Friends')]).toEqual(['\\Trash', '\\Sent', null])
  },
  'names every copy by another locator': async (law) => {
    const { folder } = await law.inbox([...many(20), { raw: mail(1) }, { raw: mail(1) }])
    const { copies } = await scanFolder(folder)
    expect(new Set(copies.map((copy) => copy.locator)).size).toBe(22)
    expect(new Set(copies.map((copy) => copy.object)).size).toBe(22)
  },
  'says the same in the same order, opened again': async (law) => {
    const { made, folder } = await law.inbox(many(50))
    const first = await scanFolder(folder)
    const second = await scanFolder(await reopen(made))
    expect(unstamped(second)).toEqual(unstamped(first))
  },
  'proves on a second scan that nothing changed': async (law) => {
    const { made, folder } = await law.inbox(many(20))
    const first = await scanFolder(folder)
    await settled(made, first)
    const known = knownAfter(await scanFolder(await reopen(made)))
    const second = await scanFolder(await reopen(made), known)
    expect(second.copies).toEqual([])
    if (second.verdict.outcome !== 'unchanged') expect(second.kept.length).toBe(20)
    expect(second.reflagged).toEqual([])
  },
  'finds the one message that was added': async (law) => {
    const { made, folder } = await law.inbox(many(20))
    const known = knownAfter(await scanFolder(folder))
    await made.add({ raw: mail(500), received: RECEIVED + 500 })
    const second = await scanFolder(await reopen(made), known)
    expect(second.verdict.outcome).toBe('complete')
    expect(second.copies.length + second.kept.length).toBe(21)
    expect(second.copies.map((copy) => copy.facts.id)).toContain('<500@example.org>')
  },
  'no longer finds the one message that was removed': async (law) => {
    const { made, folder } = await law.inbox(many(20))
    const known = knownAfter(await scanFolder(folder))
    await made.remove('INBOX', mail(7))
    const second = await scanFolder(await reopen(made), known)
    expect(second.verdict.outcome).toBe('complete')
    expect(second.copies.length + second.kept.length).toBe(19)
    expect(await subjects(await reopen(made))).not.toContain('Mail 7')
  },
  'finds the one flag that was changed': async (law) => {
    const { made, folder } = await law.inbox(many(20))
    if (!folder.abilities.keepsFlags) return
    const known = knownAfter(await scanFolder(folder))
    await made.reflag('INBOX', mail(7), ['\\Flagged', '\\Seen'])
    const second = await scanFolder(await reopen(made), known)
    expect(second.verdict.outcome).toBe('complete')
    expect(second.copies.length + second.kept.length).toBe(20)
    const now = [...second.reflagged, ...second.copies].map((copy) => flagText(copy.flags))
    expect(now).toContain('\\Flagged \\Seen')
  },
  'says that a locator names nothing any more': async (law) => {
    const { made, folder } = await law.inbox(many(3))
    const { copies } = await scanFolder(folder)
    const gone = copies.find((copy) => copy.facts.subject === 'Mail 2')?.locator ?? locator('none')
    await made.remove('INBOX', mail(2))
    const [bytes] = await readAll(await reopen(made), [gone])
    expect(bytes).toBeNull()
  },
  'answers a locator that it never gave': async (law) => {
    const { folder } = await law.inbox(many(3))
    for (const odd of ['', 'none', 'file=../../etc/passwd', 'number=-1', 'offset=1', 'file=', 'number=0001']) {
      expect(await readAll(folder, [locator(odd)])).toEqual([null])
    }
  },
  'changes nothing by reading': async (law) => {
    const { made, store, folder } = await law.inbox([...many(20), { raw: mail(99), folder: 'Sub' }])
    if (made.root === null) return
    const before = snapshot(made.root)
    await store.list()
    const { copies } = await scanFolder(folder)
    await readAll(
      folder,
      copies.map((copy) => copy.locator),
    )
    await folder.measure()
    expect(snapshot(made.root)).toEqual(before)
  },
  'is read by two at once': async (law) => {
    const { made, folder } = await law.inbox(many(300))
    const [one, two] = await Promise.all([scanFolder(folder), scanFolder(await reopen(made))])
    expect(unstamped(one)).toEqual(unstamped(two))
    expect(one.copies.length).toBe(300)
  },
  'tells that a folder has vanished': async (law) => {
    const made = await law.make([{ raw: mail(1) }, { raw: mail(2), folder: 'Sub' }])
    const store = await made.open()
    await store.list()
    await made.removeFolder('Sub')
    expect(await scanOutcome(store, folderName('Sub'))).toBe('failed')
    expect((await (await made.open()).list()).folders.map((folder) => folder.name)).not.toContain('Sub')
  },
  'goes on past a message that cannot be read, and fails the folder': async (law) => {
    const { made } = await law.inbox(many(5))
    await made.addUnreadable('INBOX')
    const scanned = await scanFolder(await reopen(made))
    expect(scanned.verdict.outcome).toBe('failed')
    expect(scanned.copies.length).toBe(5)
    expect(scanned.troubles.map((trouble) => trouble.code)).toEqual(['UNREADABLE'])
  },
  'measures as many messages as it scans': async (law) => {
    const { folder } = await law.inbox(many(20))
    const { copies } = await scanFolder(folder)
    const measured = await folder.measure()
    expect(measured.messages).toBe(copies.length)
    expect(measured.octets).toBeGreaterThanOrEqual(copies.reduce((sum, copy) => sum + copy.facts.size, 0))
  },
} as const satisfies Record<string, (law: LawContext) => Promise<void>>

export type ClauseName = keyof typeof CLAUSES

/** Runs the law against a kind of store. A clause with an exception is not run: its reason stands in the test's name. */
export function storeLaw(maker: StoreMaker, exceptions: Exceptions = {}): void {
  describe('store law', () => {
    const made: MadeStore[] = []
    afterEach(async () => {
      for (const store of made.splice(0)) await store.dispose()
    })
    const make = async (messages: readonly LawMessage[], empty: readonly string[] = []): Promise<MadeStore> => {
      const store = await maker.make(messages, empty)
      made.push(store)
      return store
    }
    const inbox = async (messages: readonly LawMessage[]): Promise<Opened> => {
      const one = await make(messages)
      const store = await one.open()
      return { maker, made: one, store, folder: await store.open(INBOX) }
    }
    const law: LawContext = { maker, make, inbox }
    for (const name of clauseNames()) {
      const reason = exceptions[name]
      if (reason === undefined) it(name, () => CLAUSES[name](law))
      else it.skip(`${name} (not so: ${reason})`, () => {})
    }
  })
}

function clauseNames(): ClauseName[] {
  const isClause = (name: string): name is ClauseName => Object.hasOwn(CLAUSES, name)
  return Object.keys(CLAUSES).filter(isClause)
}

/** A stamp may still be lacking for what was just written; all else is the same. */
const unstamped = (scanned: Scanned) => scanned.copies.map((copy) => ({ ...copy, stamp: '' }))

/** Waits until a store whose files were just written may be believed: until a scan gives every copy a stamp. */
async function settled(made: MadeStore, first: Scanned): Promise<void> {
  let last = first
  const end = Date.now() + 5_000
  while (last.copies.some((copy) => copy.stamp === '') && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    last = await scanFolder(await reopen(made))
  }
}

async function subjects(folder: Folder): Promise<string[]> {
  return (await scanFolder(folder)).copies.map((copy) => copy.facts.subject)
}

async function scanOutcome(store: Store, name: FolderName): Promise<string> {
  try {
    return (await scanFolder(await store.open(name))).verdict.outcome
  } catch {
    return 'failed'
  }
}
