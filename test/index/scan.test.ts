import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findDuplicates } from '../../src/audit/duplicates.js'
import { listFolders, listMessages } from '../../src/audit/listing.js'
import type { IndexedCopy } from '../../src/index/copy-index.js'
import type { ScannedStore, ScanOptions } from '../../src/index/scan.js'
import { type MemoryMessage, type MemoryStore, makeMemoryStore } from '../../src/stores/memory/store.js'
import { folderName } from '../../src/stores/store.js'
import { scan } from '../support/scanning.js'

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'mbaudit-scan-'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

let caches = 0
const newCache = (): string => join(home, `cache-${++caches}`)

/** Few mails, so that many are alike: some share the ID, some have none, some no Date either. */
const mails = ['1', '1 again', '2', 'no id', 'no id', 'nothing'].map((kind, at) => {
  const id = kind.startsWith('no') ? '' : `Message-ID: <${kind[0]}@example.org>\n`
  const date = kind === 'nothing' ? '' : `Date: Mon, ${1 + at} Jan 2024 10:00:00 +0000\n`
  return Buffer.from(`${id}${date}Subject: ${kind}\n\nText ${kind}\n`)
})
const aMail = fc.constantFrom(...mails)
const aFolder = fc.constantFrom('INBOX', 'Archive', 'Sent')
const aPlace = fc.nat(3)
const aStep = fc.oneof(
  fc.record({ op: fc.constant('add' as const), folder: aFolder, raw: aMail }),
  fc.record({ op: fc.constant('remove' as const), folder: aFolder, at: aPlace }),
  fc.record({ op: fc.constant('flag' as const), folder: aFolder, at: aPlace }),
  fc.record({ op: fc.constant('rewrite' as const), folder: aFolder, at: aPlace, raw: aMail }),
  fc.record({ op: fc.constant('break' as const), folder: aFolder, at: aPlace }),
  fc.record({ op: fc.constant('drop folder' as const), folder: aFolder }),
  fc.record({ op: fc.constant('move' as const), folder: aFolder, to: aFolder }),
)
type Step = typeof aStep extends fc.Arbitrary<infer S> ? S : never

function take(store: MemoryStore, step: Step): void {
  const name = folderName(step.folder)
  const messages = store.folders.get(name) ?? []
  if (step.op === 'add') store.folders.set(name, [...messages, { raw: step.raw, flags: [], received: null }])
  else if (step.op === 'drop folder') store.folders.delete(name)
  else if (step.op === 'move') {
    store.folders.delete(name)
    const target = folderName(step.to)
    store.folders.set(target, [...(store.folders.get(target) ?? []), ...messages])
  } else change(messages, messages[step.at], step)
}

function change(messages: MemoryMessage[], message: MemoryMessage | undefined, step: Step): void {
  if (message === undefined) return
  if (step.op === 'remove') messages.splice(messages.indexOf(message), 1)
  else if (step.op === 'flag') message.flags = message.flags.length > 0 ? [] : ['\\Seen', 'work']
  else if (step.op === 'rewrite') message.raw = step.raw
  else message.isBroken = !message.isBroken
}

const aFew = (): MemoryMessage[] => mails.slice(0, 3).map((raw) => ({ raw, flags: [], received: null }))

const withoutRow = ({ row: _, ...copy }: IndexedCopy) => copy

/** All that results say of a scanned store. */
async function told(scanned: ScannedStore) {
  const { read: _read, kept: _kept, ...summary } = scanned.summary
  const list = await listMessages([scanned.index])
  const groups = async (by: 'id' | 'content') => {
    const found = await findDuplicates([scanned.index], { by, scope: 'store', keep: [] })
    const rows = [...found.rows()].map((group) => ({
      ...group,
      copies: group.copies.map((judged) => ({ ...judged, copy: withoutRow(judged.copy) })),
    }))
    return { summary: found.summary, rows }
  }
  return {
    summary,
    problems: scanned.problems.map(({ folder, locator }) => `${folder} ${locator}`).sort(),
    folders: [...(await listFolders([scanned.index])).rows()],
    list: [list.summary, [...list.rows()].map(withoutRow)],
    byId: await groups('id'),
    byContent: await groups('content'),
  }
}

async function scanAndTell(store: MemoryStore, options: Partial<ScanOptions>) {
  await using scanned = await scan(store, options)
  return await told(scanned)
}

const interruptedAfter = (batches: number): Partial<ScanOptions> => {
  const controller = new AbortController()
  let left = batches
  const onProgress = () => {
    if (left-- === 0) controller.abort()
  }
  return { signal: controller.signal, onProgress }
}

