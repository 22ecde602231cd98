import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { epochSeconds } from '../../src/message/message.js'
import { wireDigest } from '../../src/message/wire.js'
import { readMboxFile } from '../support/mbox-file.js'
import { MboxPlace } from '../support/mbox-writing.js'
import { ODD } from '../support/odd-mail.js'
import { mail, scanFolder } from '../support/store-law.js'
import { outgoing, RECEIVED, seen, store } from '../support/writing-place.js'

const places: MboxPlace[] = []
afterEach(async () => {
  for (const place of places.splice(0)) await place.dispose()
})
function newPlace(...args: ConstructorParameters<typeof MboxPlace>): MboxPlace {
  const place = new MboxPlace(...args)
  places.push(place)
  return place
}
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

const VARIANTS: readonly Readonly<Record<string, string>>[] = [
  {},
  { variant: 'mboxrd' },
  { variant: 'mboxo' },
  { variant: 'mboxcl' },
  { variant: 'mboxcl2' },
]

const piece = fc.oneof(
  fc.uint8Array({ maxLength: 20 }).map((octets) => Buffer.from(octets).toString('latin1')),
  fc.constantFrom('\n', '\n\n', '\r\n', '\r\n\r\n', '\r', '\r\r', '\0', ' ', '\t', '>', 'text'),
  fc.constantFrom('From ', '\nFrom ', '\n>From x', '\n\n>>From y\n', '\rFrom z', 'From a@b Mon Jan  1 10:00:00 2024\n'),
  fc.constantFrom(
    'Subject: x\n',
    'Status: RO\n',
    'X-Status: F\n',
    'X-Keywords: kw\n',
    'Content-Length: 7\n',
    'Lines: 3\r\n',
  ),
  fc.constantFrom(
    'X-Mozilla-Status: 0001\n',
    'X-IMAPbase: 1 2\n',
    'X-UID: 9\n',
    'Status: RESOLVED\n',
    'Message-ID: <a@b>\n',
  ),
)
const octets = fc.array(piece, { maxLength: 12 }).map((pieces) => latin1(pieces.join('')))
const flags = fc.uniqueArray(
  fc.constantFrom('\\Seen', '\\Answered', '\\Flagged', '\\Draft', '\\Deleted', 'todo', '$Label1'),
)
const message = fc.record({ raw: octets, flags, received: fc.integer({ min: -2_000_000_000, max: 9_000_000_000 }) })

describe.each(VARIANTS)('an mbox written with %o', (options) => {
  it('gives back whatever it was given, with flags and dates', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 5 }), async (messages) => {
        const place = new MboxPlace('', options)
        try {
          const folder = await place.open()
          const all = messages.map((each) => outgoing(each.raw, { ...each, received: epochSeconds(each.received) }))
          const mark = await folder.prepare({ kind: 'append', messages: all }, place.scratch)
          const outcomes = await folder.carryOut({ kind: 'append', messages: all }, mark)
          expect(await folder.settle(mark)).toEqual(outcomes)
          const kept = all.filter((_, n) => outcomes[n]?.outcome === 'done')
          const { copies } = await scanFolder(folder)
          const locators = outcomes.flatMap((each) => (each.outcome === 'done' ? [each.locator] : []))
          const shown = copies.map(({ facts, flags, received, locator }) => ({
            wire: facts.wire,
            flags,
            received,
            locator,
          }))
          expect(shown).toEqual(
            kept.map(({ wire, flags, received }, n) => ({
              wire,
              flags: [...flags].sort(),
              received,
              locator: locators[n],
            })),
          )
          const read = (await seen(place.place)).map(({ raw }) => wireDigest(latin1(raw)))
          expect(read).toEqual(kept.map(({ wire }) => wire))
        } finally {
          await place.dispose()
        }
      }),
      { numRuns: 150 },
    )
  })
})

