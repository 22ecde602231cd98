import type { ImapFlow, MailboxObject, MailboxOpenOptions } from 'imapflow'
import type { MbauditError } from '../../errors.js'
import type { ImapAccount } from './account.js'
import { ConnectingError, type Connection, connect } from './connect.js'
import { addressOf, errorFor } from './errors.js'
import { createPool, type Pool } from './pool.js'
import { whoAnswers } from './probe.js'
import { createMeter, type Meter } from './rate.js'
import { backOff, pause } from './retry.js'
import { createSecrets, type Secrets } from './secret.js'
import { answerOf, isCrowded, isTokenTrouble, readTrouble, type Trouble } from './trouble.js'

/** What a session needs of the world besides the network. */
export interface Surroundings {
  /** From 0 up to 1: spreads the tries of many clients. */
  readonly random: () => number
  /** Milliseconds of Unix time. */
  readonly now: () => number
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Told what a person watching may want to know: tries, waits, fewer connections, the server's alerts. */
  readonly note: (text: string) => void
  /** Ends all waiting. */
  readonly signal: AbortSignal | null
}

export interface FolderOptions {
  /** QRESYNC: what is already known of the folder. */
  readonly known?: Pick<MailboxOpenOptions, 'changedSince' | 'uidValidity'>
  /** A folder that the connection has open already is not opened anew. */
  readonly mayBeOpen?: boolean
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
}

export interface UseOptions {
  readonly once?: boolean
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

interface Wanted {
  readonly folder: string | null
  readonly shownAs: string | null
  readonly once: boolean
}

/** What the pieces of work of one session have in common. */
interface State {
  readonly account: ImapAccount
  readonly surroundings: Surroundings
  readonly secrets: Secrets
  readonly pool: Pool
  readonly meter: Meter
  readonly signal: AbortSignal
  /** Whether the account was reached before. */
  wasReached: boolean
  /** All tries of a piece of work failed, and none has succeeded since: the next ones are tried once. */
  isDown: boolean
  /** What no other try will change. */
  ended: MbauditError | null
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
  const pool = createPool(account.jobs, () => connect(account, secrets, alert), isCrowdedError)
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
    use: (work, options) => run(state, work, { folder: null, shownAs: null, once: options?.once ?? false }),
    inFolder: (path, work, options = {}) =>
      run(state, async (client, lent) => work(client, await examine(client, path, options), lent), {
        folder: path,
        shownAs: options.shownAs ?? path,
        once: false,
      }),
    async [Symbol.asyncDispose]() {
      closing.abort(new Error('the session is closed'))
      await pool.close()
    },
  }
}

/** One after another, tries of a piece of work until one ends otherwise than by trouble that may pass. */
async function run<T>(state: State, work: (client: ImapFlow, lent: Lent) => Promise<T>, wanted: Wanted): Promise<T> {
  let tries = 0
  const lent: Lent = { progress: () => (tries = 0), spend: state.meter.spend }
  for (;;) {
    if (state.ended !== null) throw state.ended
    const outcome = await attempt(state, work, wanted, lent)
    if (outcome.trouble === null) return outcome.result
    await beforeNextTry(state, outcome.trouble, outcome.during, tries++, wanted)
  }
}

type During = 'connecting' | 'work'
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
  return { ...trouble, text: await whoAnswers(state.account) }
}

/** Waits for the time to try again, or ends the trying. */
async function beforeNextTry(
  state: State,
  trouble: Trouble,
  during: During,
  tries: number,
  wanted: Wanted,
): Promise<void> {
  const { account, surroundings, secrets, pool } = state
  const isRenewable = tries === 0 && secrets.canRenew && (trouble.kind === 'login' || isTokenTrouble(trouble))
  if (trouble.kind === 'lost' || isRenewable) secrets.forget()
  const most = state.isDown ? 0 : account.retries
  if (
    !isRenewable &&
    (tries >= Math.min(most, mostTries(trouble, during, state)) || (wanted.once && during === 'work'))
  ) {
    throw lastError(state, trouble, wanted, tries)
  }
  if (isCrowded(trouble)) pool.lower(pool.open)
  else if (trouble.kind === 'busy' && during === 'work') pool.lower(pool.limit - 1)
  const time = isRenewable ? 0 : backOff(tries, surroundings.random(), trouble.wait)
  surroundings.note(
    `${addressOf(account)}: ${trouble.text}; trying again in ${seconds(time)} (${tries + 1} of ${most})`,
  )
  await surroundings.pause(time, state.signal)
}

/** A server that asks for more patience than this gives no more today. */
const PATIENCE = 15 * 60_000

/** How often a kind of trouble is worth another try. */
function mostTries({ kind, responseCode, wait }: Trouble, during: During, { wasReached }: State): number {
  if (wait !== null && wait > PATIENCE) return 0
  if (kind === 'busy') return Number.POSITIVE_INFINITY
  // Of an account that was never reached, host, port or protocol are likelier to be mistaken than the network to be bad.
  if (kind === 'lost') return wasReached ? Number.POSITIVE_INFINITY : 2
  if (kind === 'unreachable' || kind === 'silent') return wasReached ? Number.POSITIVE_INFINITY : 0
  return kind === 'refused' && responseCode === 'UNAVAILABLE' && during === 'work' ? 1 : 0
}

/** The error that ends the trying, remembered where it holds for all that is yet to be done. */
function lastError(state: State, trouble: Trouble, { shownAs }: Wanted, tries: number): MbauditError {
  const { account, surroundings, wasReached } = state
  const isLong = trouble.wait !== null && trouble.wait > PATIENCE
  const told: Trouble = isLong ? { ...trouble, kind: 'limit' } : trouble
  const error = errorFor(told, { account, folder: shownAs, wasReached, now: surroundings.now() })
  const holdsForAll = ['untrusted', 'login', 'limit', 'unusable'].includes(told.kind)
  if (holdsForAll) state.ended = error
  else if (tries > 0 && trouble.kind !== 'refused') state.isDown = true
  return error
}

/** Opens a folder for reading alone, without the LIST that imapflow sends before a folder it has not seen. */
async function examine(client: ImapFlow, path: string, { known, mayBeOpen }: FolderOptions): Promise<MailboxObject> {
  if (mayBeOpen && client.mailbox && client.mailbox.path === path) return client.mailbox
  if ('folders' in client && client.folders instanceof Map && !client.folders.has(path))
    client.folders.set(path, { path })
  return answerOf(client, await client.mailboxOpen(path, { readOnly: true, ...known }), 'EXAMINE')
}

function isCrowdedError(error: unknown): boolean {
  const trouble = error instanceof ConnectingError ? readTrouble(error.cause, error.heard, 'connecting') : null
  return trouble !== null && isCrowded(trouble)
}

/** The trouble without secrets, and with no more of a server's words than a line takes. */
const discreet = ({ secrets }: State, trouble: Trouble): Trouble => ({
  ...trouble,
  text: clean(secrets.hide(trouble.text)),
})

const LONGEST_TEXT = 300

function clean(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}…` : line
}

const seconds = (milliseconds: number) => `${Math.max(1, Math.round(milliseconds / 1000))} s`
