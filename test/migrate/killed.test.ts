import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MemoryMessage } from '../../src/stores/memory/store.js'
import { Workbench } from '../support/applying.js'
import { mails, writeMaildir } from '../support/maildir-mail.js'
import { ALL_FORMATS, type Format, type Found, holds, localPlace, migrate } from '../support/migrating.js'
import { cutPowerAt } from '../support/power-cut.js'
import { givenIn, memoryPlace } from '../support/round-trip.js'
import { finished, makeWorkplace, type Workplace } from '../support/run-program.js'
import { mail } from '../support/store-law.js'

/** All of the points, and all 50 kills of each format, in `npm run test:long`; else some, other ones in each format. */
const IS_LONG = process.env.MBAUDIT_LONG !== undefined
const STRIDE = IS_LONG ? 1 : 29
const KILLS = IS_LONG ? 50 : 3

let base: string
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'mbaudit-killed-'))
})
afterAll(() => rmSync(base, { recursive: true, force: true }))

const message = (n: number, flags: readonly string[]): MemoryMessage => ({
  raw: mail(n, n % 3 === 0 ? 'above\n\nFrom here\n' : 'no newline'),
  flags,
  received: 1_700_000_000 + n,
})
const FOLDERS: Readonly<Record<string, readonly MemoryMessage[]>> = {
  INBOX: [message(1, ['\\Seen']), message(2, ['todo']), message(3, []), message(3, [])],
  Work: [message(4, []), message(5, ['\\Flagged', '$Label1'])],
  'Work/In it': [message(6, ['\\Answered', '\\Seen'])],
  Empty: [],
}
const SOURCE = memoryPlace(FOLDERS)

/** What it holds, whatever the order of runs in a folder. */
const inOrder = (all: Readonly<Record<string, readonly Found[]>>): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(all).map(([name, found]) => [name, found.map((each) => JSON.stringify(each)).sort()]),
  )

/** The lock of a program that was killed names a process that is no more; this one lives on. */
function leaveLocks(path: string): void {
  for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.lock')) continue
    const text = readFileSync(join(path, name), 'latin1')
    writeFileSync(join(path, name), text.replace(new RegExp(`\\b${process.pid}\\b`), '4194305'))
  }
}

describe.each(ALL_FORMATS)('a migration to %s', (format) => {
  it('cut off before any change of the file system, and finished: every message there, none twice; again nothing to do', async () => {
    const wanted = inOrder(await wholeIn(format))
    let at = 1 + ALL_FORMATS.indexOf(format)
    for (let wasCut = true; wasCut; at += STRIDE) {
      using bench = new Workbench()
      const path = join(bench.root, 'target')
      const target = localPlace(format, path)
      wasCut = await cutPowerAt(at, () => migrate(bench, SOURCE, target, { jobs: 1 }))
      leaveLocks(bench.root)
      const { result } = await migrate(bench, SOURCE, target)
      expect([at, result?.failed ?? 0, result?.skipped ?? 0, result?.open ?? 0]).toEqual([at, 0, 0, 0])
      expect([at, inOrder(await holds(target))]).toEqual([at, wanted])
      expect((await migrate(bench, SOURCE, target)).steps).toEqual([])
      expect(leftIn(bench.root)).toEqual([])
    }
    expect(at).toBeGreaterThan(20)
  })
})

async function wholeIn(format: Format): Promise<Record<string, readonly Found[]>> {
  using bench = new Workbench()
  const target = localPlace(format, join(base, format))
  await migrate(bench, SOURCE, target)
  const given = givenIn(format, new Map())
  const source = await holds(SOURCE)
  const told = await holds(target)
  const count = (all: Readonly<Record<string, readonly Found[]>>) => Object.values(all).map(({ length }) => length)
  expect(count(told).sort()).toEqual(count(source).sort())
  for (const [name, found] of Object.entries(source))
    expect(told[name]?.map(({ flags }) => flags)).toEqual(given.of(found).map(({ flags }) => flags))
  return told
}

/** What is half written. A lock of Dovecot's list that the dead left is taken away by whoever wants it next. */
const leftIn = (root: string): readonly string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /(^|\/)(tmp|scratch)\/.|\.lock$/.test(name) && !name.endsWith('dovecot-uidlist.lock'),
  )

describe('the program', () => {
  let place: Workplace
  beforeEach(async () => {
    place = await makeWorkplace()
  })
  afterEach(() => place[Symbol.asyncDispose]())

  it.each(['mboxrd', 'maildir', 'mh'] as const)(
    'killed at random while it writes %s, goes on until it is done',
    async (format) => {
      const INBOX = mails(0, 200)
      const [first] = INBOX
      if (first === undefined) throw new Error('no mail')
      writeMaildir(join(place.path, 'source'), { INBOX: [...INBOX, first], 'Work/2001': mails(500, 700), Empty: [] })
      const command = ['migrate', 'maildir:source', 'target', '--format', format, '--yes', '--json']
      const child = (): ReturnType<Workplace['start']> => place.start(command)
      const whole = Date.now()
      await place.run([...command.slice(0, 2), 'measured', ...command.slice(3)])
      const time = Date.now() - whole
      let seed = 7 + format.length
      for (let kill = 0; kill < KILLS; kill++) {
        const running = child()
        const end = finished(running)
        seed = (seed * 48_271) % 2_147_483_647
        await setTimeout(time * (0.3 + (0.7 * (seed % 1000)) / 1000))
        running.kill('SIGKILL')
        await end
      }
      const last = await place.run(command)
      expect([last.status, JSON.parse(last.stdout).summary.failed]).toEqual([0, 0])
      const again = await place.run([...command, '--exit-code'])
      expect([again.status, JSON.parse(again.stdout).steps]).toEqual([0, []])
      const { INBOX: inbox = [], ...others } = await holds(localPlace(format, join(place.path, 'target')))
      expect(inbox).toHaveLength(201)
      expect(new Set(inbox.map(({ wire }) => wire)).size).toBe(200)
      expect(new Set(Object.values(others).flatMap((found) => found.map(({ wire }) => wire))).size).toBe(200)
      expect(Object.values(others).flat()).toHaveLength(200)
    },
  )
})
