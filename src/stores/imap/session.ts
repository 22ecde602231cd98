import type { ImapFlow, MailboxObject, MailboxOpenOptions } from 'imapflow'
import type { ImapAccount } from './account.js'

/** What a session needs of the world besides the network. */
export interface Surroundings {
  /** From 0 up to 1: spreads the tries of many clients. */
  readonly random: () => number
  /** Milliseconds. */
  readonly now: () => number
  readonly pause: (milliseconds: number) => Promise<void>
  /** Told what a person watching may want to know: tries, waits, fewer connections. */
  readonly note: (text: string) => void
}

export interface FolderOptions {
  /** QRESYNC: what is already known of the folder. */
  readonly known?: Pick<MailboxOpenOptions, 'changedSince' | 'uidValidity'>
  /** A folder that the connection has open already is not opened anew. */
  readonly mayBeOpen?: boolean
}

/** The connections to one account, each lent to one piece of work at a time. */
export interface ImapSession extends AsyncDisposable {
  readonly account: ImapAccount
  /** How many pieces of work may run at once: `account.jobs`, or fewer where the server allowed no more. */
  readonly jobs: number
  /**
   * Lends a connection. Work that fails because the connection was lost or the server is busy is run again from its beginning,
   * on a new connection, with back-off, at most `account.retries` times in a row without `progress()`; so it must go on from
   * where its own bookkeeping says it stands. Work that may not be run twice passes `once`.
   *
   * @throws ConnectFailedError, TlsUntrustedError, AuthFailedError (status 3), ConnectionLostError, LimitReachedError,
   * ServerRefusedError (status 4); what else `work` throws passes through
   */
  use<T>(work: (client: ImapFlow, lent: Lent) => Promise<T>, options?: { readonly once?: boolean }): Promise<T>
  /**
   * As `use`, with the folder opened by EXAMINE; opened anew at each try, so UIDVALIDITY is to be looked at each time.
   *
   * @param path - as LIST gave it, decoded
   * @throws FolderGoneError when there is no such folder; ServerRefusedError when it may not be opened
   */
  inFolder<T>(
    path: string,
    work: (client: ImapFlow, opened: MailboxObject, lent: Lent) => Promise<T>,
    options?: FolderOptions,
  ): Promise<T>
}

/** What a piece of work tells its session. */
export interface Lent {
  /** Something was got: tries are counted anew. */
  progress(): void
  /** Waits as `--max-rate` demands, after so much was read. */
  spend(messages: number, octets: number): Promise<void>
  /** The last BYE, or error event, of this connection. */
  lastWords(): string | null
}

/**
 * Opens the first connection and logs in. A server that is not there, a certificate not trusted and a wrong password are
 * reported at once; a server that says it is busy is asked again.
 */
export async function openSession(_account: ImapAccount, _surroundings?: Partial<Surroundings>): Promise<ImapSession> {
  throw new TypeError('to be written')
}
