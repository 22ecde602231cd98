import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MbauditError } from '../../src/errors.js'
import { isToBeTested } from '../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../support/dovecot.js'
import { seeded } from '../support/edges.js'
import { type Fault, type FaultProxy, startFaultProxy } from '../support/fault-proxy.js'
import { type MailFolders, mail, mails } from '../support/maildir-mail.js'
import { type Kind, Scene, type View } from '../support/sync-scene.js'

const LONG = process.env.MBAUDIT_LONG === '1'
/** Seeded places for each kind of master and each direction. */
const PLACES = LONG ? 100 : 10
const LANES = 3

const large = (n: number) => mail(n, { body: `line of ${n}\n`.repeat(2_000) })
const MASTER: MailFolders = {
  INBOX: [...mails(0, 4), large(10), mail(11, { id: null }), mail(12, { flags: 'FS' }), mail(13, { body: 'new\n' })],
  Work: [mail(20), mail(21)],
  New: [mail(30), large(31)],
}
const SLAVE: MailFolders = {
  INBOX: [...mails(0, 2), mail(12), mail(13, { body: 'old\n' }), mail(20), mail(40)],
  Work: [],
  Gone: [mail(41), mail(42)],
}

let dovecot: Dovecot
let proxies: readonly FaultProxy[] = []
beforeAll(async () => {
  dovecot = await startDovecot()
  proxies = await Promise.all(Array.from({ length: LANES }, () => startFaultProxy(dovecot.port)))
})
afterAll(async () => {
  await Promise.all(proxies.map((proxy) => proxy[Symbol.asyncDispose]()))
  await dovecot?.[Symbol.asyncDispose]()
})

const sceneOf = (kind: Kind, proxy: FaultProxy, retries: number): Scene =>
  new Scene({ kind, master: MASTER, slave: SLAVE, dovecot, proxy, retries })

/** The message in what is told of it. */
const bodyOf = (line: string): string => line.replaceAll('\r', '').replace(/^.*?(?=From: )/s, '')
const subjectOf = (text: string): string => /^Subject: (.*)$/m.exec(text)?.[1] ?? text
const allOf = (folders: MailFolders): readonly string[] =>
  Object.values(folders)
    .flat()
    .map(({ text }) => bodyOf(text))

/** What is lost or doubled at a moment. */
async function wrongIn(scene: Scene): Promise<readonly string[]> {
  const there = Object.values(await scene.view())
    .flat()
    .map(bodyOf)
  const kept = new Set([...there, ...allOf(MASTER), ...scene.quarantined().map(bodyOf)])
  const lost = allOf(SLAVE).filter((text) => !kept.has(text))
  const doubled = there.filter((text, at) => there.indexOf(text) !== at)
  return [...lost.map((text) => `lost: ${subjectOf(text)}`), ...doubled.map((text) => `doubled: ${subjectOf(text)}`)]
}

/** Whether it came to its end; a line that is cut may end it. */
async function survives(act: () => Promise<unknown>): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (!(error instanceof MbauditError)) throw error
  }
}

interface Cut {
  readonly during: 'sync' | 'undo'
  readonly fault: Fault
  readonly retries: number
}

/** A sync and its undo, with the line cut in one of them. @returns what is wrong */
async function live(kind: Kind, proxy: FaultProxy, { during, fault, retries }: Cut, whole: Whole): Promise<string[]> {
  using scene = sceneOf(kind, proxy, retries)
  proxy.set(null)
  const wrong: string[] = []
  const look = async (when: string): Promise<void> => {
    await scene.settled()
    wrong.push(...(await wrongIn(scene)).map((what) => `${when}: ${what}`))
  }
  const same = (when: string, found: unknown, wanted: unknown): void => {
    if (inspect(found, { depth: 9 }) !== inspect(wanted, { depth: 9 })) wrong.push(`${when}: ${inspect(found)}`)
  }
  if (during === 'sync') {
    proxy.set(fault)
    await survives(() => scene.sync())
    proxy.set(null)
    await look('cut')
  }
  same('again', (await scene.sync()).undone, 0)
  same('then', await scene.view(), whole.end)
  same('once more', await scene.sync(), { steps: 0, undone: 0 })
  await look('synced')
  if (during === 'undo') {
    proxy.set(fault)
    await survives(() => scene.undo())
    proxy.set(null)
    await look('cut')
  }
  await scene.undo()
  same('undone', await scene.view(), whole.start)
  await look('at the end')
  return wrong
}

/** What is so where nothing breaks, and how much was said meanwhile. */
interface Whole {
  readonly start: View
  readonly end: View
  readonly said: Readonly<Record<Cut['during'], FaultProxy['passed']>>
}

async function liveWell(kind: Kind, proxy: FaultProxy): Promise<Whole> {
  using scene = sceneOf(kind, proxy, 0)
  const start = await scene.view()
  proxy.set(null)
  expect(await scene.sync()).toMatchObject({ undone: 0 })
  const sync = proxy.passed
  const end = await scene.view()
  proxy.set(null)
  expect(await scene.undo()).toBeGreaterThan(0)
  expect(await scene.view()).toEqual(start)
  return { start, end, said: { sync, undo: proxy.passed } }
}

/** Places all over what one side says in a sync and its undo, in turn with and without other tries. */
function* cutsOf(said: Whole['said'], from: Fault['from'], seed: number): Generator<Cut> {
  const random = seeded(seed)
  const [first, second] = [said.sync[from], said.undo[from]]
  for (let nth = 0; nth < PLACES; nth++) {
    const at = Math.floor(((nth + random()) / PLACES) * (first + second))
    const [during, after] = at < first ? (['sync', at] as const) : (['undo', at - first] as const)
    const kind = random() < 0.5 ? 'cut' : 'close'
    const fault: Fault = { kind, from, after, connections: Number.POSITIVE_INFINITY, isOfAll: true }
    yield { during, fault, retries: nth % 2 === 0 ? 0 : 3 }
  }
}

describe.skipIf(!isToBeTested(hasDovecot)).each([
  ['Maildir', 11],
  ['Dovecot', 12],
] as const)('a sync from %s to Dovecot whose line is cut somewhere, and its undo', (kind, seed) => {
  it(
    'lose nothing and double nothing, and end the same when they are run again',
    async () => {
      const [first] = proxies
      if (first === undefined) throw new Error('no proxy')
      const whole = await liveWell(kind, first)
      const cuts = (['server', 'client'] as const).flatMap((from) => [...cutsOf(whole.said, from, seed)])
      const left = cuts[Symbol.iterator]()
      const wrong: string[] = []
      const lane = async (proxy: FaultProxy): Promise<void> => {
        for (const cut of { [Symbol.iterator]: () => left }) {
          const found = await live(kind, proxy, cut, whole).catch((error: unknown) => [inspect(error)])
          wrong.push(...found.map((what) => `${JSON.stringify(cut)}: ${what}`))
        }
      }
      await Promise.all(proxies.map(lane))
      expect(wrong).toEqual([])
    },
    LONG ? 1_800_000 : 300_000,
  )
})
