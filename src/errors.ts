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

  constructor(code: ErrorCode, exitStatus: ExitStatus, message: string, hint: string, place: ErrorPlace = {}) {
    super(message)
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

/** Something that kept part of a store from being read. It is listed in a result's `problems`; the run goes on. */
export interface Problem {
  readonly code: ErrorCode
  readonly store: string
  readonly folder: string | null
  readonly locator: string | null
  readonly message: string
}
