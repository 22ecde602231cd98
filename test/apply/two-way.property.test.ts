import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { wireDigest } from '../../src/message/wire.js'
import { type MemoryMessage, type MemoryStore, makeMemoryStore } from '../../src/stores/memory/store.js'
import { type MemoryWriting, writableMemory } from '../../src/stores/memory/writing.js'
import { folderName } from '../../src/stores/store.js'
import { Computer, syncTwoWay } from '../support/two-way.js'

const RUNS = process.env.MBAUDIT_LONG ? 1_000 : 40
const FOLDERS = ['INBOX', 'Work', 'Old'] as const

type Side = 'a' | 'b'
const aSide = fc.constantFrom<Side>('a', 'b')
const aFolder = fc.constantFrom(...FOLDERS)
const someFlags = fc.subarray(['\\Flagged', '\\Seen', 'todo'])

/** What a user, or another program, does with the nth message of a store. */
const aChange = fc.record({
  kind: fc.constant('change' as const),
  side: aSide,
  what: fc.constantFrom(
    'add' as const,
    'add' as const,
    'remove' as const,
    'remove' as const,
    'flag' as const,
    'move' as const,
    'restore' as const,
    'addBoth' as const,
  ),
  nth: fc.nat(11),
  folder: aFolder,
  flags: someFlags,
})
type Change = typeof aChange extends fc.Arbitrary<infer T> ? T : never

const aLoss = fc.record({
  kind: fc.constant('state' as const),
  what: fc.constantFrom('lost' as const, 'cut' as const, 'flipped' as const, 'older' as const),
  at: fc.nat(99),
})
type Loss = typeof aLoss extends fc.Arbitrary<infer T> ? T : never

const aSync = fc.record({
  kind: fc.constant('sync' as const),
  /** The change of a store before or after which it is killed; 0: it is not. */
  killedAt: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 12 })),
  between: fc.array(aChange, { maxLength: 2 }),
})
type Sync = typeof aSync extends fc.Arbitrary<infer T> ? T : never

class Killed extends Error {}

/** Two stores, a computer, and what is to be remembered of what users did. */
class World implements Disposable {
  readonly computer = new Computer()
  readonly stores: Readonly<Record<Side, MemoryStore>>
  /** Mails by their digests: deleted by a user somewhere; changed besides. */
  readonly deleted = new Set<string>()
  readonly touched = new Set<string>()
  /** Mails that a sync has seen on both sides; those of them that were deleted since. */
  readonly synced = new Set<string>()
  readonly known = new Set<string>()
  readonly all = new Set<string>()
  readonly #writing: MemoryWriting
  readonly #older: Buffer[] = []
  #made = 0

  constructor({ headersAlone, ...writing }: Playing) {
    const make = (name: Side) =>
      makeMemoryStore({ INBOX: [] }, { name, scansHeadersAlone: headersAlone.includes(name) })
    this.stores = { a: make('a'), b: make('b') }
    this.#writing = writing
  }

  [Symbol.dispose](): void {
    this.computer[Symbol.dispose]()
  }

  change({ side, what, nth, folder, flags }: Change): void {
    const store = this.stores[side]
    if (what === 'add' || what === 'addBoth') {
      const message = this.#newMail(flags)
      this.#put(store, folder, message)
      if (what === 'addBoth') this.#put(this.stores[side === 'a' ? 'b' : 'a'], folder, { ...message })
      return
    }
    const met = [...store.folders].flatMap(([name, held]) => held.map((message) => ({ name, message })))[nth]
    if (met === undefined) return
    const { name, message } = met
    const wire = wireDigest(message.raw)
    const held = store.folders.get(name) ?? []
    if (what === 'remove') {
      this.deleted.add(wire)
      if (this.synced.has(wire)) this.known.add(wire)
    } else this.touched.add(wire)
    if (what === 'flag') message.flags = flags
    else held.splice(held.indexOf(message), 1)
    if (what === 'move') this.#put(store, folder, message)
    if (what === 'restore') this.#put(store, name, { ...message })
  }

