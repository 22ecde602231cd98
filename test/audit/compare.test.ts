import { describe, expect, it } from 'vitest'
import { compareStores } from '../../src/audit/compare/compare-stores.js'
import { COMPARE_ALL, type CompareOptions, type Difference } from '../../src/audit/compare/comparison.js'
import { differenceRows } from '../../src/audit/compare/difference-rows.js'
import { parseFolderMap } from '../../src/audit/folder-map.js'
import type { BodyChoice } from '../../src/index/scan.js'
import { type MemoryMessage, makeMemoryStore } from '../../src/stores/memory/store.js'
import { folderName } from '../../src/stores/store.js'
import { scan } from '../support/scanning.js'

const TEXT = 'We meet on Tuesday at eight.\nBring the red book.\nThe hall is cold.\nAda'
const MONDAY = 'Mon, 1 Jan 2024 10:00:00 +0000'

interface Letter extends Partial<Omit<MemoryMessage, 'raw'>> {
  readonly id?: string | null
  readonly date?: string | null
  readonly from?: string
  readonly subject?: string
  readonly trace?: string
  readonly body?: string
}

function mail(id: string | null, letter: Letter = {}): MemoryMessage {
  const { date = MONDAY, from = 'Ada <ada@example.org>', subject = 'Choir', trace, body = TEXT, ...kept } = letter
  const fields = [
    ...(trace === undefined ? [] : [`Received: by ${trace}; ${MONDAY}`]),
    ...(id === null ? [] : [`Message-ID: <${id}>`]),
    ...(date === null ? [] : [`Date: ${date}`]),
    `From: ${from}`,
    `Subject: ${subject}`,
  ]
  return { raw: Buffer.from(`${fields.join('\n')}\n\n${body}\n`, 'latin1'), flags: [], received: 0, ...kept }
}

type Folders = Readonly<Record<string, readonly MemoryMessage[]>>
interface Asked extends Partial<CompareOptions> {
  /** Which sides are scanned as an account is: by headers alone. */
  readonly accounts?: 'both' | 'slave' | 'none'
  readonly bodies?: BodyChoice
}

async function compare(
  master: Folders,
  slave: Folders,
  { accounts = 'none', bodies = 'needed', ...options }: Asked = {},
) {
  const stores = [
    makeMemoryStore(master, { name: 'master', scansHeadersAlone: accounts === 'both' }),
    makeMemoryStore(slave, { name: 'slave', scansHeadersAlone: accounts !== 'none' }),
  ] as const
  await using one = await scan(stores[0], { bodies })
  await using other = await scan(stores[1], { bodies })
  if (bodies === 'all') for (const { index } of [one, other]) await index.needWires()
  const asked = { ...COMPARE_ALL, ...options }
  using found = await compareStores(one.index, other.index, asked)
  const differences = [...found.differences()]
  return {
    summary: found.summary,
    folders: found.folders,
    differences,
    pairs: [...found.pairs()],
    told: differences.map(tell),
    rows: [...differenceRows(differences, asked)],
    read: stores.flatMap(({ asked: read }) => read).length,
  }
}

const tell = ({ kind, reason, identity, master, slave, masterFolder, inDoubt }: Difference): string =>
  [
    reason === null ? kind : `${kind}:${reason}`,
    identity.replace(/^(content|wire):.*/, '$1'),
    kind === 'moved' ? `${masterFolder}<-${slave[0]?.folder}` : masterFolder,
    `${master.length}:${slave.length}`,
    ...(inDoubt ? ['in doubt'] : []),
  ].join(' ')

