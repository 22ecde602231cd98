import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type DupesOptions, type DuplicateScope, findDuplicates, IDENTITY_RULES } from '../../src/audit/duplicates.js'
import type { DuplicateGroup, JudgedCopy } from '../../src/audit/findings.js'
import { parseKeepRule } from '../../src/audit/keep-rules.js'
import { type MemoryMessage, makeMemoryStore } from '../../src/stores/memory/store.js'
import type { Store } from '../../src/stores/store.js'
import { scan } from '../support/scanning.js'

const TEXT = 'One line of it.\nTwo lines of it.\nThree lines of it.\nFour lines of it.'
const aRaw = fc
  .record({
    id: fc.constantFrom('1', '2', '3', null),
    date: fc.constantFrom('Mon, 1 Jan 2024 10:00:00 +0000', null),
    subject: fc.constantFrom('Choir', '[list] Choir'),
    trace: fc.nat(1),
    body: fc.constantFrom(TEXT, `${TEXT}\n-- \nfooter`, 'Another thing.', TEXT.slice(0, 40)),
  })
  .map(({ id, date, subject, trace, body }) =>
    Buffer.from(
      [
        ...(trace ? ['Received: by mx.example; Mon, 1 Jan 2024 00:00:00 +0000'] : []),
        ...(id ? [`Message-ID: <${id}@x>`] : []),
        ...(date ? [`Date: ${date}`] : []),
        'From: ada@example.org',
        `Subject: ${subject}`,
        '',
        body,
        '',
      ].join('\n'),
    ),
  )
const aMessage: fc.Arbitrary<MemoryMessage> = fc.record({
  raw: aRaw,
  flags: fc.subarray(['\\Deleted', '\\Flagged', '\\Seen']),
  received: fc.option(fc.nat(3)),
})
const someMessages = fc.array(aMessage, { maxLength: 6 })
const aStore = fc.record({ INBOX: someMessages, Sent: someMessages, Trash: someMessages, Archive: someMessages })
const someRules = fc
  .subarray(['whole', 'oldest', 'newest', 'largest', 'smallest', 'flagged', 'folder:Archive', 'store:second'])
  .map((rules) => rules.map(parseKeepRule).filter((rule) => rule !== null))

/** Objects of memory stores are numbered from one in each: here they are told apart. */
function tellApart(store: Store): Store {
  return {
    ...store,
    open: async (name) => {
      const folder = await store.open(name)
      const scanApart: typeof folder.scan = async function* (known) {
        for await (const batch of folder.scan(known))
          yield { ...batch, read: batch.read.map((copy) => ({ ...copy, object: `${store.identity} ${copy.object}` })) }
      }
      return {
        name,
        abilities: folder.abilities,
        scan: scanApart,
        read: (locators) => folder.read(locators),
        measure: () => folder.measure(),
        [Symbol.asyncDispose]: async () => {},
      }
    },
  }
}

type Folders = Readonly<Record<string, readonly MemoryMessage[]>>

async function dupes(stores: readonly Folders[], options: Partial<DupesOptions> = {}) {
  const scanned = []
  for (const [at, folders] of stores.entries())
    scanned.push(await scan(tellApart(makeMemoryStore(folders, { name: at === 0 ? 'first' : 'second' }))))
  try {
    const indexes = scanned.map(({ index }) => index)
    const found = await findDuplicates(indexes, { by: 'id', scope: 'store', keep: [], ...options })
    const groups = [...found.rows()]
    expect([...found.rows()]).toEqual(groups)
    return { summary: found.summary, groups }
  } finally {
    for (const each of scanned) await each[Symbol.asyncDispose]()
  }
}

const count = (stores: readonly Folders[]): number =>
  stores.flatMap((folders) => Object.values(folders)).reduce((sum, messages) => sum + messages.length, 0)

const options = fc.record({
  by: fc.constantFrom(...IDENTITY_RULES),
  scope: fc.constantFrom<DuplicateScope>('folder', 'store', 'all'),
  keep: someRules,
})