it('an index that followed a store says what a fresh one says', async () => {
  const round = fc.record({
    steps: fc.array(aStep, { maxLength: 6 }),
    interruptAfter: fc.option(fc.nat(9)),
    without: fc.option(aFolder, { freq: 4 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 5 }), async (rounds) => {
      const store = makeMemoryStore({ INBOX: aFew(), Archive: aFew() })
      const cacheDirectory = newCache()
      for (const { steps, interruptAfter, without } of rounds) {
        for (const step of steps) take(store, step)
        const wanted = (name: string) => name !== without
        if (interruptAfter !== null)
          await scanAndTell(store, { cacheDirectory, wanted, ...interruptedAfter(interruptAfter) }).catch(() => {})
        const followed = await scanAndTell(store, { cacheDirectory, wanted })
        expect(followed).toEqual(await scanAndTell(store, { wanted }))
      }
    }),
    { numRuns: 30 },
  )
})

it('reads nothing anew where nothing changed, and one message where one came', async () => {
  const raw = Buffer.from('Message-ID: <1@x>\n\ntext\n')
  const store = makeMemoryStore({ INBOX: [1, 2, 3].map(() => ({ raw, flags: [], received: 1 })), Archive: [] })
  const cacheDirectory = newCache()
  const counts: unknown[] = []
  for (const came of [0, 0, 1]) {
    for (let nth = 0; nth < came; nth++) store.folders.get(folderName('INBOX'))?.push({ raw, flags: [], received: 2 })
    await using scanned = await scan(store, { cacheDirectory })
    const { read, kept, messages, bytes, folders } = scanned.summary
    counts.push({ read, kept, messages, bytes, folders })
  }
  expect(counts).toEqual([
    { read: 3, kept: 0, messages: 3, bytes: 3 * raw.length, folders: 2 },
    { read: 0, kept: 3, messages: 3, bytes: 3 * raw.length, folders: 2 },
    { read: 1, kept: 3, messages: 4, bytes: 4 * raw.length, folders: 2 },
  ])
  expect(readdirSync(cacheDirectory)).toHaveLength(1)
})

it('From and Subject stay out of the index when they are not wanted', async () => {
  const raw = Buffer.from('Message-ID: <1@x>\nFrom: ada@example.org\nSubject: secret\n\ntext\n')
  const store = makeMemoryStore({ INBOX: [{ raw, flags: [], received: 1 }] })
  const cacheDirectory = newCache()
  const subjects: string[] = []
  for (const keepSubjects of [true, false, true]) {
    await using scanned = await scan(store, { cacheDirectory, keepSubjects })
    for (const { subject } of scanned.index.copies()) subjects.push(subject)
  }
  expect(subjects).toEqual(['secret', '', 'secret'])
})

it('From and Subject that an index held are no longer in its file once they are not wanted', async () => {
  const raw = Buffer.from('Message-ID: <1@x>\nFrom: ada@example.org\nSubject: secret\n\ntext\n')
  const store = makeMemoryStore({ INBOX: Array.from({ length: 200 }, () => ({ raw, flags: [], received: 1 })) })
  const cacheDirectory = newCache()
  const seen: boolean[] = []
  for (const keepSubjects of [true, false]) {
    await (await scan(store, { cacheDirectory, keepSubjects }))[Symbol.asyncDispose]()
    const files = readdirSync(cacheDirectory).map((name) => readFileSync(join(cacheDirectory, name)))
    seen.push(files.some((octets) => octets.includes('secret') || octets.includes('ada@example')))
  }
  expect(seen).toEqual([true, false])
})

it('a wish to stop ends a scan with its own error', async () => {
  const store = makeMemoryStore({ INBOX: [{ raw: mails[0] ?? Buffer.of(), flags: [], received: 1 }] })
  await expect(scan(store, interruptedAfter(0))).rejects.toMatchObject({ code: 'INTERRUPTED', exitStatus: 130 })
})

it('a wish to stop is seen between folders too small to pause in', async () => {
  const store = makeMemoryStore(Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`Folder ${n}`, []])))
  const controller = new AbortController()
  setImmediate(() => controller.abort())
  await expect(scan(store, { signal: controller.signal })).rejects.toMatchObject({ code: 'INTERRUPTED' })
})

it('a message that could not be read for a while is out of sight for that while', async () => {
  const store = makeMemoryStore({ INBOX: aFew() })
  const cacheDirectory = newCache()
  const seen: unknown[] = []
  for (const isBroken of [false, true, false, false]) {
    const [first] = store.folders.get(folderName('INBOX')) ?? []
    if (first) first.isBroken = isBroken
    await using scanned = await scan(store, { cacheDirectory })
    const { messages, read, kept, unreadable } = scanned.summary
    seen.push([messages, [...scanned.index.copies()].length, read, kept, unreadable, scanned.problems.length])
  }
  expect(seen).toEqual([
    [3, 3, 3, 0, 0, 0],
    [2, 2, 0, 2, 1, 1],
    [3, 3, 0, 3, 0, 0],
    [3, 3, 0, 3, 0, 0],
  ])
})
