import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MbauditError } from '../../../src/errors.js'
import { epochSeconds } from '../../../src/message/message.js'
import { wireDigest } from '../../../src/message/wire.js'
import { folderName, locator } from '../../../src/stores/store.js'
import type { Mark, Outcome, Outgoing, Work, WritableStore } from '../../../src/stores/writable.js'
import { isToBeTested } from '../../support/daemon.js'
import { type Dovecot, type DovecotOptions, hasDovecot, startDovecot } from '../../support/dovecot.js'
import { untilSessions } from '../../support/dovecot-sessions.js'
import { edgesOf, seeded } from '../../support/edges.js'
import { type Fault, type FaultProxy, startFaultProxy } from '../../support/fault-proxy.js'
import { accountAt } from '../../support/imap-accounts.js'
import { openForWriting } from '../../support/imap-writing.js'
import { connectRaw } from '../../support/raw-imap.js'
import { mail } from '../../support/store-law.js'

const LONG = process.env.MBAUDIT_LONG === '1'
/** Seeded places in the default run, of which each way of writing and each direction has a quarter. */
const PLACES = 200
/** Runs at once: most of a run is waiting. */
const LANES = 4
/** Milliseconds in which Dovecot works off what it was told. */
const STALLED = 1_000
const [INBOX, OTHER] = [folderName('INBOX'), folderName('Other')]

function outgoing(n: number): Outgoing {
  const bytes =
    n % 4 === 3 ? Buffer.from(`Subject: Mail ${n}\n\nno ID ${n}\n`) : mail(n, `line ${n}\n`.repeat(1 + 40 * (n % 3)))
  return {
    token: n.toString(16).padStart(16, '0'),
    bytes,
    wire: wireDigest(bytes),
    flags: n % 2 === 0 ? ['\\Seen', 'todo'] : [],
    received: epochSeconds(1_700_000_000 + n),
  }
}

const uid = (n: number) => locator(`uid=${n}`)
/** One after the other, in INBOX: what is stored, changed, taken away and moved. */
const WORKS: readonly Work[] = [
  { kind: 'append', messages: [0, 1, 2, 3, 4, 5].map(outgoing) },
  { kind: 'append', messages: [6, 7].map(outgoing) },
  {
    kind: 'change',
    changes: [
      { token: 'c0', locator: uid(1), wire: null, flags: null },
      { token: 'c1', locator: uid(2), wire: null, flags: { add: ['\\Flagged'], remove: [] } },
      { token: 'c2', locator: uid(3), wire: null, flags: { add: [], remove: ['todo'] } },
    ],
  },
  { kind: 'move', to: OTHER, moves: [4, 5].map((n) => ({ token: `m${n}`, locator: uid(n) })) },
]