describe('a mail is', () => {
  it('missing, extra or in both', async () => {
    const { summary, told } = await compare(
      { INBOX: [mail('a'), mail('b')], Work: [mail('c')] },
      { INBOX: [mail('a'), mail('d', { subject: 'Another' })] },
    )
    expect(told).toEqual(['missing <b> INBOX 1:0', 'extra <d> INBOX 0:1', 'missing <c> Work 1:0'])
    expect(summary).toMatchObject({ inBoth: 1, missing: 2, extra: 1, foldersMissing: 1, foldersExtra: 0, rows: 3 })
    expect(summary.evidence).toEqual({ headers: 0, digests: 1 })
  })

  it('the same after a store or a second delivery has changed what no reader sees', async () => {
    const { told } = await compare({ INBOX: [mail('a', { trace: 'one' })] }, { INBOX: [mail('a', { trace: 'two' })] })
    expect(told).toEqual([])
  })

  it('moved where it lies in another folder alone', async () => {
    const { told, summary } = await compare({ INBOX: [mail('a')] }, { INBOX: [], Archive: [mail('a')] })
    expect(told).toEqual(['moved <a> INBOX<-Archive 1:1'])
    expect(summary).toMatchObject({ inBoth: 0, moved: 1, missing: 0, extra: 0, foldersExtra: 1 })
  })

  it('missing from the folder that lacks it where the others have what they should', async () => {
    const a = () => mail('a')
    const { told } = await compare({ A: [a()], B: [a()], C: [a()] }, { A: [a()], B: [a()] })
    expect(told).toEqual(['missing <a> C 1:0'])
    expect((await compare({ A: [a()], B: [a()] }, { A: [a()], D: [a()], E: [a()] })).told).toEqual([
      'moved <a> B<-D 1:1',
      'extra <a> E 0:1',
    ])
  })

  it('counted once however often it is there, and told of copy by copy', async () => {
    const { summary, told, rows } = await compare({ INBOX: [mail('a'), mail('a'), mail('a')] }, { INBOX: [] })
    expect(told).toEqual(['missing <a> INBOX 3:0'])
    expect(summary).toMatchObject({ missing: 1, rows: 3 })
    expect(rows.map(({ master, slave }) => [master?.locator, slave])).toEqual([
      ['number=1', null],
      ['number=2', null],
      ['number=3', null],
    ])
  })

  it('there in another number, and flagged otherwise besides', async () => {
    const { told, summary } = await compare(
      { INBOX: [mail('a', { flags: ['\\Seen'] }), mail('a')] },
      { INBOX: [mail('a')] },
    )
    expect(told).toEqual(['flags <a> INBOX 2:1', 'copies <a> INBOX 2:1'])
    expect(summary).toMatchObject({ inBoth: 1, flags: 1, copies: 1, evidence: { headers: 0, digests: 1 } })
  })

  it('changed, with the reason, where its text is another', async () => {
    const { told, summary } = await compare(
      { INBOX: [mail('a'), mail('b')] },
      { INBOX: [mail('a', { body: `${TEXT}\n-- \nA list added this.` }), mail('b', { body: 'Nothing of the sort.' })] },
    )
    expect(told.sort()).toEqual(['changed:different <b> INBOX 1:1', 'changed:footer <a> INBOX 1:1'])
    expect(summary).toMatchObject({ inBoth: 2, changed: 2, missing: 0, extra: 0 })
  })

  it('one of several under one identity: each has its own partner', async () => {
    const [one, two, three] = ['Patch, first version.', 'Wholly different words.', 'And yet another mail.']
    const { told } = await compare(
      { INBOX: [mail('a', { body: one }), mail('a', { body: two })] },
      { INBOX: [mail('a', { body: two }), mail('a', { body: one }), mail('a', { body: three })] },
    )
    expect(told).toEqual(['extra <a> INBOX 0:1'])
    const lost = await compare(
      { INBOX: [mail('a', { body: one }), mail('a', { body: two })] },
      { INBOX: [mail('a', { body: one })] },
    )
    expect(lost.told).toEqual(['missing <a> INBOX 1:0'])
    expect(lost.summary).toMatchObject({ inBoth: 1, missing: 1 })
  })

  it('itself where different mails of one ID lie in different folders', async () => {
    const [one, two] = [{ body: 'Patch, first version.' }, { body: 'Wholly different words.' }]
    const { told } = await compare(
      { A: [mail('a', one)], B: [mail('a', two)] },
      { A: [mail('a', two)], B: [mail('a', one)] },
    )
    expect(told).toEqual(['moved <a> A<-B 1:1', 'moved <a> B<-A 1:1'])
  })

  it('found by what it says where it has no ID, and by its octets where it has no Date either', async () => {
    const bare = { date: null }
    const { told } = await compare(
      { INBOX: [mail(null), mail(null, bare), mail(null, { ...bare, body: 'x' })] },
      { INBOX: [mail(null, { trace: 'here' }), mail(null, bare)] },
    )
    expect(told).toEqual(['missing wire INBOX 1:0'])
  })

  it('itself where it has no header at all, or nothing whatever', async () => {
    const odd = ['\n\nNo header.\n', '', '\n', 'no header line either'].map((raw) => ({
      raw: Buffer.from(raw),
      flags: [],
      received: 0,
    }))
    expect((await compare({ INBOX: odd }, { INBOX: [...odd].reverse() })).told).toEqual([])
    expect((await compare({ INBOX: odd }, { INBOX: [] })).summary.missing).toBeGreaterThan(1)
  })
})

