import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findDuplicates } from '../../src/audit/duplicates.js'
import { listMessages } from '../../src/audit/listing.js'
import { findNoId } from '../../src/audit/no-id.js'
import { type ScannedStore, type ScanOptions, scanStore } from '../../src/index/scan.js'
import { openStore } from '../../src/stores/drivers.js'
import { type LocalStoreSpec, type LocalStoreType, NOTHING_KNOWN, type ScanVerdict } from '../../src/stores/store.js'
import { copyFixtures } from '../support/fixtures.js'
import { mutate, seeded } from './mutations.js'

const ROUNDS = process.env.MBAUDIT_LONG === '1' ? 400 : 12
const FIRST_SEED = Number(process.env.MBAUDIT_SEED ?? 1)
/** How many of a store's files are damaged in one round. */
const SHARE = 0.6

const STORES: readonly (readonly [LocalStoreType, string])[] = [
  ['maildir', 'mail'],
  ['mbox', 'old-mail'],
  ['mh', 'mh'],
  ['eml', 'eml'],
]

const OPTIONS: ScanOptions = {
  cacheDirectory: null,
  rebuild: false,
  wanted: () => true,
  keepSubjects: true,
  onProgress: () => undefined,
  now: () => 0,
  signal: new AbortController().signal,
}

/** All regular files of a store. */
function filesBelow(path: string): string[] {
  const all = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()
  return all.map((name) => join(path, name)).filter((file) => lstatSync(file).isFile())
}

function damage(path: string, seed: number): void {
  const next = seeded(seed)
  const files = filesBelow(path)
  const contents = files.map((file) => readFileSync(file))
  for (const [i, file] of files.entries()) {
    if (next() < SHARE) writeFileSync(file, mutate(contents[i] ?? Buffer.alloc(0), next, contents))
  }
}

/** The verdict on each folder, asked of the store itself. */
async function verdicts(spec: LocalStoreSpec): Promise<(ScanVerdict['outcome'] | 'none')[]> {
  await using store = await openStore(spec)
  const found: (ScanVerdict['outcome'] | 'none')[] = []
  for (const { name } of (await store.list()).folders) {
    await using folder = await store.open(name)
    let outcome: ScanVerdict['outcome'] | 'none' = 'none'
    for await (const batch of folder.scan(NOTHING_KNOWN)) outcome = batch.verdict?.outcome ?? outcome
    found.push(outcome)
  }
  return found
}

/** Every message is in a group, or unique, or extra; walking the rows gives what the summary says. */
async function expectAllAccounted({ index, summary }: ScannedStore): Promise<void> {
  for (const by of ['id', 'content'] as const) {
    const found = await findDuplicates([index], { by, scope: 'store', keep: [] })
    const groups = [...found.rows()]
    const { messages, unique, extra, noId } = found.summary
    expect(unique + groups.length + extra).toBe(messages)
    expect(groups.reduce((copies, group) => copies + group.copies.length, 0)).toBe(groups.length + extra)
    expect(messages).toBe(summary.messages)
    expect(noId).toBeLessThanOrEqual(messages)
  }
  const withoutId = await findNoId([index])
  expect([...withoutId.rows()].length).toBe(withoutId.summary.noId)
}

describe.each(STORES)('%s, damaged', (type, folder) => {
  it.each(Array.from({ length: ROUNDS }, (_, i) => [FIRST_SEED + i]))(
    'seed %i: read to its end, every message accounted for',
    async (seed) => {
      await using copy = await copyFixtures()
      const spec: LocalStoreSpec = { name: 'fuzz', type, path: join(copy.path, folder), options: {} }
      const whole = await countMessages(spec)
      const cached = { ...OPTIONS, cacheDirectory: join(copy.path, '../cache') }
      await rowsOf(spec, cached)
      damage(spec.path, seed)

      expect(await verdicts(spec)).not.toContain('none')
      await using store = await openStore(spec)
      await using scanned = await scanStore(store, OPTIONS)
      await expectAllAccounted(scanned)
      expect(scanned.summary.unreadable).toBe(0)
      const cold = await rowsOf(spec, OPTIONS)
      expect(await rowsOf(spec, cached)).toEqual(cold)
      expect(await rowsOf(spec, cached)).toEqual(cold)
      // Where a file is a message, no damage to its content makes it more or fewer.
      if (type === 'maildir' || type === 'mh') expect(scanned.summary.messages).toBe(whole)
    },
  )
})

/** Every copy, without the index's own number for it. */
async function rowsOf(spec: LocalStoreSpec, options: ScanOptions): Promise<unknown[]> {
  await using store = await openStore(spec)
  await using scanned = await scanStore(store, options)
  return [...(await listMessages([scanned.index])).rows()].map((copy) => ({ ...copy, row: 0 }))
}

async function countMessages(spec: LocalStoreSpec): Promise<number> {
  await using store = await openStore(spec)
  await using scanned = await scanStore(store, OPTIONS)
  return scanned.summary.messages
}
