import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DupesOptions, findDuplicates } from '../../src/audit/duplicates.js'
import { listMessages } from '../../src/audit/listing.js'
import { findNoId } from '../../src/audit/no-id.js'
import { explainMail } from '../../src/audit/show.js'
import type { BodyChoice } from '../../src/index/scan.js'
import { type MemoryMessage, makeMemoryStore } from '../../src/stores/memory/store.js'
import { folderName } from '../../src/stores/store.js'
import { scan } from '../support/scanning.js'

/** A store that is scanned as an account is: by headers alone. */
const account = (folders: Record<string, readonly MemoryMessage[]>, name = 'account') =>
  makeMemoryStore(folders, { name, scansHeadersAlone: true })

const message = (raw: string, emailId?: string): MemoryMessage => ({
  raw: Buffer.from(raw, 'latin1'),
  flags: [],
  received: 0,
  ...(emailId === undefined ? {} : { emailId }),
})

const mail = (id: string | null, body: string, date = 'Date: Mon, 1 Jan 2024 10:00:00 +0000\n'): string =>
  `${id === null ? '' : `Message-ID: <${id}>\n`}${date}From: Ada <ada@example.org>\nSubject: Choir\n\n${body}\n`

const TEXT = 'We meet on Tuesday at eight.\nBring the red book.\nThe hall is cold.\nAda'

interface Asked extends Partial<DupesOptions> {
  readonly bodies?: BodyChoice
}

let cacheDirectory: string
beforeEach(() => {
  cacheDirectory = mkdtempSync(join(tmpdir(), 'mbaudit-headers-'))
})
afterEach(() => rmSync(cacheDirectory, { recursive: true, force: true }))

type Memory = ReturnType<typeof makeMemoryStore>

async function dupes(store: Memory, { bodies = 'needed', ...options }: Asked = {}, cache: string | null = null) {
  await using scanned = await scan(store, { bodies, cacheDirectory: cache })
  if (bodies === 'all') await scanned.index.needWires()
  const found = await findDuplicates([scanned.index], { by: 'id', scope: 'store', keep: [], ...options })
  return { summary: found.summary, groups: [...found.rows()], problems: scanned.problems }
}

const told = ({ groups }: Awaited<ReturnType<typeof dupes>>) =>
  groups.map((group) => [
    group.class,
    ...group.copies.map(
      ({ copy, class: likeness }) => `${copy.locator} ${likeness} ${copy.wire === null ? '-' : 'wire'}`,
    ),
  ])

describe('of a store that is scanned by headers', () => {
  it('only the bodies of copies that may be duplicates are read', async () => {
    const store = account({
      INBOX: [
        message(mail('once', 'alone')),
        message(mail('twice', TEXT)),
        message(mail('twice', TEXT)),
        message(mail('reused', TEXT)),
        message(mail('reused', 'Quite another thing.\nWith other lines.')),
      ],
    })
    const found = await dupes(store)
    expect(told(found)).toEqual([
      ['different', 'number=4 null wire', 'number=5 different wire'],
      ['identical', 'number=2 null wire', 'number=3 identical wire'],
    ])
    expect(new Set(store.asked)).toEqual(new Set([2, 3, 4, 5].map((n) => `INBOX number=${n}`)))
    expect(found.summary).toMatchObject({ messages: 5, unique: 1, groups: 2, extra: 2, unverified: 0 })
  })

  it('an equal EMAILID proves copies identical, and they stay two', async () => {
    const same = [message(mail('a', TEXT), 'M1'), message(mail('a', TEXT), 'M1')]
    const store = account({ INBOX: same })
    const found = await dupes(store)
    expect(told(found)).toEqual([['identical', 'number=1 null -', 'number=2 identical -']])
    expect(store.asked).toEqual([])
    expect(found.summary).toMatchObject({ messages: 2, groups: 1, extra: 1, redundant: 1, sameObject: 0 })
  })

  it('one of each EMAILID is read where there are several', async () => {
    const store = account({
      INBOX: ['M1', 'M1', 'M2', 'M2', 'M3'].map((emailId) =>
        message(mail('a', emailId === 'M3' ? `${TEXT}\n-- \nA footer` : TEXT), emailId),
      ),
    })
    const found = await dupes(store)
    expect(told(found)).toEqual([
      [
        'modified',
        'number=1 null wire',
        'number=2 identical -',
        'number=3 identical wire',
        'number=4 identical -',
        'number=5 modified wire',
      ],
    ])
    expect(new Set(store.asked)).toEqual(new Set([1, 3, 5].map((n) => `INBOX number=${n}`)))
  })

  it('messages with no ID are read for their identity, dated or not', async () => {
    const store = account({
      INBOX: [
        message(mail(null, 'x')),
        message(mail(null, 'x')),
        message(mail(null, 'y', '')),
        message(mail(null, 'y', '')),
        message(mail('a', 'z')),
      ],
    })
    expect(told(await dupes(store)).map(([likeness]) => likeness)).toEqual(['identical', 'identical'])
    await using scanned = await scan(store)
    const rows = [...(await findNoId([scanned.index])).rows()]
    expect(rows.map(({ identity }) => identity?.replace(/:.*/, ''))).toEqual(['content', 'content', 'wire', 'wire'])
    const listed = [...(await listMessages([scanned.index])).rows()]
    expect(listed.map(({ wire }) => wire !== null)).toEqual([true, true, true, true, false])
  })

  it('nothing is read where it is not to be', async () => {
    const store = account({
      INBOX: [message(mail('a', TEXT)), message(mail('a', TEXT)), message(mail(null, 'x')), message(mail(null, 'x'))],
      Work: [message(mail('b', TEXT), 'M1'), message(mail('b', TEXT), 'M1')],
    })
    const found = await dupes(store, { bodies: 'none' })
    expect(found.groups.map((group) => group.class)).toEqual(['unverified', 'identical'])
    expect(found.summary).toMatchObject({ messages: 6, unique: 2, groups: 2, extra: 2, unverified: 1, redundant: 1 })
    expect(store.asked).toEqual([])
  })

  it('all is read where it is to be, once', async () => {
    const store = account({ INBOX: [message(mail('a', TEXT)), message(mail('b', TEXT)), message(mail(null, 'x'))] })
    await using scanned = await scan(store, { bodies: 'all' })
    await scanned.index.needWires()
    const listed = [...(await listMessages([scanned.index])).rows()]
    expect(listed.every(({ wire }) => wire !== null)).toBe(true)
    expect(store.asked).toEqual([1, 2, 3].map((n) => `INBOX number=${n}`))
  })

  it('a mail that is shown is read', async () => {
    const store = account({ INBOX: [message(mail('a', TEXT)), message(mail('b', TEXT))] })
    await using scanned = await scan(store)
    const { mails } = await explainMail([scanned.index], ['<a>'])
    expect([mails[0]?.copy.wire === null, mails[0]?.copies.length, store.asked]).toEqual([false, 1, ['INBOX number=1']])
  })

  it('a body that cannot be read leaves its copy unverified and becomes a problem', async () => {
    const store = account({ INBOX: [message(mail('a', TEXT)), message(mail('a', TEXT))] })
    await using scanned = await scan(store)
    store.folders.get(folderName('INBOX'))?.forEach((each, at) => {
      each.isBroken = at === 1
    })
    const found = await findDuplicates([scanned.index], { by: 'id', scope: 'store', keep: [] })
    expect([...found.rows()].map((group) => group.class)).toEqual(['unverified'])
    expect(scanned.problems).toMatchObject([{ code: 'UNREADABLE', locator: 'number=2' }])
  })

  it('copies in files beside it are compared with what was read', async () => {
    const [local, remote] = [
      makeMemoryStore({ INBOX: [message(mail('a', TEXT))] }, { name: 'local' }),
      account({ Work: [message(mail('a', TEXT)), message(mail('b', TEXT))] }, 'remote'),
    ]
    await using one = await scan(local)
    await using two = await scan(remote)
    const found = await findDuplicates([one.index, two.index], { by: 'id', scope: 'all', keep: [] })
    expect([...found.rows()].map((group) => group.class)).toEqual(['identical'])
    expect(remote.asked).toEqual(['Work number=1'])
  })
})