it('every message is accounted for', async () => {
  await fc.assert(
    fc.asyncProperty(aStore, aStore, options, async (first, second, chosen) => {
      const { summary, groups } = await dupes([first, second], chosen)
      expect(summary.messages).toBe(count([first, second]))
      expect(summary.unique + summary.groups + summary.extra).toBe(summary.messages)
      expect(groups).toHaveLength(summary.groups)
      const { identical, sameContent, modified, different, unverified } = summary
      expect(identical + sameContent + modified + different + unverified).toBe(summary.groups)
      const redundant = groups.flatMap(({ copies }) => copies.filter(({ keep }) => !keep))
      expect(redundant).toHaveLength(summary.redundant)
      expect(redundant.reduce((sum, { copy }) => sum + copy.size, 0)).toBe(summary.redundantBytes)
    }),
    { numRuns: 60 },
  )
})

const isSure = (a: JudgedCopy, b: JudgedCopy): boolean =>
  a.copy.wire === b.copy.wire || (a.copy.content !== null && a.copy.content === b.copy.content)
const isDeleted = ({ copy }: JudgedCopy): boolean => copy.flags.includes('\\Deleted')
const isWaste = ({ copy }: JudgedCopy): boolean => copy.specialUse === '\\Trash'
const isOwn = ({ copy }: JudgedCopy): boolean => copy.specialUse === '\\Sent'

function expectSafe({ copies }: DuplicateGroup): void {
  const [kept] = copies
  expect(kept.keep && kept.class === null && kept.rule !== null).toBe(true)
  const stay = copies.filter(({ keep }) => keep)
  for (const gone of copies.filter(({ keep }) => !keep)) {
    expect(isOwn(gone)).toBe(false)
    const standIn = stay.filter((copy) => isSure(copy, gone))
    expect(
      standIn.some(
        (copy) => (isDeleted(gone) || !isDeleted(copy)) && (isDeleted(gone) || isWaste(gone) || !isWaste(copy)),
      ),
    ).toBe(true)
  }
}

it('for each copy that is redundant one stays that is surely the same mail, and stands no worse', async () => {
  await fc.assert(
    fc.asyncProperty(aStore, aStore, options, async (first, second, chosen) => {
      const { groups } = await dupes([first, second], chosen)
      for (const group of groups) expectSafe(group)
    }),
    { numRuns: 60 },
  )
})

it('a narrower scope only splits groups, and finds no more that is redundant', async () => {
  await fc.assert(
    fc.asyncProperty(aStore, aStore, async (first, second) => {
      const [folder, store, all] = [
        await dupes([first, second], { scope: 'folder' }),
        await dupes([first, second], { scope: 'store' }),
        await dupes([first, second], { scope: 'all' }),
      ]
      for (const [narrow, wide] of [
        [folder, store],
        [store, all],
      ] as const) {
        expect(narrow.summary.extra).toBeLessThanOrEqual(wide.summary.extra)
        expect(narrow.summary.redundant).toBeLessThanOrEqual(wide.summary.redundant)
        const groupOf = new Map(
          wide.groups.flatMap(({ copies }, at) => copies.map(({ copy }) => [`${copy.store} ${copy.row}`, at] as const)),
        )
        for (const { copies } of narrow.groups)
          expect(new Set(copies.map(({ copy }) => groupOf.get(`${copy.store} ${copy.row}`))).size).toBe(1)
      }
    }),
    { numRuns: 40 },
  )
})

it('the order of arrival changes neither classes nor what is redundant', async () => {
  const shuffled = aStore.chain((folders) =>
    fc.record({ INBOX: fc.shuffledSubarray(folders.INBOX, { minLength: folders.INBOX.length }) }).map((other) => ({
      folders,
      other: { ...folders, ...other },
    })),
  )
  await fc.assert(
    fc.asyncProperty(shuffled, async ({ folders, other }) => {
      const [a, b] = [await dupes([folders]), await dupes([other])]
      const counted = ({ summary: { messages, unique, groups, extra, redundant } }: typeof a) => ({
        ...{ messages, unique, groups, extra, redundant },
      })
      expect(counted(b)).toEqual(counted(a))
    }),
    { numRuns: 40 },
  )
})
