import { expect, it } from 'vitest'
import { type DupesOptions, findDuplicates } from '../../src/audit/duplicates.js'
import { parseKeepRule } from '../../src/audit/keep-rules.js'
import { type MemoryMessage, makeMemoryStore } from '../../src/stores/memory/store.js'
import { scan } from '../support/scanning.js'

const message = (raw: string, flags: readonly string[] = [], received = 0): MemoryMessage => ({
  raw: Buffer.from(raw, 'latin1'),
  flags,
  received,
})

/** A mail with an ID; what differs between two is told by the arguments alone. */
const mail = (id: string, body: string, { trace = 0, subject = 'Choir' } = {}): string =>
  [
    ...Array.from(
      { length: trace },
      (_, at) => `Received: from a${at}.example by b.example; Mon, 1 Jan 2024 00:00:00 +0000`,
    ),
    `Message-ID: <${id}>`,
    'Date: Mon, 1 Jan 2024 10:00:00 +0000',
    'From: Ada <ada@example.org>',
    `Subject: ${subject}`,
    '',
    body,
    '',
  ].join('\n')

const TEXT = 'We meet on Tuesday at eight.\nBring the red book.\nThe hall is cold.\nAda'

async function dupes(folders: Record<string, readonly MemoryMessage[]>, options: Partial<DupesOptions> = {}) {
  const store = makeMemoryStore(folders)
  await using scanned = await scan(store)
  const found = await findDuplicates([scanned.index], { by: 'id', scope: 'store', keep: [], ...options })
  const groups = [...found.rows()]
  expect([...found.rows()]).toEqual(groups)
  return { summary: found.summary, groups, problems: scanned.problems }
}

const judged = (groups: Awaited<ReturnType<typeof dupes>>['groups']) =>
  groups.map((group) => [
    group.class,
    ...group.copies.map(({ copy, keep, class: likeness, reason, rule }) =>
      [copy.folder, copy.locator, keep ? 'stays' : 'extra', likeness, reason, rule].filter((x) => x !== null).join(' '),
    ),
  ])

it('classes copies against the one that stays', async () => {
  const { summary, groups } = await dupes({
    INBOX: [
      message(mail('1', TEXT)),
      message(mail('1', TEXT)),
      message(mail('2', TEXT)),
      message(mail('2', TEXT, { trace: 2 })),
      message(mail('3', TEXT)),
      message(mail('3', `${TEXT}\n-- \nA list added this footer`)),
      message(mail('4', TEXT)),
      message(mail('4', 'Quite another thing.\nWith other lines.')),
      message(mail('5', TEXT)),
    ],
  })
  expect(judged(groups)).toEqual([
    ['identical', 'INBOX number=1 stays place', 'INBOX number=2 extra identical'],
    ['same-content', 'INBOX number=4 stays trace-fields', 'INBOX number=3 extra same-content'],
    ['modified', expect.stringContaining('stays'), expect.stringContaining('stays modified footer')],
    ['different', 'INBOX number=7 stays place', 'INBOX number=8 stays different'],
  ])
  expect(summary).toMatchObject({ messages: 9, unique: 1, groups: 4, extra: 4, redundant: 2 })
  expect(summary).toMatchObject({ identical: 1, sameContent: 1, modified: 1, different: 1, unverified: 0, noId: 0 })
})

it('in a mixed group, a copy of one that stays is redundant', async () => {
  const other = mail('1', 'Quite another thing.\nWith other lines.')
  const { summary, groups } = await dupes({
    INBOX: [mail('1', TEXT), other, mail('1', TEXT), other, mail('1', TEXT)].map((raw) => message(raw)),
  })
  expect(judged(groups)).toEqual([
    [
      'different',
      'INBOX number=1 stays place',
      'INBOX number=2 stays different',
      'INBOX number=3 extra identical',
      'INBOX number=4 extra different',
      'INBOX number=5 extra identical',
    ],
  ])
  expect(summary).toMatchObject({ extra: 4, redundant: 3 })
})

