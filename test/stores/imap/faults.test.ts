import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MbauditError, type Problem } from '../../../src/errors.js'
import { isToBeTested } from '../../support/daemon.js'
import { type Dovecot, hasDovecot, startDovecot } from '../../support/dovecot.js'
import { dovecotMaker } from '../../support/dovecot-maker.js'
import { edgesOf, seeded } from '../../support/edges.js'
import { type Fault, type FaultKind, type FaultProxy, startFaultProxy } from '../../support/fault-proxy.js'
import { accountAt } from '../../support/imap-accounts.js'
import { openAccount } from '../../support/imap-store.js'
import { scan } from '../../support/scanning.js'
import { type LawMessage, type MadeStore, mail } from '../../support/store-law.js'

const LONG = process.env.MBAUDIT_LONG === '1'
/** Seeded places in the larger session, in the default run. */
const PLACES = 200
/** Runs at once: most of a run is waiting. */
const LANES = 4
const EVERY = Number.POSITIVE_INFINITY

/** All that a run tells of an account. */
interface Told {
  /** By folder, a line for each message. */
  readonly folders: ReadonlyMap<string, readonly string[]>
  readonly problems: readonly Problem[]
  /** What ended the run. */
  readonly error: MbauditError | null
}

/** An account, and what is told of it with nothing in the way. */
interface Given {
  readonly user: string
  readonly jobs: number
  readonly whole: Told
  readonly said: FaultProxy['said']
}

describe.skipIf(!isToBeTested(hasDovecot))(
  'a session with Dovecot that breaks (scripts/install-test-servers.sh)',
  () => {
    let dovecot: Dovecot
    let proxies: readonly FaultProxy[] = []
    const made: MadeStore[] = []
    beforeAll(async () => {
      dovecot = await startDovecot({ separator: '.' })
      proxies = await Promise.all(Array.from({ length: LANES }, () => startFaultProxy(dovecot.port)))
    })
    afterAll(async () => {
      for (const store of made) await store.dispose()
      for (const proxy of proxies) await proxy[Symbol.asyncDispose]()
      await dovecot?.[Symbol.asyncDispose]()
    })

    // One connection, so that an octet of the session is the same one each time.
    const small = async () => given(await makeAccount(SMALL), 1)
    const large = async () => given(await makeAccount(LARGE), 3)
    const makeAccount = async (messages: readonly LawMessage[]): Promise<string> => {
      const store = await dovecotMaker(() => dovecot).make(messages, ['Empty'])
      made.push(store)
      const { spec } = await store.open()
      return spec.type === 'imap' ? spec.account.user : ''
    }

    /** What is told with nothing in the way, twice so that Dovecot has made its indexes. */
    async function given(user: string, jobs: number): Promise<Given> {
      const [proxy] = proxies
      if (proxy === undefined) throw new Error('no proxy')
      await tell(proxy, user, jobs, null)
      const whole = await tell(proxy, user, jobs, null)
      expect(whole.problems).toEqual([])
      expect(whole.error).toBeNull()
      return { user, jobs, whole, said: proxy.said }
    }

    async function tell(proxy: FaultProxy, user: string, jobs: number, fault: Fault | null): Promise<Told> {
      proxy.set(fault)
      // One connection, so that an octet of the session is the same one each time.
      const timeouts = { connect: 5_000, greeting: 1_000, silence: fault?.kind === 'stall' ? 250 : 5_000 }
      const account = accountAt(proxy.port, { user, jobs, retries: fault?.connections === 1 ? 5 : 1, timeouts })
      const folders = new Map<string, string[]>()
      try {
        await using store = await openAccount(account)
        await using scanned = await scan(store, { bodies: 'all' })
        await scanned.index.needIdentities()
        await scanned.index.needWires()
        for (const { folder } of scanned.folders) folders.set(folder, [])
        for (const copy of scanned.index.copies()) {
          const { locator, id, size, date, received, from, subject, flags } = copy
          const wire = scanned.index.wire(copy)
          const line = JSON.stringify([locator, id, wire, size, date, received, from, subject, flags])
          folders.get(copy.folder)?.push(line)
        }
        return { folders, problems: [...scanned.problems], error: null }
      } catch (error) {
        if (!(error instanceof MbauditError)) throw error
        return { folders, problems: [], error }
      }
    }

    /** Tries places and gives those where something was doubled, skipped in silence, or made up. */
    async function wrongAt({ user, jobs, whole }: Given, faults: readonly Fault[]): Promise<string[]> {
      const wrong: string[] = []
      const left = faults.values()
      const lane = async (proxy: FaultProxy) => {
        for (const fault of left) {
          const found = whatIsWrong(whole, await tell(proxy, user, jobs, fault), fault)
          if (found !== null) wrong.push(`${JSON.stringify(fault)}: ${found}`)
        }
      }
      await Promise.all(proxies.map(lane))
      return wrong
    }

    for (const from of ['server', 'client'] as const) {
      it(`is taken up again wherever a line or literal of the ${from} is broken`, async () => {
        const given = await small()
        const edges = edgesOf(given.said[from])
        const faults = edges.map((after, n): Fault => ({ kind: kindOf(n), from, after, connections: 1 }))
        expect(await wrongAt(given, LONG ? allKinds(faults) : faults)).toEqual([])
      }, 600_000)

      it(`says what is missing where every connection breaks at a line or literal of the ${from}`, async () => {
        const given = await small()
        const edges = edgesOf(given.said[from])
        const faults = edges.map((after, n): Fault => ({ kind: kindOf(n + 1), from, after, connections: EVERY }))
        expect(await wrongAt(given, LONG ? allKinds(faults) : faults)).toEqual([])
      }, 600_000)
    }

    it('is taken up again, or says what is missing, wherever a larger session breaks', async () => {
      const given = await large()
      const next = seeded(4)
      const places = LONG
        ? Array.from({ length: given.said.server.length - 1 }, (_, n) => n + 1)
        : Array.from({ length: PLACES }, () => 1 + Math.floor(next() * (given.said.server.length - 1)))
      const faults = places.map((after, n): Fault => {
        const kind = n % 40 === 7 ? 'stall' : n % 2 === 0 ? 'cut' : 'close'
        return { kind, from: 'server', after, connections: n % 4 === 3 ? EVERY : 1 }
      })
      expect(await wrongAt(given, faults)).toEqual([])
    }, 7_200_000)
  },
)