describe('flags differ', () => {
  const flagged = (...flags: string[]) => ({ INBOX: [mail('a', { flags })] })

  it('by what the slave lacks and has besides', async () => {
    const { rows } = await compare(flagged('\\Seen', 'Work'), flagged('\\Flagged', 'Work'))
    expect(rows.map(({ flags }) => flags)).toEqual([{ add: ['\\Seen'], remove: ['\\Flagged'] }])
  })

  it('not in case, nor in what belongs to a session', async () => {
    expect((await compare(flagged('$MDNSent', '\\Recent'), flagged('$mdnsent'))).told).toEqual([])
  })

  it('not in what the side that lacks them cannot keep', async () => {
    const keepsFlag = { master: () => true, slave: (_: string, flag: string) => flag.startsWith('\\') }
    expect((await compare(flagged('\\Seen', 'Work'), flagged('\\Seen'), { keepsFlag })).told).toEqual([])
    expect((await compare(flagged('\\Seen'), flagged('\\Seen', 'Work'), { keepsFlag })).told).toEqual([
      'flags <a> INBOX 1:1',
    ])
  })

  it('of several copies in what any has, but for a mark of deletion that not all have', async () => {
    const copies = { INBOX: [mail('a', { flags: ['\\Seen'] }), mail('a', { flags: ['\\Deleted'] })] }
    expect((await compare(copies, { INBOX: [mail('a', { flags: ['\\Seen'] })] })).told).toEqual([
      'copies <a> INBOX 2:1',
    ])
  })
})

describe('between accounts', () => {
  it('a pair rests on ID, Date, From and Subject, and no body is read', async () => {
    const { read, summary, pairs } = await compare(
      { INBOX: [mail('a')], B: [mail('a')] },
      { INBOX: [mail('a')], B: [mail('a')] },
      { accounts: 'both' },
    )
    expect(read).toBe(0)
    expect(summary).toMatchObject({ inBoth: 2, evidence: { headers: 2, digests: 0 } })
    expect(pairs.map(({ evidence }) => evidence)).toEqual(['headers', 'headers'])
  })

  it('bodies are read where the headers differ', async () => {
    const { read, told } = await compare(
      { INBOX: [mail('a'), mail('b')] },
      { INBOX: [mail('a', { subject: '[choir] Choir' }), mail('b')] },
      { accounts: 'both' },
    )
    expect(told).toEqual(['changed:subject-tag <a> INBOX 1:1'])
    expect(read).toBeLessThanOrEqual(4)
  })

  it('bodies are read where one is so much smaller that it may have been cut off', async () => {
    const long = { body: `${TEXT}\n${'Another line of it, and so on.\n'.repeat(40)}` }
    const { told } = await compare({ INBOX: [mail('a', long)] }, { INBOX: [mail('a')] }, { accounts: 'both' })
    expect(told).toEqual(['changed:truncated <a> INBOX 1:1'])
  })

  it('bodies are read where the smallest of several may have been cut off from the largest, whichever side has it', async () => {
    const cut = (lines: number) => mail('a', { body: 'Another line of it, and so on.\n'.repeat(lines) })
    const [one, other] = [{ Sent: [cut(7)] }, { Archive: [cut(5)], Bills: [cut(3)] }]
    const there = await compare(one, other, { accounts: 'both' })
    expect(there.told).toEqual(['missing <a> Sent 1:0', 'extra <a> Archive 0:1', 'extra <a> Bills 0:1'])
    const back = await compare(other, one, { accounts: 'both' })
    expect(back.told).toEqual(['missing <a> Archive 1:0', 'missing <a> Bills 1:0', 'extra <a> Sent 0:1'])
  })

  it('bodies are read where a folder has several copies of one identity', async () => {
    const { told, summary } = await compare(
      { INBOX: [mail('a'), mail('a', { body: 'Another mail.' })] },
      { INBOX: [mail('a')] },
      { accounts: 'both' },
    )
    expect(told).toEqual(['missing <a> INBOX 1:0'])
    expect(summary.evidence).toEqual({ headers: 0, digests: 1 })
  })

  it('copies that the server says are the same octets are read once', async () => {
    const same = () => mail('a', { emailId: 'M1' })
    const { read } = await compare({ INBOX: [same(), same(), same()] }, { INBOX: [mail('a')] }, { accounts: 'both' })
    expect(read).toBe(2)
  })

  it('and files a pair rests on headers too, but on all that was read with --full', async () => {
    const [one, other] = [{ INBOX: [mail('a')] }, { INBOX: [mail('a', { body: TEXT.replace('red', 'new') })] }]
    expect((await compare(one, other, { accounts: 'slave' })).told).toEqual([])
    const full = await compare(one, other, { accounts: 'slave', bodies: 'all' })
    expect(full.told).toEqual(['changed:different <a> INBOX 1:1'])
    expect(full.summary.evidence).toEqual({ headers: 0, digests: 1 })
  })

  it('what could not be read stays open', async () => {
    const broken = mail('a', { subject: 'Other' })
    const store = makeMemoryStore({ INBOX: [mail('a')] }, { name: 'master', scansHeadersAlone: true })
    const other = makeMemoryStore({ INBOX: [broken] }, { name: 'slave', scansHeadersAlone: true })
    await using one = await scan(store)
    await using two = await scan(other)
    broken.isBroken = true
    using found = await compareStores(one.index, two.index, COMPARE_ALL)
    expect([...found.differences()].map(tell)).toEqual(['changed:unverified <a> INBOX 1:1'])
    expect(two.problems).toHaveLength(1)
  })
})

