import { expect } from 'vitest'
import { folderName } from '../../src/stores/store.js'
import type { Mark, Outcome, Work, WritableFolder } from '../../src/stores/writable.js'
import { mail } from './store-law.js'
import {
  type Clause,
  folderIn,
  INBOX,
  type LawContext,
  newToken,
  outgoing,
  type Seen,
  seen,
  store,
  type WritingPlace,
  wireOf,
  work,
} from './writing-place.js'

const OTHER = folderName('Other')

/** What is to be done in a folder that holds these messages before; `left` is what of it is still to be done. */
interface Scenario {
  readonly before: readonly ReturnType<typeof outgoing>[]
  make(before: readonly Seen[]): Work
}

/** All that can be seen of both folders, in whatever order and at whatever locators. */
async function view(place: WritingPlace): Promise<readonly string[]> {
  const shown: string[] = []
  for (const name of [INBOX, OTHER])
    for (const { raw, flags, received } of await seen(place, name))
      shown.push(JSON.stringify([name, raw, flags, received]))
  return shown.sort()
}

async function begin(
  law: LawContext,
  { before, make }: Scenario,
): Promise<{ place: WritingPlace; folder: WritableFolder; wanted: Work; mark: Mark }> {
  const place = await law.make()
  const opened = await place.openForWriting()
  const folder = await folderIn(opened)
  await folderIn(opened, OTHER)
  await store(place, folder, before)
  const wanted = make(await seen(place))
  return { place, folder, wanted, mark: await folder.prepare(wanted, place.scratch) }
}

const rest = (wanted: Work, settled: readonly Outcome[]): Work => {
  const left = new Set(settled.filter(({ outcome }) => outcome === 'not-done').map(({ token }) => token))
  if (wanted.kind === 'append')
    return { kind: 'append', messages: wanted.messages.filter(({ token }) => left.has(token)) }
  if (wanted.kind === 'move') return { ...wanted, moves: wanted.moves.filter(({ token }) => left.has(token)) }
  return { kind: 'change', changes: wanted.changes.filter(({ token }) => left.has(token)) }
}

/** Crashes before each change in turn, settles, and does what is left: it must end as if nothing had happened. */
const survives =
  (scenario: Scenario): Clause =>
  async (law) => {
    const undisturbed = await begin(law, scenario)
    await undisturbed.folder.carryOut(undisturbed.wanted, undisturbed.mark)
    const end = await view(undisturbed.place)
    for (let at = 1; ; at++) {
      const { place, folder, wanted, mark } = await begin(law, scenario)
      if (place.crashAt === null) return
      const start = await view(place)
      const crashed = await place.crashAt(at, () => folder.carryOut(wanted, mark))
      if (!crashed) {
        expect(at).toBeGreaterThan(1)
        expect(await view(place)).toEqual(end)
        return
      }
      const resumed = await folderIn(await place.openForWriting())
      const settled = await resumed.settle(mark)
      expect(await resumed.settle(mark)).toEqual(settled)
      const told = settled.map(({ outcome }) => outcome)
      expect(told.every((outcome) => outcome === 'done' || outcome === 'not-done')).toBe(true)
      const now = await view(place)
      if (!told.includes('done')) expect(now).toEqual(start)
      if (!told.includes('not-done')) expect(now).toEqual(end)
      const left = rest(wanted, settled)
      const outcomes = await work(place, resumed, left)
      expect(outcomes.every(({ outcome }) => outcome === 'done')).toBe(true)
      expect(await view(place)).toEqual(end)
      await place.dispose()
    }
  }

const three = () =>
  [1, 2, 3].map((n) =>
    outgoing(mail(n, `Body ${n}\n`), { flags: n === 2 ? ['\\Flagged', 'todo'] : n === 3 ? ['\\Seen'] : [] }),
  )
const locatorOf = (before: readonly Seen[], n: number) => {
  const found = before.find(({ raw }) => /^Subject: Mail (\d+)\r?$/m.exec(raw)?.[1] === String(n))
  if (found === undefined) throw new Error(`no mail ${n}`)
  return found.locator
}

export const CRASH_CLAUSES = {
  'ends the same when it is killed while it stores': survives({
    before: [outgoing(mail(9), { flags: ['\\Seen', 'old'] })],
    make: () => ({ kind: 'append', messages: three() }),
  }),
  'ends the same when it is killed while it deletes and flags': survives({
    before: [...three(), outgoing(mail(4), { flags: ['\\Seen'] })],
    make: (before) => ({
      kind: 'change',
      changes: [
        { token: newToken(), locator: locatorOf(before, 1), wire: wireOf(mail(1, 'Body 1\n')), flags: null },
        {
          token: newToken(),
          locator: locatorOf(before, 2),
          wire: null,
          flags: { add: ['new', '\\Seen'], remove: ['\\Flagged'] },
        },
        { token: newToken(), locator: locatorOf(before, 3), wire: wireOf(mail(3, 'Body 3\n')), flags: null },
      ],
    }),
  }),
  'ends the same when it is killed while it moves': async (law) => {
    const place = await law.make()
    if (!(await folderIn(await place.openForWriting())).writing.movesNatively) return
    const make = (before: readonly Seen[]): Work => ({
      kind: 'move',
      to: OTHER,
      moves: [1, 2].map((n) => ({ token: newToken(), locator: locatorOf(before, n) })),
    })
    await survives({ before: three(), make })(law)
  },
  'settles what was never begun as not done': async (law) => {
    const { place, folder, wanted, mark } = await begin(law, {
      before: three(),
      make: () => ({ kind: 'append', messages: [outgoing(mail(5))] }),
    })
    const before = await view(place)
    const settled = await (await folderIn(await place.openForWriting())).settle(mark)
    expect(settled.map(({ outcome }) => outcome)).toEqual(['not-done'])
    expect(await view(place)).toEqual(before)
    await work(place, folder, wanted)
    expect((await view(place)).length).toBe(4)
  },
  'settles what was done as done, and where': async (law) => {
    const { place, folder, wanted, mark } = await begin(law, {
      before: three(),
      make: () => ({ kind: 'append', messages: [outgoing(mail(5)), outgoing(mail(6))] }),
    })
    const done = await folder.carryOut(wanted, mark)
    const settled = await (await folderIn(await place.openForWriting())).settle(mark)
    expect(settled).toEqual(done)
  },
  'settles what it stored although another program gave it other flags': async (law) => {
    const { place, folder, wanted, mark } = await begin(law, {
      before: three(),
      make: () => ({ kind: 'append', messages: [outgoing(mail(5))] }),
    })
    if (place.reflag === null) return
    await folder.carryOut(wanted, mark)
    await place.reflag(INBOX, mail(5), ['\\Answered', '\\Seen'])
    const settled = await (await folderIn(await place.openForWriting())).settle(mark)
    expect(settled.map(({ outcome }) => outcome)).toEqual(['done'])
    expect((await seen(place)).length).toBe(4)
  },
} as const satisfies Record<string, Clause>
