import type { ImapFlow, MailboxObject } from 'imapflow'
import type { ImapAccount } from './account.js'
import { ConnectingError, type Connection, connect } from './connect.js'
import { addressOf } from './errors.js'
import { type OpenOptions, openFolder } from './open-folder.js'
import { createPool } from './pool.js'
import { whoAnswers } from './probe.js'
import { createMeter } from './rate.js'
import { pause } from './retry.js'
import { createSecrets } from './secret.js'
import { clean, countTries, type During, discreet, type State, type Wanted } from './tries.js'
import { isCrowded, readTrouble, type Trouble } from './trouble.js'

/** What a session needs of the world besides the network. */
export interface Surroundings {
  /** From 0 up to 1: spreads the tries of many clients. */
  readonly random: () => number
  /** Milliseconds of Unix time. */
  readonly now: () => number
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Told what a person watching may want to know: tries, waits, fewer connections, the server's alerts. */
  readonly note: (text: string) => void
  /** Ends all waiting, and all connections at once. */
  readonly signal: AbortSignal | null
}

export interface FolderOptions extends Pick<OpenOptions, 'known' | 'mayBeOpen'> {
  /** What errors call the folder, where that is not its path. */
  readonly shownAs?: string
}

/** The connections to one account, each lent to one piece of work at a time. */
export interface ImapSession extends AsyncDisposable {
  readonly account: ImapAccount
  /** How many pieces of work may run at once: `account.jobs`, or fewer where the server allowed no more. */
  readonly jobs: number
  /**
   * Lends a connection. Work that fails because the connection was lost or the server is busy is run again from its beginning,
   * with back-off, at most `account.retries` times in a row without `progress()`; so it must go on from where its own
   * bookkeeping says it stands. Work that may not be run twice passes `once`.
   *
   * @throws ConnectionLostError, LimitReachedError, ServerRefusedError (status 4), AuthFailedError, TlsUntrustedError (3);
   * what else `work` throws passes through
   */
  use<T>(work: (client: ImapFlow, lent: Lent) => Promise<T>, options?: UseOptions): Promise<T>
  /**
   * As `use`, with the folder opened by EXAMINE; opened anew at each try, so UIDVALIDITY is to be looked at each time.
   *
   * @param path - as LIST gave it, decoded, with any prefix
   * @throws FolderGoneError when there is no such folder; ServerRefusedError when it may not be opened
   */
  inFolder<T>(
    path: string,
    work: (client: ImapFlow, opened: MailboxObject, lent: Lent) => Promise<T>,
    options?: FolderOptions,
  ): Promise<T>
  /** Waits; ends early when the session is closed or all is to end. */
  pause(milliseconds: number): Promise<void>
  /** Milliseconds of Unix time. */
  now(): number
  /** Tells a person who watches. */
  note(text: string): void
}

export interface UseOptions {
  readonly once?: boolean
  /** The path of the folder that the work opens itself: a connection that has it open is lent first, and errors name it. */
  readonly folder?: string
  /** What errors call the folder, where that is not its path. */
  readonly shownAs?: string
}

/** What a piece of work tells its session. */
export interface Lent {
  /** Something was got: tries are counted anew. */
  progress(): void
  /** Waits as `--max-rate` demands, after so much was read. */
  spend(messages: number, octets: number): Promise<void>
}

/**
 * Opens the first connection and logs in. A server that is not there, a certificate not trusted and a wrong password are
 * reported at once; a server that says it is busy, or that drops the connection, is asked again.
 */
export async function openSession(account: ImapAccount, given: Partial<Surroundings> = {}): Promise<ImapSession> {
  const session = createSession(account, {
    random: Math.random,
    now: Date.now,
    pause,
    note: () => undefined,
    signal: null,
    ...given,
  })
  try {
    await session.use(async () => undefined)
    return session
  } catch (error) {
    await session[Symbol.asyncDispose]()
    throw error
  }
}