describe('a server that gives mail another ID', () => {
  it('makes it changed, not missing and extra', async () => {
    const { told, summary, differences } = await compare({ INBOX: [mail('a')] }, { INBOX: [mail('server-1')] })
    expect(told).toEqual(['changed:server <a> INBOX 1:1'])
    expect(summary).toMatchObject({ inBoth: 1, changed: 1, missing: 0, extra: 0, rows: 1 })
    expect(differences[0]?.slave[0]?.id).toBe('<server-1>')
  })

  it('or an ID where there was none, or a footer, is recognised', async () => {
    expect((await compare({ INBOX: [mail(null)] }, { INBOX: [mail('given')] })).told).toEqual([
      'changed:server content INBOX 1:1',
    ])
    const footer = mail('given', { body: `${TEXT}\n-- \nSent through our server.` })
    expect((await compare({ INBOX: [mail('a')] }, { INBOX: [footer] }, { accounts: 'both' })).told).toEqual([
      'changed:server <a> INBOX 1:1',
    ])
  })

  it('is not seen in two mails that a robot sent in one second', async () => {
    const [one, two] = [
      mail('a', { body: 'Disk 1 of host A is full.' }),
      mail('b', { body: 'Disk 2 of host B is full.' }),
    ]
    expect((await compare({ INBOX: [one] }, { INBOX: [two] })).told).toEqual([
      'missing <a> INBOX 1:0',
      'extra <b> INBOX 0:1',
    ])
  })

  it('nor in mail of other folders', async () => {
    expect((await compare({ A: [mail('a')] }, { B: [mail('b')] })).told).toEqual([
      'missing <a> A 1:0',
      'extra <b> B 0:1',
    ])
  })

  it('nor in mail without a Date, but where it says the very same', async () => {
    const bare = { date: null }
    expect((await compare({ A: [mail(null, bare)] }, { A: [mail('b', bare)] })).told).toEqual([
      'changed:server wire A 1:1',
    ])
    const footer = mail('b', { ...bare, body: `${TEXT}\n-- \nSent through our server.` })
    expect((await compare({ A: [mail('a', bare)] }, { A: [footer] })).summary.changed).toBe(0)
  })

  it('pairs one to one what says the same', async () => {
    const { summary } = await compare({ INBOX: [mail('a'), mail('b'), mail('c')] }, { INBOX: [mail('x'), mail('y')] })
    expect(summary).toMatchObject({ changed: 2, missing: 1, extra: 0, inBoth: 2, rows: 3 })
  })
})

describe('what was not asked for', () => {
  it('is left out, and still keeps mail from being missing or extra', async () => {
    const wantsFolder = (folder: string) => folder === 'INBOX'
    const { told } = await compare(
      { INBOX: [mail('a')], Work: [mail('b')] },
      { INBOX: [], Archive: [mail('a')] },
      { wantsFolder },
    )
    expect(told).toEqual([])
  })

  it('by its age or size is left out on whichever side it lies', async () => {
    const wantsCopy = ({ subject }: { readonly subject: string }) => subject === 'Choir'
    const other = { subject: 'Else' }
    const { told } = await compare(
      { INBOX: [mail('a'), mail('b', other)] },
      { INBOX: [mail('c', other)] },
      { wantsCopy },
    )
    expect(told).toEqual(['missing <a> INBOX 1:0'])
  })
})