describe('messages in an mbox', () => {
  it('come back octet by octet, but for a final newline that is lacking', async () => {
    const raws = Object.values(ODD).filter((raw) => !raw.toString('latin1').startsWith('From '))
    for (const options of [{}, { variant: 'mboxrd' }, { variant: 'mboxcl2' }]) {
      const place = newPlace('', options)
      await store(
        place.place,
        await place.open(),
        raws.map((raw) => outgoing(raw, { flags: ['\\Seen', 'todo'] })),
      )
      const wanted = raws.map((raw) => raw.toString('latin1')).map((raw) => (raw.endsWith('\n') ? raw : `${raw}\n`))
      const read = (await seen(place.place)).map(({ raw }) => (raw.endsWith('\n') ? raw : `${raw}\n`))
      expect(read).toEqual(wanted)
    }
  })

  it('are told apart by Python alike, whatever is in them', async () => {
    const bodies = [
      '\nFrom a@b Mon Jan  1 10:00:00 2024\nSubject: no\n\n',
      'From x\n',
      '>From y\n',
      'no newline',
      '\n\n\n',
      '',
    ]
    const raws = [
      ...bodies.map((body, n) => mail(n, body)),
      latin1('\nno header\n'),
      Buffer.alloc(0),
      ...Object.values(ODD),
    ]
    const place = newPlace('', { variant: 'mboxrd' })
    await store(
      place.place,
      await place.open(),
      raws.map((raw) => outgoing(raw)),
    )
    const script = 'import mailbox,sys; print(len(mailbox.mbox(sys.argv[1], create=False)))'
    const run = spawnSync('python3', ['-c', script, place.path], { encoding: 'utf8' })
    expect(Number(run.stdout)).toBe(raws.length)
  })

  it('of 50 MB and more than 64 KB of header come back', { timeout: 60_000 }, async () => {
    const header = `${'X-Long: y\n'.repeat(8_000)}Subject: long\n\nbody\nFrom here\n`
    const raws = [mail(1, `${'x'.repeat(79)}\n`.repeat(650_000)), latin1(header)]
    for (const options of [{}, { variant: 'mboxcl2' }]) {
      const place = newPlace('', options)
      await store(
        place.place,
        await place.open(),
        raws.map((raw) => outgoing(raw)),
      )
      const { copies } = await readMboxFile(place.path, options)
      expect(copies.map(({ facts }) => facts.wire)).toEqual(raws.map(wireDigest))
    }
  })

  it('that would look like two are refused where no Content-Length may tell', async () => {
    const raw = mail(1, 'xFrom a@example.org Mon Jan  1 10:00:00 2024\nSubject: two\n\nb\n')
    const strict = newPlace('', { variant: 'mboxrd' })
    const work = { kind: 'append' as const, messages: [outgoing(raw), outgoing(mail(2))] }
    const folder = await strict.open()
    const outcomes = await folder.carryOut(work, await folder.prepare(work, strict.scratch))
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['refused', 'done'])
    const open = newPlace()
    await store(open.place, await open.open(), work.messages)
    expect((await seen(open.place)).map((each) => each.raw)).toEqual(
      [raw, mail(2)].map((each) => each.toString('latin1')),
    )
  })

  it.each([
    ['Return-Path: <a@b>\nFrom: "X, Y" <c@d>\n', 'a@b'],
    ['Return-Path: <>\nFrom: c@d\n', 'MAILER-DAEMON'],
    ['From: "X, Y" <c@d>\n', 'c@d'],
    ['From: c@d (Comment)\n', 'c@d'],
    ['Sender: s@t\n', 's@t'],
    ['From: nobody\n', 'MAILER-DAEMON'],
    ['From: <a b@c>\n', 'MAILER-DAEMON'],
    ['Subject: x\n', 'MAILER-DAEMON'],
  ])('with %j have the sender %s in their separator', async (header, sender) => {
    const place = newPlace()
    await store(place.place, await place.open(), [
      outgoing(latin1(`${header}\nx\n`), { received: epochSeconds(RECEIVED) }),
    ])
    expect(place.content.split('\n', 1)[0]).toBe(`From ${sender} Tue Nov 14 22:13:20 2023`)
  })
})
