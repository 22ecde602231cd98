import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRuns } from '../../src/apply/runs.js'
import { readFacts } from '../../src/message/facts.js'
import { digest, epochSeconds } from '../../src/message/message.js'
import { openStore } from '../../src/stores/drivers.js'
import { folderName, type LocalStoreSpec, type LocalStoreType } from '../../src/stores/store.js'
import type { Outgoing } from '../../src/stores/writable.js'
import { openWritableStore } from '../../src/stores/writable-drivers.js'
import { mail, type Workbench } from '../support/applying.js'
import { syncOneWay } from '../support/one-way.js'
import { scan } from '../support/scanning.js'

const DIST = new URL('../../dist/src', import.meta.url).href
const CHILD = new URL('../support/crash-child.js', import.meta.url).pathname

/** Where each kind of store lies below a directory. */
const KINDS: readonly LocalStoreType[] = ['maildir', 'mh', 'mbox', 'eml']

/** Each point takes a second: all of them in `npm run test:long`, else every so many, other ones in each kind. */
const STRIDE = process.env.MBAUDIT_LONG ? 1 : 6

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'mbaudit-killed-'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }), 60_000)

const specOf = (root: string, name: string, type: LocalStoreType): LocalStoreSpec => ({
  name,
  type,
  path: join(root, name),
  options: {},
})

type Mails = Readonly<Record<string, readonly ReturnType<typeof mail>[]>>

const MASTER: Mails = {
  INBOX: [
    mail('a', { flags: ['\\Seen'] }),
    mail('b'),
    mail('kept', { flags: ['\\Flagged'] }),
    mail('changed', { text: 'new' }),
  ],
  Work: [mail('moved', { flags: ['\\Seen'] })],
  New: [mail('n1'), mail('n2')],
}
const SLAVE: Mails = {
  INBOX: [mail('kept'), mail('moved', { flags: ['\\Seen'] }), mail('x'), mail('changed', { text: 'old' }), mail('y')],
  Work: [],
  Gone: [mail('z')],
}

/** Makes a store of these mails. */
async function fill(spec: LocalStoreSpec, mails: Mails): Promise<void> {
  await using store = await openWritableStore(spec, true)
  let made = 0
  for (const [name, messages] of Object.entries(mails)) {
    await store.createFolder(folderName(name), null)
    await using folder = await store.openForWriting(folderName(name))
    const scratch = join(home, 'scratch')
    mkdirSync(scratch, { recursive: true })
    const outgoing = messages.map(({ raw, flags, received }): Outgoing => {
      const token = (++made).toString(16).padStart(16, '0')
      const wire = readFacts(raw).wire ?? digest('')
      return { token, bytes: raw, wire, flags, received: epochSeconds(received ?? 0) }
    })
    const work = { kind: 'append', messages: outgoing } as const
    if (outgoing.length > 0) await folder.carryOut(work, await folder.prepare(work, scratch))
  }
}

/** What a store holds: folder, subject, flags, text of each message; the order in a folder is that of the runs. */
async function tell(spec: LocalStoreSpec): Promise<readonly string[]> {
  await using store = await openStore(spec)
  await using scanned = await scan(store)
  const told = [...scanned.index.copies()].map(({ folder, subject, flags, wire }) =>
    [folder, subject, ...flags, wire].join(' '),
  )
  const folders = scanned.index.folders().map(({ folder }) => folder)
  return [...folders, ...told.sort()]
}

/** What the process says that lives. */
interface Answer {
  readonly points: number
  readonly result: unknown
  readonly failures: readonly unknown[]
}

interface Place {
  readonly root: string
  readonly master: LocalStoreSpec
  readonly slave: LocalStoreSpec
}

let places = 0
function makePlace(pattern: string, type: LocalStoreType): Place {
  const root = join(home, `place-${++places}`)
  cpSync(pattern, root, { recursive: true, preserveTimestamps: true })
  return { root, master: specOf(root, 'master', type), slave: specOf(root, 'slave', type) }
}

/** Syncs in a process of its own. @param dieAt - the point at which it kills itself; 0: it lives */
async function syncInChild({ root, master, slave }: Place, dieAt: number): Promise<string> {
  const given = JSON.stringify({ dist: DIST, root, master, slave, mode: 'mirror', dieAt })
  const child = spawn(process.execPath, [CHILD, given], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said = text(child.stdout)
  const [, signal] = await once(child, 'exit')
  expect([dieAt, signal]).toEqual([dieAt, dieAt === 0 ? null : 'SIGKILL'])
  return said
}

async function syncHere({ root, master, slave }: Place) {
  await using from = await openStore(master)
  await using to = await openStore(slave)
  const bench: Pick<Workbench, 'runs'> = { runs: openRuns({ state: join(root, 'state'), data: join(root, 'data') }) }
  return syncOneWay(bench, { master: from, slave: to, openSlave: () => openWritableStore(slave, false) }, 'mirror')
}

describe.each(KINDS)('a mirror in %s', (type) => {
  it('killed at every point, then run again, ends the same; once more, there is nothing to do', async () => {
    const pattern = join(home, `pattern-${type}`)
    mkdirSync(pattern)
    await fill(specOf(pattern, 'master', type), MASTER)
    await fill(specOf(pattern, 'slave', type), SLAVE)
    const whole = makePlace(pattern, type)
    const before = await tell(whole.master)
    const { points, result, failures }: Answer = JSON.parse(await syncInChild(whole, 0))
    expect(failures).toEqual([])
    expect(result).toMatchObject({ ended: 'finished', failed: 0, skipped: 0, open: 0 })
    expect(points).toBeGreaterThan(20)
    const end = await tell(whole.slave)
    const killed = Array.from({ length: points }, (_, at) => at + 1).filter(
      (at) => at % STRIDE === KINDS.indexOf(type) % STRIDE,
    )
    const places = new Map(killed.map((at) => [at, makePlace(pattern, type)]))
    await Promise.all([0, 1].map((worker) => killEach([...places], worker)))
    for (const [nth, place] of places) {
      const { result: again } = await syncHere(place)
      expect([nth, again?.failed ?? 0, again?.skipped ?? 0]).toEqual([nth, 0, 0])
      expect([nth, await tell(place.slave)]).toEqual([nth, end])
      expect((await syncHere(place)).steps).toEqual([])
      expect(await tell(place.master)).toEqual(before)
      expect(leftIn(place.root)).toEqual([])
    }
  }, 600_000)
})

/** What is half written: temporary files, and what stopped runs needed. */
function leftIn(root: string): readonly string[] {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  return files.filter((name) => /(^|\/)(tmp|scratch)\/./.test(name))
}

/** Kills each second of them, at its own point. */
async function killEach(places: readonly (readonly [at: number, place: Place])[], worker: number): Promise<void> {
  for (const [nth, [at, place]] of places.entries()) if (nth % 2 === worker) await syncInChild(place, at)
}