describe('a folder that was not read in full', () => {
  const broken = (id: string) => mail(id, { isBroken: true })

  it('makes nothing missing that may lie in it', async () => {
    const { told, summary, folders } = await compare(
      { INBOX: [mail('a'), mail('b')] },
      { INBOX: [mail('a'), broken('b')] },
    )
    expect(told).toEqual([])
    expect(summary.unjudged).toEqual({ master: 1, slave: 0 })
    expect(folders.notReadInFull).toEqual({ master: [], slave: ['INBOX'] })
  })

  it('makes nothing extra that may lie in it', async () => {
    const { told, summary } = await compare({ INBOX: [broken('b')] }, { INBOX: [mail('b')] })
    expect(told).toEqual([])
    expect(summary.unjudged).toEqual({ master: 0, slave: 1 })
  })

  it('leaves in doubt what is told of other folders', async () => {
    const { told } = await compare({ A: [mail('a')], B: [mail('b')] }, { A: [], B: [mail('b'), broken('x')] })
    expect(told).toEqual(['missing <a> A 1:0 in doubt'])
  })

  it('or could not be opened at all counts no folder as missing, nor what lies below it', async () => {
    const unlisted = { master: [], slave: [folderName('Old')] }
    const { told, summary } = await compare(
      { Old: [mail('a')], 'Old/2001': [mail('b')], New: [] },
      { INBOX: [] },
      { unlisted },
    )
    expect(told).toEqual([])
    expect(summary).toMatchObject({ foldersMissing: 1, unjudged: { master: 2, slave: 0 } })
  })

  it('makes no move out of it, nor into it', async () => {
    const a = () => mail('a')
    expect((await compare({ A: [a()], B: [broken('x')] }, { A: [], B: [a()] })).told).toEqual([
      'missing <a> A 1:0 in doubt',
    ])
    expect((await compare({ A: [a()], B: [] }, { A: [broken('x')], B: [a()] })).told).toEqual([
      'extra <a> B 0:1 in doubt',
    ])
  })
})

describe('folders that pair under other names', () => {
  const maps = ['A=C', 'B=C'].map(parseFolderMap).filter((map) => map !== null)

  it('are one place: what lies in either is not extra', async () => {
    const { told, pairs } = await compare(
      { A: [mail('a')], B: [mail('b')] },
      { C: [mail('a'), mail('b'), mail('c')] },
      { maps },
    )
    expect(told).toEqual(['extra <c> A 0:1'])
    expect(
      pairs
        .filter(({ kind }) => kind === 'same')
        .map(({ masterFolder, slaveFolder }) => `${masterFolder}=${slaveFolder}`),
    ).toEqual(['A=C', 'B=C'])
  })

  it('are subscribed to alike where their partners are', async () => {
    const subscribed = { master: [folderName('A'), folderName('X')], slave: [folderName('C'), folderName('Y')] }
    const { folders } = await compare({ A: [] }, { C: [] }, { maps, subscribed })
    expect(folders.subscribed).toEqual({ masterOnly: ['X'], slaveOnly: ['Y'] })
    expect((await compare({ A: [] }, { A: [] })).folders.subscribed).toBeNull()
  })
})

describe('one object under several names', () => {
  const twice = { A: [mail('a', { object: 'one' })], B: [mail('a', { object: 'one' })] }
  const apart = { A: [mail('a')], B: [mail('a')] }

  it('is in all of their folders: neither missing there nor extra on the other side', async () => {
    expect(await compare(twice, apart)).toMatchObject({ told: [], summary: { inBoth: 2 } })
    expect(await compare(apart, twice)).toMatchObject({ told: [], summary: { inBoth: 2 } })
    expect(await compare(twice, twice)).toMatchObject({ told: [], summary: { inBoth: 1 } })
  })

  it('is missing from a folder of its own only where the other side has it in none of them', async () => {
    expect((await compare(twice, { A: [], B: [mail('a')] })).told).toEqual(['missing <a> A 1:0'])
    expect((await compare({ A: [], B: [mail('a')] }, twice)).told).toEqual(['extra <a> A 0:1'])
  })
})

it('an identity that stands for thousands of mails takes no time that grows with their square', async () => {
  const many = (from: number) =>
    Array.from({ length: 3000 }, (_, at) => mail('a', { body: `Message ${from + at} of a robot.` }))
  const began = performance.now()
  const { summary } = await compare({ A: many(0) }, { A: many(2000), B: many(0).slice(0, 500) })
  expect(summary).toMatchObject({ inBoth: 2500, changed: 1500, moved: 500, missing: 0, extra: 500 })
  expect(performance.now() - began).toBeLessThan(30_000)
})
