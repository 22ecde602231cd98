import { expect, it } from 'vitest'
import { listFolders } from '../../src/audit/listing.js'
import { findNoId } from '../../src/audit/no-id.js'
import { explainMail } from '../../src/audit/show.js'
import type { StoreIndex } from '../../src/index/store-index.js'
import { type MemoryMessage, makeMemoryStore } from '../../src/stores/memory/store.js'
import { locator } from '../../src/stores/store.js'
import { scan } from '../support/scanning.js'

const message = (raw: string, flags: readonly string[] = []): MemoryMessage => ({
  raw: Buffer.from(raw),
  flags,
  received: 7,
})
const head = 'Date: Mon, 1 Jan 2024 10:00:00 +0000\nFrom: ada@example.org\nSubject: Choir\n'
const FOLDERS = {
  INBOX: [
    message(`Message-ID: <1@x>\n${head}\nWe meet.\n`),
    message(`Received: by mx\nMessage-ID: <1@x>\n${head}\nWe meet.\n`, ['\\Seen']),
    message(`Message-ID: <2@x>\n${head}\nWe meet.\n`, ['\\Deleted']),
    message(`${head}\nno ID\n`),
  ],
  Archive: [message(`Message-ID: <1@x>\n${head}\nAnother thing altogether.\n`)],
}

async function withIndex<T>(ask: (indexes: readonly [StoreIndex]) => Promise<T>): Promise<T> {
  await using scanned = await scan(makeMemoryStore(FOLDERS))
  return await ask([scanned.index])
}

it('finds a mail by its ID, with or without brackets, and all its copies', async () => {
  for (const query of ['<1@x>', '1@x', ' <1 @x> (as the mail writes it)']) {
    const { mails, pair } = await withIndex((indexes) => explainMail(indexes, [query]))
    expect(mails).toMatchObject([{ query, identity: '<1@x>', copy: { folder: 'INBOX', locator: 'number=1' } }])
    expect(mails[0]?.copies.map(({ locator }) => locator)).toEqual(['number=1', 'number=2', 'number=5'])
    expect(mails[0]?.group?.class).toBe('different')
    expect(pair).toBeNull()
  }
})

it('finds a mail by locator, by folder and locator, and by the identity it has for want of an ID', async () => {
  await withIndex(async (indexes) => {
    const [byLocator] = (await explainMail(indexes, ['number=4'])).mails
    expect(byLocator).toMatchObject({ copy: { id: null }, group: null })
    const identity = byLocator?.identity ?? ''
    expect(identity).toMatch(/^content:[0-9a-f]{64}$/)
    for (const query of ['INBOX/number=4', identity])
      expect((await explainMail(indexes, [query])).mails[0]?.copy).toEqual(byLocator?.copy)
  })
})

it.each([
  ['number=1', 'number=2', { class: 'same-content', areDuplicates: true, isSameIdentity: true }],
  ['number=1', 'number=5', { class: 'different', areDuplicates: false, isSameIdentity: true }],
  ['number=1', 'number=3', { class: 'same-content', areDuplicates: true, isSameIdentity: false }],
  ['number=1', 'number=4', { class: 'different', areDuplicates: false, isSameIdentity: false }],
  ['number=1', 'number=1', { class: 'identical', areDuplicates: false, isSameObject: true }],
])('says of %s and %s why they are, or are not, duplicates', async (one, other, expected) => {
  const { pair } = await withIndex((indexes) => explainMail(indexes, [one, other]))
  expect(pair).toMatchObject(expected)
  expect(pair?.why).toMatch(/\.$/)
  expect(pair?.details.length).toBeGreaterThan(0)
})

it('refuses what is not there, and a locator that several folders have', async () => {
  await expect(withIndex((indexes) => explainMail(indexes, ['3@x']))).rejects.toMatchObject({ code: 'USAGE' })
  const store = makeMemoryStore({ INBOX: [message('a: b\n\n1\n')], Archive: [message('a: b\n\n2\n')] })
  const open = store.open.bind(store)
  const clashing = { ...store, open: async (name: Parameters<typeof open>[0]) => alikeLocators(await open(name)) }
  await using scanned = await scan(clashing)
  await expect(explainMail([scanned.index], ['number=1'])).rejects.toMatchObject({
    hint: expect.stringContaining('INBOX/number=1, Archive/number=1'),
  })
  const { mails } = await explainMail([scanned.index], ['Archive/number=1'])
  expect(mails[0]?.copy.folder).toBe('Archive')
})

type Opened = Awaited<ReturnType<ReturnType<typeof makeMemoryStore>['open']>>

/** Numbers begin at one in every folder, as those of MH do. */
function alikeLocators(folder: Opened): Opened {
  return {
    name: folder.name,
    abilities: folder.abilities,
    measure: () => folder.measure(),
    read: (locators) => folder.read(locators),
    async *scan(known) {
      for await (const batch of folder.scan(known))
        yield { ...batch, read: batch.read.map((copy) => ({ ...copy, locator: locator('number=1') })) }
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

it('lists folders with what they hold, marked deleted counted apart', async () => {
  const { summary, rows } = await withIndex((indexes) => listFolders(indexes))
  expect(summary).toMatchObject({ folders: 2, messages: 5 })
  expect([...rows()]).toMatchObject([
    { folder: 'INBOX', messages: 4, unseen: 2, deleted: 1, noId: 1, oldest: 1704103200, newest: 1704103200 },
    { folder: 'Archive', specialUse: '\\Archive', messages: 1, unseen: 1, deleted: 0, noId: 0 },
  ])
})

it('lists messages with no ID, and what identifies them instead', async () => {
  await withIndex(async (indexes) => {
    const { summary, rows } = await findNoId(indexes)
    expect(summary).toEqual({ messages: 5, noId: 1 })
    expect([...rows()]).toMatchObject([{ copy: { locator: 'number=4' }, identity: expect.stringMatching(/^content:/) }])
  })
})
