/** Exit statuses of the program (docs/exit-status.md). Where several hold, the first of `EXIT_PRECEDENCE` wins. */
export const EXIT = {
  ok: 0,
  found: 1,
  usage: 2,
  store: 3,
  partial: 4,
  refused: 5,
  bug: 70,
  interrupted: 130,
} as const
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT]

const EXIT_PRECEDENCE: readonly ExitStatus[] = [130, 70, 5, 3, 4, 2, 1, 0]

/** The status that stands for several: the gravest of them. */
export function gravest(...statuses: readonly ExitStatus[]): ExitStatus {
  return EXIT_PRECEDENCE.find((status) => statuses.includes(status)) ?? EXIT.ok
}

/** Stable codes of errors and problems; a script may rely on them. */
export type ErrorCode =
  | 'USAGE'
  | 'CONFIG_INVALID'
  | 'STORE_NOT_FOUND'
  | 'STORE_UNRECOGNISED'
  | 'STORE_LOCKED'
  | 'CONNECT_FAILED'
  | 'TLS_UNTRUSTED'
  | 'AUTH_FAILED'
  | 'CONNECTION_LOST'
  | 'LIMIT_REACHED'
  | 'PLAN_STALE'
  | 'QUOTA_EXCEEDED'
  | 'REFUSED'
  | 'SAFETY_LIMIT'
  | 'UNREADABLE'
  | 'FOLDER_CHANGED'
  | 'INTERRUPTED'
  | 'BUG'

export interface ErrorPlace {
  readonly store?: string
  readonly folder?: string
  readonly locator?: string
}

/**
 * An error that a user can act on: what happened, where, and (`hint`) what to do.
 * Broken mail is never one (it is a finding); whatever else is thrown is a bug and keeps its stack.
 */
export class MbauditError extends Error {
  readonly code: ErrorCode
  readonly exitStatus: ExitStatus
  readonly hint: string
  readonly place: ErrorPlace

  constructor(
    code: ErrorCode,
    exitStatus: ExitStatus,
    message: string,
    hint: string,
    place: ErrorPlace = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.code = code
    this.exitStatus = exitStatus
    this.hint = hint
    this.place = place
  }
}

/** The command line cannot be followed. Nothing was read or changed. */
export class UsageError extends MbauditError {
  constructor(message: string, hint: string) {
    super('USAGE', EXIT.usage, message, hint)
  }
}

/** The configuration file has a mistake; the message says file, line and column. */
export class ConfigError extends MbauditError {
  constructor(message: string, hint: string) {
    super('CONFIG_INVALID', EXIT.usage, message, hint)
  }
}

/** Nothing lies where a store was said to be. */
export class StoreNotFoundError extends MbauditError {
  constructor(store: string, message: string, hint: string) {
    super('STORE_NOT_FOUND', EXIT.store, message, hint, { store })
  }
}

/** Something lies there, but it is no mail store that can be read. */
export class StoreUnrecognisedError extends MbauditError {
  constructor(store: string, message: string, hint: string) {
    super('STORE_UNRECOGNISED', EXIT.store, message, hint, { store })
  }
}

/** The store, or something it needs, may not be opened or cannot be read at all (permissions, I/O error). */
export class StoreUnreadableError extends MbauditError {
  constructor(store: string, message: string, hint: string) {
    super('UNREADABLE', EXIT.store, message, hint, { store })
  }
}

/** The server cannot be reached, or what answers is no IMAP server that can be used. */
export class ConnectFailedError extends MbauditError {
  constructor(store: string, message: string, hint: string, cause?: unknown) {
    super('CONNECT_FAILED', EXIT.store, message, hint, { store }, cause)
  }
}

/** The server's certificate does not prove that it is the server that was meant. */
export class TlsUntrustedError extends MbauditError {
  constructor(store: string, message: string, hint: string, cause?: unknown) {
    super('TLS_UNTRUSTED', EXIT.store, message, hint, { store }, cause)
  }
}

/** The server does not let this user in. */
export class AuthFailedError extends MbauditError {
  constructor(store: string, message: string, hint: string, cause?: unknown) {
    super('AUTH_FAILED', EXIT.store, message, hint, { store }, cause)
  }
}

/** The connection broke in the middle of the work, and all tries to take it up again were used. */
export class ConnectionLostError extends MbauditError {
  constructor(place: ErrorPlace, message: string, hint: string, cause?: unknown) {
    super('CONNECTION_LOST', EXIT.partial, message, hint, place, cause)
  }
}

/** The provider gives no more for now: an allowance of a day or an hour is used up. */
export class LimitReachedError extends MbauditError {
  /** When to go on, in milliseconds of Unix time, as far as that is known. */
  readonly againAt: number | null

  constructor(place: ErrorPlace, message: string, hint: string, againAt: number | null, cause?: unknown) {
    super('LIMIT_REACHED', EXIT.partial, message, hint, place, cause)
    this.againAt = againAt
  }
}

/** The server said NO or BAD to a command, in its own words. */
export class ServerRefusedError extends MbauditError {
  /** The server's response code without brackets (`NOPERM`), if it gave one. */
  readonly responseCode: string | null

  constructor(place: ErrorPlace, message: string, hint: string, responseCode: string | null, cause?: unknown) {
    super('UNREADABLE', EXIT.partial, message, hint, place, cause)
    this.responseCode = responseCode
  }
}

/** A folder that was listed is no longer there. */
export class FolderGoneError extends MbauditError {
  constructor(store: string, folder: string, cause?: unknown) {
    const hint = 'Another client removed or renamed it; run the command again.'
    super('FOLDER_CHANGED', EXIT.partial, 'the folder is gone', hint, { store, folder }, cause)
  }
}

/** Something that kept part of a store from being read. It is listed in a result's `problems`; the run goes on. */
export interface Problem {
  readonly code: ErrorCode
  readonly store: string
  readonly folder: string | null
  readonly locator: string | null
  readonly message: string
}
