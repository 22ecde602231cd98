import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect } from 'vitest'
import { mail, scanFolder } from './store-law.js'
import { type Clause, folderIn, givenAs, INBOX, outgoing, seen, store, subjects, wireOf } from './writing-place.js'

/** Everything below a path, links not followed. */
function tree(path: string): string[] {
  const below = lstatSync(path).isDirectory() ? readdirSync(path).flatMap((name) => tree(join(path, name))) : []
  return [path, ...below]
}

/** Other programs, and other runs of ours, at work on the same folder. */
export const NEIGHBOUR_CLAUSES = {
  'is written to by two at once': async (law) => {
    const place = await law.make()
    const one = await folderIn(await place.openForWriting())
    const two = await folderIn(await place.openForWriting())
    const messages = (from: number) =>
      Array.from({ length: 40 }, (_, n) => outgoing(mail(from + n), { flags: [`k${n % 5}`] }))
    for (let round = 0; round < 3; round++)
      await Promise.all([store(place, one, messages(round * 1_000)), store(place, two, messages(round * 1_000 + 500))])
    const all = await seen(place)
    expect(new Set(all.map(({ raw }) => raw)).size).toBe(240)
    expect(all.length).toBe(240)
    if (!one.abilities.keepsKeywords) return
    const first = all.filter(({ raw }) => /^Subject: Mail \d*[05]00$/m.test(raw))
    for (const { flags } of first) expect(flags).toEqual(['k0'])
  },
  'is read while it is written to': async (law) => {
    const place = await law.make()
    const folder = await folderIn(await place.openForWriting())
    const raws = Array.from({ length: 60 }, (_, n) => mail(n, `${'text '.repeat(2_000)}\n`))
    const whole = new Set(raws.map((raw) => givenAs(law, raw)))
    let isWriting = true
    const writing = (async () => {
      for (let n = 0; n < raws.length; n += 10)
        await store(
          place,
          folder,
          raws.slice(n, n + 10).map((raw) => outgoing(raw)),
        )
    })().finally(() => {
      isWriting = false
    })
    do {
      const reader = await (await place.open()).open(INBOX)
      for (const { facts } of (await scanFolder(reader)).copies)
        expect(facts.size).toBe(givenAs(law, raws[Number(facts.subject.slice(5))] ?? Buffer.alloc(0)).length)
      await setImmediate()
    } while (isWriting)
    await writing
    expect(new Set((await seen(place)).map(({ raw }) => raw))).toEqual(whole)
  },
  'deletes what another program gave other flags meanwhile': async (law) => {
    const place = await law.make()
    if (place.reflag === null) return
    const folder = await folderIn(await place.openForWriting())
    const [one] = await store(place, folder, [outgoing(mail(1)), outgoing(mail(2))])
    if (one === undefined) throw new Error('nothing was stored')
    const change = {
      kind: 'change' as const,
      changes: [{ token: 'aa', locator: one, wire: wireOf(mail(1)), flags: null }],
    }
    const mark = await folder.prepare(change, place.scratch)
    await place.reflag(INBOX, mail(1), ['\\Flagged', '\\Seen'])
    expect(await folder.carryOut(change, mark)).toEqual([{ token: 'aa', outcome: 'done', locator: null }])
    expect(await subjects(place)).toEqual(['Mail 2'])
  },
  'adds flags to those that another program set meanwhile': async (law) => {
    const place = await law.make()
    const folder = await folderIn(await place.openForWriting())
    if (place.reflag === null || !folder.abilities.keepsFlags) return
    const [one] = await store(place, folder, [outgoing(mail(1)), outgoing(mail(2))])
    if (one === undefined) throw new Error('nothing was stored')
    const flags = { add: ['\\Seen'], remove: ['\\Answered'] }
    const change = { kind: 'change' as const, changes: [{ token: 'aa', locator: one, wire: null, flags }] }
    const mark = await folder.prepare(change, place.scratch)
    await place.reflag(INBOX, mail(1), ['\\Answered', '\\Flagged'])
    await folder.carryOut(change, mark)
    const now = new Map((await seen(place)).map((each) => [each.raw, each.flags]))
    expect(now.get(givenAs(law, mail(1)))).toEqual(['\\Flagged', '\\Seen'])
    expect(now.get(givenAs(law, mail(2)))).toEqual([])
  },
  'does not find what another program took away meanwhile': async (law) => {
    const place = await law.make()
    if (place.remove === null) return
    const folder = await folderIn(await place.openForWriting())
    const [one, two] = await store(place, folder, [outgoing(mail(1)), outgoing(mail(2))])
    if (one === undefined || two === undefined) throw new Error('nothing was stored')
    const change = {
      kind: 'change' as const,
      changes: [one, two].map((locator, n) => ({ token: `t${n}`, locator, wire: wireOf(mail(n + 1)), flags: null })),
    }
    const mark = await folder.prepare(change, place.scratch)
    await place.remove(INBOX, mail(1))
    const outcomes = await folder.carryOut(change, mark)
    expect(outcomes.map(({ outcome }) => (outcome === 'changed' ? 'gone' : outcome))).toEqual(['gone', 'done'])
    expect(await seen(place)).toEqual([])
  },
  'leaves alone what another program put in the place of a message': async (law) => {
    const place = await law.make()
    if (place.exchange === null) return
    const folder = await folderIn(await place.openForWriting())
    const [one] = await store(place, folder, [outgoing(mail(1)), outgoing(mail(2))])
    if (one === undefined) throw new Error('nothing was stored')
    const changes = [{ token: 'aa', locator: one, wire: wireOf(mail(1)), flags: null }]
    const mark = await folder.prepare({ kind: 'change', changes }, place.scratch)
    await place.exchange(INBOX, mail(1), mail(7))
    expect(await folder.carryOut({ kind: 'change', changes }, mark)).toEqual([{ token: 'aa', outcome: 'changed' }])
    expect((await subjects(place)).sort()).toEqual(['Mail 2', 'Mail 7'])
  },
  'makes files for their owner alone': async (law) => {
    const place = await law.make()
    if (place.root === null) return
    const folder = await folderIn(await place.openForWriting())
    await store(place, folder, [outgoing(mail(1), { flags: ['\\Seen', 'todo'] })])
    for (const path of tree(place.root)) expect([path, lstatSync(path).mode & 0o077]).toEqual([path, 0])
  },
  'stores many messages at once': async (law) => {
    const place = await law.make()
    const folder = await folderIn(await place.openForWriting())
    const { messages } = folder.writing.atOnce
    const count = Math.min(messages, 300)
    const locators = await store(
      place,
      folder,
      Array.from({ length: count }, (_, n) => outgoing(mail(n))),
    )
    expect(new Set(locators).size).toBe(count)
    expect((await seen(place)).length).toBe(count)
  },
} as const satisfies Record<string, Clause>
