import type { MbauditError } from '../../errors.js'
import type { ImapAccount } from './account.js'
import { addressOf, errorFor } from './errors.js'
import type { Pool } from './pool.js'
import type { Meter } from './rate.js'
import { backOff } from './retry.js'
import type { Secrets } from './secret.js'
import type { Surroundings } from './session.js'
import { isCrowded, isTokenTrouble, type Trouble } from './trouble.js'

/** What the pieces of work of one session have in common. */
export interface State {
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

/** A piece of work, as its tries know it. */
export interface Wanted {
  /** Its path; null: none in particular. */
  readonly folder: string | null
  readonly shownAs: string | null
  readonly once: boolean
}

/** Where trouble was met: while a connection was made, or at work on one. */
export type During = 'connecting' | 'work'

/** The tries of one piece of work, counted. */
export interface Tries {
  /** Something was got: tries are counted anew. */
  progress(): void
  /**
   * Waits for the time to try again.
   *
   * @throws the error that ends the trying
   */
  next(trouble: Trouble, during: During): Promise<void>
}

export function countTries(state: State, wanted: Wanted): Tries {
  let tries = 0
  let isRenewed = false
  return {
    progress: () => {
      tries = 0
      isRenewed = false
    },
    next: async (trouble, during) => {
      const { secrets, signal } = state
      if (signal.aborted) throw signal.reason
      if (!isRenewed && secrets.canRenew && (trouble.kind === 'login' || isTokenTrouble(trouble))) {
        isRenewed = true
        return secrets.forget()
      }
      // What broke the connection may have been a token that ran out.
      if (trouble.kind === 'lost') secrets.forget()
      if (tries >= mostTries(state, trouble, during, wanted)) throw lastError(state, trouble, wanted, tries)
      lowerJobs(state, trouble, during)
      await waitForNext(state, trouble, tries++)
    },
  }
}

function lowerJobs({ pool }: State, trouble: Trouble, during: During): void {
  if (isCrowded(trouble)) pool.lower(pool.open)
  else if (trouble.kind === 'busy' && during === 'work') pool.lower(pool.limit - 1)
}

async function waitForNext({ account, surroundings, signal }: State, trouble: Trouble, tries: number): Promise<void> {
  const time = backOff(tries, surroundings.random(), trouble.wait)
  const again = `trying again in ${seconds(time)} (${tries + 1} of ${account.retries})`
  surroundings.note(`${addressOf(account)}: ${trouble.text}; ${again}`)
  await surroundings.pause(time, signal)
}

/** A server that asks for more patience than this gives no more today. */
const PATIENCE = 15 * 60_000
/** Of an account that was never reached, host, port or protocol are likelier to be mistaken than the network to be bad. */
const TRIES_TO_REACH = 2

/** How often trouble is worth another try. */
function mostTries(
  state: State,
  { kind, code, responseCode, wait }: Trouble,
  during: During,
  { once }: Wanted,
): number {
  const { account, wasReached, isDown } = state
  const toReach = wasReached ? account.retries : Math.min(TRIES_TO_REACH, account.retries)
  if (isDown || (once && during === 'work') || (wait !== null && wait > PATIENCE)) return 0
  if (kind === 'busy') return account.retries
  if (kind === 'lost' || (kind === 'silent' && code !== 'GREETING_TIMEOUT')) return toReach
  if (kind === 'unreachable' || kind === 'silent') return wasReached ? account.retries : 0
  return kind === 'refused' && responseCode === 'UNAVAILABLE' && during === 'work' ? Math.min(1, account.retries) : 0
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

/** The trouble without secrets, and with no more of a server's words than a line takes. */
export const discreet = ({ secrets }: State, trouble: Trouble): Trouble => ({
  ...trouble,
  text: clean(secrets.hide(trouble.text)),
})

const LONGEST_TEXT = 300

/** One line, of a length that can be read. */
export function clean(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()
  return line.length > LONGEST_TEXT ? `${line.slice(0, LONGEST_TEXT)}…` : line
}

const seconds = (milliseconds: number) => `${Math.max(1, Math.round(milliseconds / 1000))} s`
