import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { QUARANTINE_STORE } from '../../src/apply/quarantine.js'
import type { Run } from '../../src/apply/run.js'
import { undoFacts } from '../../src/apply/undo-facts.js'
import { StepSpool } from '../../src/plan/step-spool.js'
import { planUndo } from '../../src/plan/undo.js'
import { openStore } from '../../src/stores/drivers.js'
import type { Surroundings } from '../../src/stores/imap/session.js'
import type { Store } from '../../src/stores/store.js'
import type { WritableStore } from '../../src/stores/writable.js'
import { fillAccount, readAccount } from './account-mail.js'
import { carryOut, planOf, type Side, settle, sideOf, Workbench } from './applying.js'
import type { Dovecot } from './dovecot.js'
import { sessionsOf, untilSessions } from './dovecot-sessions.js'
import type { FaultProxy } from './fault-proxy.js'
import { accountAt } from './imap-accounts.js'
import { openAccount } from './imap-store.js'
import { openForWriting } from './imap-writing.js'
import { type MailFolders, writeMaildir } from './maildir-mail.js'
import { syncOneWay } from './one-way.js'

export type Kind = 'Maildir' | 'Dovecot'
/** What an account holds, by folder: a line a message. */
export type View = Readonly<Record<string, readonly string[]>>

/** Milliseconds in which Dovecot ends a session that broke. */
const LONGEST = 10_000

export interface SceneOptions {
  readonly kind: Kind
  readonly master: MailFolders
  readonly slave: MailFolders
  readonly dovecot: Dovecot
  /** In front of it. */
  readonly proxy: FaultProxy
  /** How often trouble is met with another try. */
  readonly retries: number
}

let users = 0

/** A master, a slave on a Dovecot behind a proxy, and the runs between them. */
export class Scene implements Disposable {
  readonly slave = `slave${++users}`
  readonly #options: SceneOptions
  readonly #bench = new Workbench()
  readonly #master = `master${users}`
  readonly #opened = new Map<string, number>()

  constructor(options: SceneOptions) {
    const { kind, master, slave, dovecot } = options
    this.#options = options
    fillAccount(dovecot, this.slave, slave)
    if (kind === 'Dovecot') fillAccount(dovecot, this.#master, master)
    else writeMaildir(this.#maildir, master)
  }

  [Symbol.dispose](): void {
    this.#bench[Symbol.dispose]()
  }

  /** One sync. */
  async sync(): Promise<{ readonly steps: number; readonly undone: number }> {
    await using master = await this.#openMaster()
    await using slave = await this.#open(this.slave, openAccount)
    const openSlave = () => this.#open(this.slave, openForWriting)
    const { steps, result } = await syncOneWay(this.#bench, { master, slave, openSlave }, 'mirror', { jobs: 1 })
    return { steps: steps.length, undone: (result?.failed ?? 0) + (result?.skipped ?? 0) + (result?.open ?? 0) }
  }

  /** Takes all runs back, the last one first. @returns how many steps that took */
  async undo(): Promise<number> {
    await settle(this.#bench, [{ open: () => this.#open(this.slave, openForWriting) }])
    let count = 0
    for (const run of [...this.#runs()].reverse()) count += await this.#undoOne(run)
    return count
  }

  async #undoOne(run: Run): Promise<number> {
    await using master = await this.#openMaster()
    await using slave = await this.#open(this.slave, openAccount)
    const sides: Side[] = [await sideOf(master), await sideOf(slave, () => this.#open(this.slave, openForWriting))]
    if (existsSync(run.quarantine)) {
      const spec = { name: QUARANTINE_STORE, type: 'maildir', path: run.quarantine, options: {} } as const
      sides.push(await sideOf(await openStore(spec)))
    }
    try {
      using spool = new StepSpool()
      const indexes = sides.map(({ scanned }) => scanned.index)
      for (const index of indexes) await index.needIdentities()
      planUndo(undoFacts(run, this.#bench.runs.all()), indexes, spool)
      const count = [...spool.steps()].length
      if (count === 0) return 0
      const made = await this.#bench.runs.create(
        spool.toPlan(planOf([], sides, { command: 'undo', options: { run: run.name } }).header),
        Date.now(),
      )
      await carryOut(made, sides, { jobs: 1 })
      return count
    } finally {
      for (const { scanned } of sides) await scanned[Symbol.asyncDispose]()
    }
  }

  /** Waits until the server has ended all that a broken line left behind. */
  async settled(): Promise<void> {
    const { dovecot } = this.#options
    for (const user of [this.slave, this.#master]) {
      await untilSessions(dovecot, user, 0, LONGEST)
      expect([user, sessionsOf(dovecot, user)]).toEqual([user, 0])
    }
  }

  view(): Promise<View> {
    return readAccount(this.#options.dovecot.port, this.slave)
  }

  /** What lies in the quarantines. */
  quarantined(): readonly string[] {
    return this.#bench.runs.all().flatMap(({ quarantine }) => {
      const cur = join(quarantine, 'cur')
      return existsSync(cur) ? readdirSync(cur).map((name) => readFileSync(join(cur, name), 'utf8')) : []
    })
  }

  #runs(): readonly Run[] {
    return this.#bench.runs.all().filter((run) => run.plan.header.command === 'sync')
  }

  get #maildir(): string {
    return join(this.#bench.root, 'master')
  }

  #openMaster(): Promise<Store> {
    if (this.#options.kind === 'Dovecot') return this.#open(this.#master, openAccount)
    return openStore({ name: 'master', type: 'maildir', path: this.#maildir, options: {} })
  }

  /** Opens an account by way of the proxy; the session waits for what broke before, and for nothing else. */
  async #open<Opened extends Store | WritableStore>(
    user: string,
    open: (account: ReturnType<typeof accountAt>, surroundings: Partial<Surroundings>) => Promise<Opened>,
  ): Promise<Opened> {
    const { dovecot, proxy, retries } = this.#options
    const count = (change: 1 | -1): void => void this.#opened.set(user, (this.#opened.get(user) ?? 0) + change)
    const pause = async (time: number): Promise<void> => {
      if (time >= 2_000) await untilSessions(dovecot, user, this.#opened.get(user) ?? 0, LONGEST)
    }
    const timeouts = { connect: 5_000, greeting: 5_000, silence: 20_000 }
    const name = user === this.slave ? 'slave' : 'master'
    const account = accountAt(proxy.port, { name, user, jobs: 1, retries, timeouts })
    count(1)
    try {
      const store = await open(account, { pause, now: Date.now })
      const dispose = store[Symbol.asyncDispose].bind(store)
      Reflect.set(store, Symbol.asyncDispose, async () => {
        await dispose()
        count(-1)
      })
      return store
    } catch (error) {
      count(-1)
      throw error
    }
  }
}