it('keeps no copy that is deleted or in Trash where another is not', async () => {
  const raw = mail('1', TEXT)
  const { groups } = await dupes({
    INBOX: [message(raw, ['\\Deleted'])],
    Trash: [message(raw)],
    Archive: [message(raw)],
  })
  expect(judged(groups)).toEqual([
    [
      'identical',
      'Archive number=2 stays not-in-trash',
      'INBOX number=1 extra identical',
      'Trash number=3 extra identical',
    ],
  ])
})

it('copies in Sent and Drafts are extra and stay', async () => {
  const raw = mail('1', TEXT)
  const { groups, summary } = await dupes({ INBOX: [message(raw)], Sent: [message(raw), message(raw)] })
  expect(judged(groups)).toEqual([
    [
      'identical',
      'INBOX number=1 stays not-in-sent',
      'Sent number=2 stays identical sent',
      'Sent number=3 stays identical sent',
    ],
  ])
  expect(summary).toMatchObject({ extra: 2, redundant: 0, redundantBytes: 0 })
})

it('the rules of the user decide in their order', async () => {
  const raw = mail('1', TEXT)
  const keep = ['folder:Arch*', 'newest'].map((text) => parseKeepRule(text)).filter((rule) => rule !== null)
  const { groups } = await dupes(
    { INBOX: [message(raw)], Archive: [message(raw, [], 5), message(raw, [], 9)] },
    { keep },
  )
  expect(judged(groups)[0]?.[1]).toBe('Archive number=3 stays newest')
})

it('the scope is a folder, or the store', async () => {
  const raw = mail('1', TEXT)
  const folders = { INBOX: [message(raw)], Archive: [message(raw), message(raw)] }
  expect((await dupes(folders, { scope: 'folder' })).summary).toMatchObject({ groups: 1, extra: 1, unique: 1 })
  expect((await dupes(folders, { scope: 'store' })).summary).toMatchObject({ groups: 1, extra: 2, unique: 0 })
})

it('mail with no ID is told apart by its content, without a Date by its octets', async () => {
  const dated = 'Date: Mon, 1 Jan 2024 10:00:00 +0000\nSubject: a\n\ntext\n'
  const { summary, groups } = await dupes({
    INBOX: [dated, `Received: by x\n${dated}`, 'Subject: a\n\nx\n', 'Subject: a\n\nx\n', 'Subject: b\n\nx\n'].map(
      (raw) => message(raw),
    ),
  })
  expect(summary).toMatchObject({ messages: 5, noId: 5, groups: 2, unique: 1, identical: 1, sameContent: 1 })
  expect(groups.map(({ id }) => id)).toEqual([null, null])
  expect(groups.every(({ copies }) => copies.every(({ copy }) => copy.content !== null))).toBe(true)
})

it('by content the same mail is found under other IDs', async () => {
  const { summary, groups } = await dupes(
    { INBOX: [message(mail('1', TEXT)), message(mail('2', TEXT)), message(mail('3', 'other'))] },
    { by: 'content' },
  )
  expect(summary).toMatchObject({ groups: 1, extra: 1, sameContent: 1, unique: 1 })
  expect(groups[0]?.id).toBeNull()
})

it('a constant ID on thousands of mails takes no quadratic time', async () => {
  const messages = Array.from({ length: 3000 }, (_, at) => message(mail('1', `${TEXT}\n${at}\n${at * 7}\n${at * 11}`)))
  const { summary } = await dupes({ INBOX: messages })
  expect(summary).toMatchObject({ groups: 1, extra: 2999, redundant: 0 })
}, 30_000)

it('what cannot be read later is unverified and a problem', async () => {
  const [first, second] = [message(mail('1', TEXT)), message(mail('1', `${TEXT}!`))]
  const store = makeMemoryStore({ INBOX: [first, second] })
  await using scanned = await scan(store)
  second.isBroken = true
  const { summary } = await findDuplicates([scanned.index], { by: 'id', scope: 'store', keep: [] })
  expect(summary).toMatchObject({ groups: 1, unverified: 1, redundant: 0, unreadable: 1 })
  expect(scanned.problems).toHaveLength(1)
})