describe.skipIf(!isToBeTested(hasDovecot)).each([
  ['by MULTIAPPEND and MOVE', {}],
  ['in a line of commands, by COPY', { capability: 'IMAP4rev1 UIDPLUS LITERAL+' }],
] satisfies [string, DovecotOptions][])('a session that writes to Dovecot %s, and breaks', (_, options) => {
  let dovecot: Dovecot
  let proxies: readonly FaultProxy[] = []
  let users = 0
  let end: readonly string[] = []
  let said: FaultProxy['said'] | null = null
  beforeAll(async () => {
    dovecot = await startDovecot(options)
    proxies = await Promise.all(Array.from({ length: LANES }, () => startFaultProxy(dovecot.port)))
    const [proxy] = proxies
    if (proxy === undefined) throw new Error('no proxy')
    proxy.set(null)
    end = await writeAll(proxy, 0)
    said = proxy.said
  })
  afterAll(async () => {
    await Promise.all(proxies.map((proxy) => proxy[Symbol.asyncDispose]()))
    await dovecot?.[Symbol.asyncDispose]()
  }, 60_000)

  /**
   * Waits until no session but one is at work: a look that is taken then sees all that the broken ones did. One that stalled
   * stays, and has nothing to do.
   */
  const pauseFor = (user: string): Promise<void> => untilSessions(dovecot, user, 1, STALLED)

  async function open(port: number, user: string, retries: number, silence: number): Promise<WritableStore> {
    const timeouts = { connect: 5_000, greeting: 1_000, silence }
    const account = accountAt(port, { user, jobs: 1, retries, timeouts })
    return openForWriting(account, {
      pause: (time) => (time < 2_000 ? Promise.resolve() : pauseFor(user)),
      now: Date.now,
    })
  }

  /** Writes all, settling what a broken session leaves open, and looks at the end with other eyes. */
  async function writeAll(proxy: FaultProxy, retries: number, silence = 5_000): Promise<readonly string[]> {
    const user = `user${++users}`
    {
      await using other = await connectRaw(dovecot.port, user)
      await other.command('CREATE', 'Other')
      await other.command('LOGOUT').catch(() => undefined)
    }
    let at = 0
    let store: WritableStore | null = null
    try {
      store = await open(proxy.port, user, retries, silence)
      const folder = await store.openForWriting(INBOX)
      for (; at < WORKS.length; at++) {
        const work = WORKS[at]
        if (work === undefined) break
        const mark = await folder.prepare(work, '')
        try {
          check(await folder.carryOut(work, mark))
        } catch (error) {
          if (!(error instanceof MbauditError)) throw error
          await settleAndGoOn(user, work, mark)
          at++
          throw error
        }
      }
    } catch (error) {
      if (!(error instanceof MbauditError)) throw error
      await store?.[Symbol.asyncDispose]()
      store = await open(dovecot.port, user, 5, 5_000)
      await pauseFor(user)
      for (const work of WORKS.slice(at)) await goOn(store, work)
    } finally {
      await store?.[Symbol.asyncDispose]()
    }
    return view(user)
  }

  /** As a later run does. */
  async function settleAndGoOn(user: string, work: Work, mark: Mark): Promise<void> {
    try {
      await using store = await open(dovecot.port, user, 5, 5_000)
      await goOn(store, rest(work, await (await store.openForWriting(INBOX)).settle(mark)))
    } catch (error) {
      throw new Error('it cannot be settled', { cause: error })
    }
  }

  async function goOn(store: WritableStore, work: Work): Promise<void> {
    const folder = await store.openForWriting(INBOX)
    check(await folder.carryOut(work, await folder.prepare(work, '')))
  }

  async function view(user: string): Promise<readonly string[]> {
    await using other = await connectRaw(dovecot.port, user)
    const lines: string[] = []
    for (const folder of ['INBOX', 'Other']) {
      await other.command('EXAMINE', folder)
      const answer = await other.command('UID FETCH', '1:*', '(FLAGS INTERNALDATE BODY.PEEK[])')
      for (const [, flags, date, subject] of answer.matchAll(
        /FLAGS \((.*?)\) INTERNALDATE "(.*?)".*?\r\nSubject: (.*?)\r/gs,
      ))
        lines.push(
          [
            folder,
            subject,
            flags
              ?.split(' ')
              .filter((flag) => flag !== '\\Recent')
              .sort()
              .join(' '),
            date,
          ].join(' '),
        )
    }
    return lines
  }

  async function wrongAt(faults: readonly Fault[]): Promise<string[]> {
    const wrong: string[] = []
    const left = faults.entries()
    const lane = async (proxy: FaultProxy) => {
      for (const [n, fault] of left) {
        proxy.set(fault)
        try {
          const found = await writeAll(proxy, n % 2 === 0 ? 5 : 0, fault.kind === 'stall' ? 250 : 5_000)
          if (sorted(found) !== sorted(end)) wrong.push(`${JSON.stringify(fault)}: ${JSON.stringify(found)}`)
        } catch (error) {
          wrong.push(`${JSON.stringify(fault)}: ${inspect(error)}`)
        }
      }
    }
    await Promise.all(proxies.map(lane))
    return wrong
  }

  it('ends as told where nothing breaks', () => {
    expect(end.map((line) => line.replace(/ \d\d-Nov.*/, ''))).toEqual([
      'INBOX Mail 1 \\Flagged',
      'INBOX Mail 2 \\Seen',
      'INBOX Mail 5 ',
      'INBOX Mail 6 \\Seen todo',
      'INBOX Mail 7 ',
      'Other Mail 3 ',
      'Other Mail 4 \\Seen todo',
    ])
  })

  for (const from of ['server', 'client'] as const) {
    it(`has every message once wherever a line or literal of the ${from} is broken`, async () => {
      const edges = edgesOf(said?.[from] ?? Buffer.alloc(0))
      const faults = edges.map((after, n): Fault => ({ kind: kindOf(n), from, after, connections: 1 }))
      expect(faults.length).toBeGreaterThan(30)
      expect(await wrongAt(faults)).toEqual([])
    }, 600_000)

    it(`has every message once wherever the ${from} is broken off`, async () => {
      const length = said?.[from].length ?? 0
      const random = seeded(from === 'server' ? 5 : 6)
      const places = Array.from(
        { length: LONG ? PLACES * 5 : PLACES / 4 },
        () => 1 + Math.floor(random() * (length - 1)),
      )
      const faults = places.map((after, n): Fault => ({ kind: kindOf(n), from, after, connections: 1 + (n % 3) }))
      expect(await wrongAt(faults)).toEqual([])
    }, 600_000)
  }
})

const sorted = (lines: readonly string[]): string => [...lines].sort().join('\n')

const kindOf = (n: number): Fault['kind'] => (n % 9 === 8 ? 'stall' : n % 2 === 0 ? 'cut' : 'close')

function check(outcomes: readonly Outcome[]): void {
  const wrong = outcomes.filter(({ outcome }) => outcome !== 'done')
  if (wrong.length > 0) throw new Error(`not done: ${JSON.stringify(wrong)}`)
}

function rest(work: Work, settled: readonly Outcome[]): Work {
  const wrong = settled.filter(({ outcome }) => outcome !== 'done' && outcome !== 'not-done')
  if (wrong.length > 0) throw new Error(`settled as ${JSON.stringify(wrong)}`)
  const left = new Set(settled.filter(({ outcome }) => outcome === 'not-done').map(({ token }) => token))
  const isLeft = ({ token }: { readonly token: string }): boolean => left.has(token)
  switch (work.kind) {
    case 'append':
      return { ...work, messages: work.messages.filter(isLeft) }
    case 'change':
      return { ...work, changes: work.changes.filter(isLeft) }
    default:
      return { ...work, moves: work.moves.filter(isLeft) }
  }
}
