import { expect } from 'vitest'
import { epochSeconds } from '../../src/message/message.js'
import { folderName } from '../../src/stores/store.js'
import { mail, readAll, scanFolder } from './store-law.js'
import {
  type Clause,
  folderIn,
  givenAs,
  INBOX,
  outgoing,
  RECEIVED,
  seen,
  store,
  subjects,
  wireOf,
  work,
} from './writing-place.js'

const keeps =
  (raw: Buffer): Clause =>
  async (law) => {
    const place = await law.make()
    const folder = await folderIn(await place.openForWriting())
    const [one] = await store(place, folder, [outgoing(raw), outgoing(mail(999))])
    const given = law.maker.given?.(raw) ?? raw
    expect((await seen(place)).map((each) => each.raw).sort()).toEqual(
      [given.toString('latin1'), (law.maker.given?.(mail(999)) ?? mail(999)).toString('latin1')].sort(),
    )
    const [back] = await readAll(folder, one === undefined ? [] : [one])
    expect(back?.equals(given)).toBe(true)
  }

/** Flags and keywords as they come back, where the kind keeps them. */
const FLAGS = ['$Forwarded', '$Label1', '\\Answered', '\\Draft', '\\Flagged', '\\Seen', 'todo']

export const MESSAGE_CLAUSES = {
  'keeps the same octets': keeps(mail(1, 'Line one\n\nLine two\n')),
  'keeps 8-bit octets': keeps(mail(1, 'Gr\xfc\xdfe \xe2\x82\xac \xff\xfe\x80\n', 'X-Raw: \xe4\xf6\xfc\n')),
  'keeps NUL octets': keeps(mail(1, 'a\0b\0\0c\n\0\n')),
  'keeps CRLF line ends': keeps(Buffer.from(mail(1).toString('latin1').replaceAll('\n', '\r\n'), 'latin1')),
  'keeps a message without a final newline': keeps(mail(1, 'no newline here')),
  'keeps trailing empty lines': keeps(mail(1, 'text\n\n\n\n')),
  'keeps a quoted From line': keeps(mail(1, 'above\n>From here on\n>>From there\nbelow\n')),
  'keeps an unquoted From line': keeps(mail(1, 'above\nFrom here on\n\nFrom there\nbelow\n')),
  'keeps a From line that begins the body': keeps(mail(1, 'From a@example.org Mon Jan  1 00:00:00 2024\nbody\n')),
  'keeps an empty body': keeps(mail(1, '')),
  'keeps a message of headers alone': keeps(Buffer.from('Subject: no empty line\nMessage-ID: <x@example.org>\n')),
  'keeps a message with no header': keeps(Buffer.from('\nonly a body\n')),
  'keeps an empty message': keeps(Buffer.alloc(0)),
  'keeps a line of 10 MB': keeps(mail(1, `${'x'.repeat(10_000_000)}\n`)),
  'keeps fields of other stores that a message brings': keeps(mail(1, 'b\n', 'Status: RO\nX-Status: A\nX-UID: 7\n')),
  'keeps flags and keywords': async (law) => {
    const place = await law.make()
    const folder = await folderIn(await place.openForWriting())
    await store(place, folder, [outgoing(mail(1), { flags: FLAGS }), outgoing(mail(2))])
    const kept = FLAGS.filter((flag) => folder.writing.whyNoFlag(flag) === '')
    const { keepsFlags, keepsKeywords } = folder.abilities
    const wanted = keepsFlags ? kept.filter((flag) => keepsKeywords || flag.startsWith('\\')) : []
    expect((await seen(place)).map(({ flags }) => flags).sort((a, b) => b.length - a.length)).toEqual([wanted, []])
    if (keepsFlags) expect(wanted).toEqual(expect.arrayContaining(['\\Answered', '\\Flagged', '\\Seen']))
  },
  'keeps when a message was received': async (law) => {
    const place = await law.make()
    const folder = await folderIn(await place.openForWriting())
    await store(place, folder, [outgoing(mail(1), { received: epochSeconds(RECEIVED - 77) })])
    expect((await seen(place)).map(({ received }) => received)).toEqual([RECEIVED - 77])
  },
  'takes the date of a message of which nobody knows when it was received': async (law) => {
    const place = await law.make()
    const folder = await folderIn(await place.openForWriting())
    await store(place, folder, [outgoing(mail(1), { received: null })])
    expect((await seen(place)).map(({ received }) => received)).toEqual([Date.UTC(2024, 0, 1) / 1_000])
  },
  'keeps the order in which messages were stored': async (law) => {
    const place = await law.make()
    const folder = await folderIn(await place.openForWriting())
    const numbers = [5, 3, 9, 1, 7]
    const many = numbers.map((n) => outgoing(mail(n), { received: epochSeconds(RECEIVED + n) }))
    await store(place, folder, many.slice(0, 3))
    await store(place, folder, many.slice(3))
    expect(await subjects(place)).toEqual(numbers.map((n) => `Mail ${n}`))
  },
  'names each message by the locator under which it is found': async (law) => {
    const place = await law.make()
    const folder = await folderIn(await place.openForWriting())
    const raws = Array.from({ length: 30 }, (_, n) => mail(n % 10, `${n}\n`))
    const locators = await store(
      place,
      folder,
      raws.map((raw) => outgoing(raw)),
    )
    expect(new Set(locators).size).toBe(30)
    const found = new Map((await seen(place)).map((each) => [each.locator, each.raw]))
    for (const [n, where] of locators.entries()) expect(found.get(where)).toBe(givenAs(law, raws[n] ?? Buffer.alloc(0)))
    const again = await readAll(folder, locators)
    expect(again.map((bytes) => bytes?.toString('latin1'))).toEqual(raws.map((raw) => givenAs(law, raw)))
  },
  'gives a message other flags': async (law) => {
    const place = await law.make()
    const folder = await folderIn(await place.openForWriting())
    if (!folder.abilities.keepsFlags) return
    const [one, two] = await store(place, folder, [outgoing(mail(1), { flags: ['\\Seen', 'old'] }), outgoing(mail(2))])
    if (one === undefined || two === undefined) throw new Error('nothing was stored')
    const flags = { add: ['\\Flagged', 'new'], remove: ['\\Seen', 'old', '\\Draft'] }
    const outcomes = await work(place, folder, {
      kind: 'change',
      changes: [
        { token: 'aa', locator: one, wire: wireOf(mail(1)), flags },
        { token: 'bb', locator: two, wire: null, flags: { add: ['\\Seen'], remove: [] } },
      ],
    })
    expect(outcomes).toMatchObject([
      { token: 'aa', outcome: 'done' },
      { token: 'bb', outcome: 'done' },
    ])
    const now = new Map((await seen(place)).map((each) => [each.raw, each.flags]))
    expect(now.get(givenAs(law, mail(1)))).toEqual(
      folder.abilities.keepsKeywords ? ['\\Flagged', 'new'] : ['\\Flagged'],
    )
    expect(now.get(givenAs(law, mail(2)))).toEqual(['\\Seen'])
  },
  'deletes what it is told to and nothing else': async (law) => {
    const place = await law.make()
    const folder = await folderIn(await place.openForWriting())
    const messages = [1, 2, 3, 4].map((n) => outgoing(mail(n), { flags: n === 3 ? ['\\Deleted'] : [] }))
    const locators = await store(place, folder, messages)
    const changes = [1, 3].flatMap((n) => {
      const where = locators[n]
      return where === undefined ? [] : [{ token: `d${n}`, locator: where, wire: wireOf(mail(n + 1)), flags: null }]
    })
    const outcomes = await work(place, folder, { kind: 'change', changes })
    expect(outcomes).toEqual([
      { token: 'd1', outcome: 'done', locator: null },
      { token: 'd3', outcome: 'done', locator: null },
    ])
    expect((await subjects(place)).sort()).toEqual(['Mail 1', 'Mail 3'])
  },
  'leaves alone what is gone, and what is another message now': async (law) => {
    const place = await law.make()
    const folder = await folderIn(await place.openForWriting())
    const [one, two] = await store(place, folder, [outgoing(mail(1)), outgoing(mail(2))])
    if (one === undefined || two === undefined) throw new Error('nothing was stored')
    const gone = { kind: 'change' as const, changes: [{ token: 'aa', locator: one, wire: null, flags: null }] }
    await work(place, folder, gone)
    const wrong = { token: 'bb', locator: two, wire: wireOf(mail(77)), flags: null }
    const [first, second] = await work(place, folder, {
      kind: 'change',
      changes: [{ ...gone.changes[0], token: 'cc', locator: one, wire: wireOf(mail(1)), flags: null }, wrong],
    })
    expect([first?.outcome === 'gone' || first?.outcome === 'changed', second?.outcome]).toEqual([true, 'changed'])
    expect(await subjects(place)).toEqual(['Mail 2'])
  },
  'moves a message with its flags and date, where it moves at all': async (law) => {
    const place = await law.make()
    const opened = await place.openForWriting()
    const folder = await folderIn(opened)
    const target = await folderIn(opened, folderName('Other'))
    if (!folder.writing.movesNatively) return
    await store(place, target, [outgoing(mail(9), { flags: ['other', 'third'] })])
    const flags = ['\\Flagged', 'third', 'todo']
    const [one] = await store(place, folder, [outgoing(mail(1), { flags }), outgoing(mail(2), { flags: ['todo'] })])
    if (one === undefined) throw new Error('nothing was stored')
    const moves = [{ token: 'aa', locator: one }]
    const outcomes = await work(place, folder, { kind: 'move', to: target.name, moves })
    expect(outcomes).toMatchObject([{ token: 'aa', outcome: 'done' }])
    const there = await seen(place, target.name)
    const moved = there.find(({ raw }) => raw === givenAs(law, mail(1)))
    const where = outcomes[0]?.outcome === 'done' ? outcomes[0].locator : null
    expect(moved).toMatchObject({ flags, received: RECEIVED })
    if (where !== null) expect(moved?.locator).toBe(where)
    expect(there.length).toBe(2)
    expect(await subjects(place)).toEqual(['Mail 2'])
    const again = await work(place, folder, { kind: 'move', to: target.name, moves: [{ token: 'bb', locator: one }] })
    expect(again).toEqual([{ token: 'bb', outcome: 'gone' }])
  },
  'stores and deletes nothing where there is nothing to do': async (law) => {
    const place = await law.make()
    const folder = await folderIn(await place.openForWriting())
    await store(place, folder, [outgoing(mail(1))])
    expect(await work(place, folder, { kind: 'append', messages: [] })).toEqual([])
    expect(await work(place, folder, { kind: 'change', changes: [] })).toEqual([])
    const { copies } = await scanFolder(await (await place.open()).open(INBOX))
    expect(copies.length).toBe(1)
  },
} as const satisfies Record<string, Clause>