function createSession(account: ImapAccount, surroundings: Surroundings): ImapSession {
  const closing = new AbortController()
  const signal = surroundings.signal === null ? closing.signal : AbortSignal.any([closing.signal, surroundings.signal])
  const secrets = createSecrets(account)
  const alerts = new Set<string>()
  const alert = (text: string) => {
    // Some servers say the same at every login.
    if (!alerts.has(text)) surroundings.note(`${addressOf(account)}: ${clean(secrets.hide(text))}`)
    alerts.add(text)
  }
  const pool = createPool(account.jobs, () => connect(account, secrets, alert, surroundings.signal), isCrowdedError)
  const meter = createMeter(account.maxRate, (time) => surroundings.pause(time, signal), surroundings.now)
  const state: State = {
    ...{ account, surroundings, secrets, pool, meter, signal },
    ...{ wasReached: false, isDown: false, ended: null },
  }
  return {
    account,
    get jobs() {
      return pool.limit
    },
    use: (work, { folder = null, shownAs = folder, once = false } = {}) => run(state, work, { folder, shownAs, once }),
    inFolder: (path, work, options = {}) =>
      run(state, async (client, lent) => work(client, await openFolder(client, path, options), lent), {
        folder: path,
        shownAs: options.shownAs ?? path,
        once: false,
      }),
    pause: (milliseconds) => surroundings.pause(milliseconds, signal),
    now: surroundings.now,
    note: (text) => surroundings.note(clean(text)),
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('the session is closed'))
      await pool.close()
    },
  }
}

/** One after another, tries of a piece of work until one ends otherwise than by trouble that may pass. */
async function run<T>(state: State, work: (client: ImapFlow, lent: Lent) => Promise<T>, wanted: Wanted): Promise<T> {
  const tries = countTries(state, wanted)
  const lent: Lent = { progress: tries.progress, spend: state.meter.spend }
  for (;;) {
    state.signal.throwIfAborted()
    if (state.ended !== null) throw state.ended
    const outcome = await attempt(state, work, wanted, lent)
    if (outcome.trouble === null) return outcome.result
    await tries.next(outcome.trouble, outcome.during)
  }
}

type Outcome<T> =
  | { readonly trouble: null; readonly result: T }
  | { readonly trouble: Trouble; readonly during: During }

async function attempt<T>(
  state: State,
  work: (client: ImapFlow, lent: Lent) => Promise<T>,
  { folder }: Wanted,
  lent: Lent,
): Promise<Outcome<T>> {
  let connection: Connection
  try {
    connection = await state.pool.take(folder)
  } catch (thrown) {
    return { trouble: await troubleOfConnecting(state, thrown), during: 'connecting' }
  }
  state.wasReached = true
  let result: T
  try {
    result = await work(connection.client, lent)
  } catch (thrown) {
    const trouble = readTrouble(thrown, connection.heard(), 'work')
    if (trouble === null || trouble.kind === 'refused' || trouble.kind === 'missing') state.pool.giveBack(connection)
    else if (trouble.kind === 'busy' && connection.client.usable) state.pool.giveBack(connection)
    else state.pool.drop(connection)
    if (trouble === null) throw thrown
    return { trouble: discreet(state, trouble), during: 'work' }
  }
  state.isDown = false
  state.pool.giveBack(connection)
  return { trouble: null, result }
}

/** @throws what is no trouble of a connection */
async function troubleOfConnecting(state: State, thrown: unknown): Promise<Trouble> {
  if (!(thrown instanceof ConnectingError)) throw thrown
  const trouble = readTrouble(thrown.cause, thrown.heard, 'connecting')
  if (trouble === null) throw thrown.cause
  if (trouble.code !== 'GREETING_TIMEOUT' || state.wasReached) return discreet(state, trouble)
  const { words, isImap } = await whoAnswers(state.account)
  return { ...trouble, text: words, kind: isImap ? 'lost' : 'silent' }
}

function isCrowdedError(error: unknown): boolean {
  const trouble = error instanceof ConnectingError ? readTrouble(error.cause, error.heard, 'connecting') : null
  return trouble !== null && isCrowded(trouble)
}
