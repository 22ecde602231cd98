import fc from 'fast-check'
import { expect, it } from 'vitest'
import { compareStores } from '../../src/audit/compare/compare-stores.js'
import { COMPARE_ALL, type CompareOptions, type Difference } from '../../src/audit/compare/comparison.js'
import type { IndexedCopy } from '../../src/index/copy-index.js'
import { type MemoryMessage, makeMemoryStore } from '../../src/stores/memory/store.js'
import { folderName } from '../../src/stores/store.js'
import { scan } from '../support/scanning.js'

const TEXT = 'One line of it.\nTwo lines of it.\nThree lines of it.\nFour lines of it.'
const aMessage: fc.Arbitrary<MemoryMessage> = fc
  .record({
    id: fc.constantFrom('1', '2', '3', null),
    date: fc.constantFrom('Mon, 1 Jan 2024 10:00:00 +0000', null),
    subject: fc.constantFrom('Choir', '[list] Choir'),
    trace: fc.nat(1),
    body: fc.constantFrom(TEXT, `${TEXT}\n-- \nfooter`, 'Another thing.', TEXT.slice(0, 40)),
    flags: fc.subarray(['\\Deleted', '\\Seen', 'Work', 'work']),
    isBroken: fc.constantFrom(...Array.from({ length: 30 }, () => false), true),
  })
  .map(({ id, date, subject, trace, body, flags, isBroken }) => ({
    raw: Buffer.from(
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
    flags,
    received: 0,
    isBroken,
  }))
const someMessages = fc.array(aMessage, { maxLength: 5 })
const someFolders = fc.record(
  { INBOX: someMessages, Archive: someMessages, 'Archive/2024': someMessages, Sent: someMessages },
  { requiredKeys: ['INBOX'] },
)
type Folders = Partial<Record<string, readonly MemoryMessage[]>>

interface Told {
  readonly summary: Awaited<ReturnType<typeof compareStores>>['summary']
  readonly pairs: readonly Difference[]
  readonly differences: readonly Difference[]
  readonly copies: { readonly master: readonly IndexedCopy[]; readonly slave: readonly IndexedCopy[] }
}

interface Side {
  readonly folders: Folders
  readonly name: string
}

async function compare(
  one: Side,
  other: Side,
  scansHeadersAlone = false,
  options: Partial<CompareOptions> = {},
): Promise<Told> {
  const make = ({ folders, name }: Side) => {
    const full = Object.fromEntries(Object.entries(folders).map(([folder, held]) => [folder, held ?? []]))
    return makeMemoryStore(full, { name, scansHeadersAlone })
  }
  await using master = await scan(make(one))
  await using slave = await scan(make(other))
  using found = await compareStores(master.index, slave.index, { ...COMPARE_ALL, ...options })
  const differences = [...found.differences()]
  expect([...found.differences()]).toEqual(differences)
  const pairs = [...found.pairs()]
  expect(pairs.filter(({ kind }) => kind !== 'same')).toEqual(differences)
  const copies = { master: [...master.index.copies()], slave: [...slave.index.copies()] }
  return { summary: found.summary, pairs, differences, copies }
}

const TURNED = { missing: 'extra', extra: 'missing' } as const
const nameOf = ({ store, folder, locator }: IndexedCopy) => `${store} ${folder} ${locator}`
const namesOf = (copies: readonly IndexedCopy[]) => copies.map(nameOf).sort()

function shape({ kind, reason, master, slave, evidence, inDoubt }: Difference, isTurned: boolean) {
  const turned = kind === 'missing' || kind === 'extra' ? TURNED[kind] : kind
  const [one, other] = [namesOf(master), namesOf(slave)]
  return JSON.stringify([
    isTurned ? turned : kind,
    reason,
    isTurned ? other : one,
    isTurned ? one : other,
    evidence,
    inDoubt,
  ])
}

it('says the same with the sides turned round', () =>
  fc.assert(
    fc.asyncProperty(someFolders, someFolders, fc.boolean(), async (a, b, headers) => {
      const [one, other] = [
        { folders: a, name: 'a' },
        { folders: b, name: 'b' },
      ]
      const there = await compare(one, other, headers)
      const back = await compare(other, one, headers)
      expect(back.pairs.map((pair) => shape(pair, true)).sort()).toEqual(
        there.pairs.map((pair) => shape(pair, false)).sort(),
      )
      const { missing, extra, foldersMissing, foldersExtra, unjudged, ...same } = there.summary
      expect(back.summary).toEqual({
        ...same,
        missing: extra,
        extra: missing,
        foldersMissing: foldersExtra,
        foldersExtra: foldersMissing,
        unjudged: { master: unjudged.slave, slave: unjudged.master },
      })
    }),
    { numRuns: 150 },
  ))

it('tells of every copy once, but for one that is flagged otherwise and there in another number', () =>
  fc.assert(
    fc.asyncProperty(someFolders, someFolders, fc.boolean(), async (a, b, headers) => {
      const { pairs, copies, summary } = await compare({ folders: a, name: 'a' }, { folders: b, name: 'b' }, headers)
      const isToldTwice = (pair: Difference) =>
        pair.kind === 'copies' &&
        pairs.some((other) => other.kind === 'flags' && other.master[0]?.row === pair.master[0]?.row)
      const once = pairs.filter((pair) => !isToldTwice(pair))
      const told = once.flatMap(({ master, slave }) => [...master, ...slave]).map(nameOf)
      expect(new Set(told).size).toBe(told.length)
      const all = namesOf([...copies.master, ...copies.slave])
      if (summary.unjudged.master + summary.unjudged.slave === 0 && !hasBroken(a) && !hasBroken(b))
        expect(told.sort()).toEqual(all)
      else expect(all).toEqual(expect.arrayContaining(told))
      const masters = once.filter(({ master }) => master.length > 0)
      expect(summary.inBoth + summary.missing + summary.moved).toBe(masters.length)
      expect(summary.evidence.headers + summary.evidence.digests).toBe(summary.inBoth + summary.moved)
    }),
    { numRuns: 150 },
  ))

const hasBroken = (folders: Folders) => Object.values(folders).some((held) => held?.some(({ isBroken }) => isBroken))
const mended = (folders: Folders): Folders =>
  Object.fromEntries(
    Object.entries(folders).map(([name, held]) => [name, held?.map((each) => ({ ...each, isBroken: false })) ?? []]),
  )

it('finds nothing between equal stores, in whatever order they keep their mail', () =>
  fc.assert(
    fc.asyncProperty(someFolders, fc.boolean(), async (folders, headers) => {
      const whole = mended(folders)
      const turned = Object.fromEntries(
        Object.entries(whole).map(([name, held]) => [name, [...(held ?? [])].reverse()]),
      )
      const { differences } = await compare({ folders: whole, name: 'a' }, { folders: turned, name: 'b' }, headers)
      expect(differences).toEqual([])
    }),
    { numRuns: 100 },
  ))

it('never calls mail missing that a body proves to be there, nor there that is not', () =>
  fc.assert(
    fc.asyncProperty(someFolders, someFolders, async (a, b) => {
      const { pairs } = await compare({ folders: mended(a), name: 'a' }, { folders: mended(b), name: 'b' })
      const wires = (copies: readonly IndexedCopy[]) => new Set(copies.map(({ wire }) => wire))
      for (const { kind, master, slave } of pairs) {
        if (kind !== 'missing') continue
        const inFolder = pairs.filter((pair) => pair.masterFolder === master[0]?.folder && pair.kind === 'extra')
        for (const extra of inFolder) for (const wire of wires(master)) expect(wires(extra.slave).has(wire)).toBe(false)
        expect(slave).toEqual([])
      }
    }),
    { numRuns: 100 },
  ))

/** Each comparison has stores of its own. */
const withoutObjects = ({ master, slave, ...told }: Difference) => {
  const bare = ({ object: _object, ...copy }: IndexedCopy) => copy
  return { ...told, master: master.map(bare), slave: slave.map(bare) }
}

it('leaves out what was not asked for and nothing else', () =>
  fc.assert(
    fc.asyncProperty(someFolders, someFolders, async (a, b) => {
      const [one, other] = [
        { folders: mended(a), name: 'a' },
        { folders: mended(b), name: 'b' },
      ]
      const all = await compare(one, other)
      const inbox = await compare(one, other, false, { wantsFolder: (folder) => folder === folderName('INBOX') })
      const isInbox = ({ masterFolder, slave, kind }: Difference) =>
        masterFolder === 'INBOX' && (kind !== 'moved' || slave[0]?.folder === 'INBOX')
      expect(inbox.pairs.map(withoutObjects)).toEqual(all.pairs.filter(isInbox).map(withoutObjects))
    }),
    { numRuns: 100 },
  ))

it('says the same of what outlines tell alike as when every copy is looked at', () =>
  fc.assert(
    fc.asyncProperty(someFolders, someFolders, fc.boolean(), fc.boolean(), async (a, b, areEqual, headers) => {
      const [one, other] = [
        { folders: a, name: 'a' },
        { folders: areEqual ? { ...b, ...a } : b, name: 'b' },
      ]
      const fast = await compare(one, other, headers)
      const slow = await compare(one, other, headers, { wantsCopy: () => true })
      expect(fast.summary).toEqual(slow.summary)
      const shapes = ({ differences }: Told) => differences.map((difference) => shape(difference, false))
      expect(shapes(fast)).toEqual(shapes(slow))
    }),
    { numRuns: 150 },
  ))