  /** Few IDs, so that several mails share one; some have none. */
  #newMail(flags: readonly string[]): MemoryMessage {
    const number = ++this.#made
    const id = number % 4 === 0 ? '' : `Message-ID: <${number % 3 === 0 ? 'shared' : number}@example.org>\n`
    const text = `From: ana@example.org\nSubject: ${number}\nDate: Thu, 29 Feb 2024 10:00:00 +0000\n${id}\nThis is text ${number}.\n`
    const raw = Buffer.from(text)
    this.all.add(wireDigest(raw))
    return { raw, flags, received: number }
  }

  #put(store: MemoryStore, folder: string, message: MemoryMessage): void {
    const held = store.folders.get(folderName(folder)) ?? []
    store.folders.set(folderName(folder), held)
    held.push(message)
  }

  get #stateFile(): string | null {
    const place = join(this.computer.root, 'state', 'sync')
    const name = existsSync(place) ? readdirSync(place).find((each) => each.endsWith('.sqlite')) : undefined
    return name === undefined ? null : join(place, name)
  }

  harm({ what, at }: Loss): void {
    const file = this.#stateFile
    if (file === null) return
    const bytes = readFileSync(file)
    const spot = Math.floor((bytes.length * at) / 100)
    if (what === 'lost') rmSync(file)
    else if (what === 'cut') truncateSync(file, spot)
    else if (what === 'flipped') {
      bytes[spot] = (bytes[spot] ?? 0) ^ 0x15
      writeFileSync(file, bytes)
    } else {
      const older = this.#older[at % Math.max(1, this.#older.length)]
      if (older !== undefined) writeFileSync(file, older)
    }
  }

  async sync({ killedAt, between }: Sync): Promise<Awaited<ReturnType<typeof syncTwoWay>> | null> {
    let met = 0
    const onChange = () => {
      if (killedAt > 0 && ++met >= killedAt) throw new Killed()
    }
    const open = (store: MemoryStore) => async () => writableMemory(store, { ...this.#writing, onChange })
    const channel = { ...this.stores, openA: open(this.stores.a), openB: open(this.stores.b) }
    try {
      const synced = await syncTwoWay(this.computer, channel, {
        between: () => {
          for (const change of between) this.change(change)
        },
      })
      const there = new Set(this.wires('b'))
      for (const wire of this.wires('a')) if (between.length === 0 && there.has(wire)) this.synced.add(wire)
      return synced
    } catch (error) {
      if (!(error instanceof Killed)) throw error
      return null
    } finally {
      const file = this.#stateFile
      if (file !== null) this.#older.push(readFileSync(file))
    }
  }

  wires(side: Side): readonly string[] {
    return [...this.stores[side].folders.values()].flatMap((held) => held.map(({ raw }) => wireDigest(raw))).sort()
  }

  placed(side: Side): readonly string[] {
    const told = [...this.stores[side].folders].flatMap(([folder, held]) =>
      held.map(({ raw, flags }) => `${folder} ${wireDigest(raw)} ${flags.join(' ')}`),
    )
    return told.sort()
  }

  checkKept(): void {
    const held = new Set([...this.wires('a'), ...this.wires('b')])
    expect([...this.all].filter((wire) => !held.has(wire) && !this.deleted.has(wire))).toEqual([])
  }

  checkNoneDoubled(): void {
    for (const side of ['a', 'b'] as const) expect(this.wires(side)).toEqual([...new Set(this.wires(side))])
  }

  /** Syncs until there is nothing to do. */
  async end(): Promise<void> {
    const calm: Sync = { kind: 'sync', killedAt: 0, between: [] }
    for (let round = 0; round < 2; round++) await this.sync(calm)
    const last = await this.sync(calm)
    expect(last?.steps).toEqual([])
    this.checkKept()
    this.checkNoneDoubled()
    expect(this.wires('a')).toEqual(this.wires('b'))
    if (last?.questions.length === 0) expect(this.placed('a')).toEqual(this.placed('b'))
  }
}

interface Playing extends MemoryWriting {
  /** Which sides are scanned as an account is: without bodies. */
  readonly headersAlone: readonly Side[]
}

const aPlay: fc.Arbitrary<Playing> = fc.record({
  headersAlone: fc.subarray<Side>(['a', 'b']),
  movesNatively: fc.boolean(),
  atOnce: fc.record({ messages: fc.integer({ min: 1, max: 3 }), octets: fc.constant(1 << 20) }),
})

async function play(playing: Playing, acts: readonly (Change | Loss | Sync)[]): Promise<World> {
  const world = new World(playing)
  for (const act of acts) {
    if (act.kind === 'change') world.change(act)
    else if (act.kind === 'state') world.harm(act)
    else {
      const synced = await world.sync(act)
      world.checkKept()
      // A move that was killed between its copy and the deletion is settled by the next sync.
      if (synced !== null) world.checkNoneDoubled()
    }
  }
  await world.end()
  return world
}

it('whatever becomes of the state: nothing is lost that no one deleted, nothing doubles, both sides agree', async () => {
  const acts = fc.array(
    fc.oneof({ weight: 5, arbitrary: aChange }, { weight: 3, arbitrary: aSync }, { weight: 1, arbitrary: aLoss }),
    { maxLength: 20 },
  )
  await fc.assert(
    fc.asyncProperty(aPlay, acts, async (playing, given) => {
      using world = await play(playing, given)
      expect(world.all.size).toBeGreaterThanOrEqual(0)
    }),
    { numRuns: RUNS },
  )
}, 600_000)

it('with its state kept, and killed at any moment: what was deleted and not changed is gone from both', async () => {
  const acts = fc.array(fc.oneof({ weight: 3, arbitrary: aChange }, { weight: 2, arbitrary: aSync }), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(aPlay, acts, async (playing, given) => {
      using world = await play(playing, given)
      const held = new Set([...world.wires('a'), ...world.wires('b')])
      const back = [...world.known].filter((wire) => held.has(wire) && !world.touched.has(wire))
      expect(back).toEqual([])
    }),
    { numRuns: RUNS },
  )
}, 600_000)