/** A stall costs its time of silence: it is met at one place of eight. */
const kindOf = (n: number): FaultKind => (n % 8 === 5 ? 'stall' : n % 2 === 0 ? 'cut' : 'close')
const allKinds = (faults: readonly Fault[]): Fault[] =>
  (['cut', 'close', 'stall'] as const).flatMap((kind) => faults.map((fault) => ({ ...fault, kind })))

/** null: the run is complete and equal, or says what it lacks. */
function whatIsWrong(whole: Told, told: Told, { kind, connections }: Fault): string | null {
  const codes = [told.error, ...told.problems].flatMap((each) => (each === null ? [] : [each.code]))
  // An account that was never reached, and greets and says no more, is given up at once.
  if (kind === 'stall' && told.error?.code === 'CONNECT_FAILED') return null
  if (connections === 1 && codes.length > 0)
    return `one broken connection is not made good: ${codes.join(' ')} ${told.error?.message ?? told.problems[0]?.message}`
  if (told.error !== null) return isLoss(told.error.code) ? null : `ended by ${told.error.code}: ${told.error.message}`
  const alien = codes.find((code) => !isLoss(code) && code !== 'UNREADABLE')
  if (alien !== undefined) return `a problem with the code ${alien}`
  if (told.problems.some(({ folder }) => folder === null)) return null
  for (const [folder, lines] of whole.folders) {
    const found = told.folders.get(folder) ?? []
    if (new Set(found.map(locatorIn)).size !== found.length) return `${folder}: a message stands there twice`
    const strange = found.find((line) => !lines.includes(line) && !isNamed(told, folder, locatorIn(line)))
    if (strange !== undefined) return `${folder}: it is told otherwise: ${strange}`
    const isPartial = told.problems.some((problem) => problem.folder === folder && problem.locator === null)
    const lacking = lines.filter((line) => !found.includes(line) && !isNamed(told, folder, locatorIn(line)))
    if (lacking.length > 0 && !isPartial) return `${folder}: left out in silence: ${lacking.map(locatorIn).join(' ')}`
  }
  return null
}

const isLoss = (code: string): boolean => code === 'CONNECTION_LOST' || code === 'CONNECT_FAILED'
const locatorIn = (line: string): string => String(JSON.parse(line)[0])
const isNamed = (told: Told, folder: string, where: string): boolean =>
  told.problems.some((problem) => problem.folder === folder && problem.locator === where)

const RECEIVED = 1_700_000_000
const SMALL: readonly LawMessage[] = [
  { raw: mail(1), flags: ['\\Seen'], received: RECEIVED },
  { raw: mail(2, 'a longer text\n'.repeat(20)), flags: ['\\Flagged', 'todo'], received: RECEIVED + 1 },
  { raw: Buffer.from('Subject: no ID\n\nA body that says { 12 }\n* 3 FETCH (UID 9)\n'), received: RECEIVED + 2 },
  { raw: mail(1), received: RECEIVED + 3 },
  { raw: mail(5, 'Gr\xfc\xdfe\n'), folder: 'Entwürfe', received: RECEIVED },
  { raw: mail(6), folder: 'Work/2024', received: RECEIVED },
]
const LARGE: readonly LawMessage[] = Array.from({ length: 120 }, (_, n) => ({
  raw: n % 10 === 3 ? Buffer.from(`Subject: none ${n}\n\nno ID ${n}\n`) : mail(n, `line ${n}\n`.repeat(1 + (n % 40))),
  folder: ['INBOX', 'Sent', 'Lists/One', 'Lists/Two'][n % 4] ?? 'INBOX',
  flags: n % 3 === 0 ? ['\\Seen'] : [],
  received: RECEIVED + n,
}))