describe('the index changes no result', () => {
  const store = () =>
    account({
      INBOX: [
        message(mail('a', TEXT), 'M1'),
        message(mail('a', TEXT), 'M1'),
        message(mail('b', TEXT)),
        message(mail('b', `${TEXT}\n-- \nA footer`)),
        message(mail(null, 'x')),
        message(mail(null, 'x')),
        message(mail(null, 'y', '')),
        message(mail('c', TEXT), 'M2'),
        message(mail('c', TEXT), 'M3'),
        message(mail('d', TEXT)),
      ],
    })
  const questions: readonly Asked[] = [
    { bodies: 'none' },
    { bodies: 'needed' },
    { bodies: 'needed', by: 'content' },
    { bodies: 'all' },
  ]
  const rows = (found: Awaited<ReturnType<typeof dupes>>) => {
    const text = JSON.stringify([found.summary, found.groups])
    // Rows are the index's own, and each store names its objects after itself.
    return text.replaceAll(/"row":\d+,|"object":"[^"]*",/g, '')
  }
  it.each(questions)('%j', async (question) => {
    const fresh = rows(await dupes(store(), question))
    const held = store()
    for (const other of [...questions, ...[...questions].reverse(), question]) {
      const found = await dupes(held, other, cacheDirectory)
      if (other === question) expect(rows(found)).toBe(fresh)
    }
  })

  it('and what is known is not read again', async () => {
    const held = store()
    await dupes(held, {}, cacheDirectory)
    const before = held.asked.length
    await dupes(held, {}, cacheDirectory)
    expect(held.asked.length).toBe(before)
  })

  it('nor does it show digests that a list did not ask for', async () => {
    const held = store()
    await dupes(held, { bodies: 'all' }, cacheDirectory)
    const list = async (bodies: BodyChoice) => {
      await using scanned = await scan(held, { bodies, cacheDirectory })
      return [...(await listMessages([scanned.index])).rows()].filter(({ wire }) => wire !== null).length
    }
    expect([await list('none'), await list('needed'), await list('all')]).toEqual([0, 3, 10])
  })
})

it('a message that lies in a folder and in a view of it is counted in the folder', async () => {
  const seen = () => ({ ...message(mail('a', TEXT)), object: 'gmail 1' })
  const store = account({ '[Gmail]/All Mail': [seen()], work: [seen()] })
  await using scanned = await scan(store)
  const kept = [...scanned.index.copies()].map(({ folder }) => folder)
  expect([kept, scanned.index.totals().sameObject]).toEqual([['work'], 1])
})
