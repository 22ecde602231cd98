import type { ImapFlow } from 'imapflow'
import { booleanField, codeInResponse, field, numberField } from './error-fields.js'

/**
 * What kind of trouble was met, which says what to do about it:
 * `unreachable` nobody is there; `silent` somebody is there and is no IMAP server, or not on this port; `unusable` an IMAP
 * server that does not do what was asked for; `untrusted` its certificate; `login` it does not let us in; `busy` come again
 * soon; `limit` an allowance is used up; `lost` the connection broke; `refused` NO or BAD to a command; `missing` no such
 * folder; `oversize` an answer larger than we take.
 */
export type TroubleKind =
  | 'unreachable'
  | 'silent'
  | 'unusable'
  | 'untrusted'
  | 'login'
  | 'busy'
  | 'limit'
  | 'lost'
  | 'refused'
  | 'missing'
  | 'oversize'

export interface Trouble {
  readonly kind: TroubleKind
  /** Of Node or imapflow (`ECONNREFUSED`, `NoConnection`); null for an answer of the server. */
  readonly code: string | null
  /** The server's response code without brackets (RFC 5530). */
  readonly responseCode: string | null
  /** What the server, or the system, said of it. */
  readonly text: string
  /** Whether `text` is the server's own. */
  readonly isServersWord: boolean
  /** Milliseconds that the server asks to wait. */
  readonly wait: number | null
}

/** What a connection said besides its answers. */
export interface Heard {
  readonly bye: string | null
  readonly error: Error | null
}

export const NOTHING_HEARD: Heard = { bye: null, error: null }

/** imapflow answered `false` or nothing: the server said NO, or the connection is gone. */
export class NoAnswerError extends Error {
  readonly code: 'NoConnection' | 'NoAnswer'

  constructor(command: string, isUsable: boolean) {
    super(`no answer to ${command}`)
    this.name = 'NoAnswerError'
    this.code = isUsable ? 'NoAnswer' : 'NoConnection'
  }
}

/**
 * The answer itself, where imapflow returns `false` or `undefined` for a failure.
 *
 * @throws NoAnswerError, which a session understands
 */
export function answerOf<T>(client: ImapFlow, answer: T | false | null | undefined, command: string): T {
  if (answer !== false && answer !== null && answer !== undefined) return answer
  throw new NoAnswerError(command, client.usable)
}

/**
 * Reads what imapflow threw.
 *
 * @param during - where the connection stood: being made (until the login is done), or at work
 * @returns null for what is no trouble of a connection: a bug, or an error of another part
 *
 * Source: imapflow 2.10.2; RFC 5530 and what providers say instead of its codes.
 */
export function readTrouble(thrown: unknown, heard: Heard, during: 'connecting' | 'work'): Trouble | null {
  if (!(thrown instanceof Error) || isBug(thrown)) return null
  const found = { ...read(thrown), isServersWord: true }
  const status = field(thrown, 'responseStatus')
  const bye = field(thrown, 'reason') ?? heard.bye
  if (status === 'NO' || status === 'BAD') return { ...found, kind: kindOfAnswer(thrown, found, during) }
  if (bye !== null && isLoss(found.code)) return { ...found, text: bye, kind: kindOfBye(bye, found.code) }
  const cause = isLoss(found.code) && heard.error !== null ? heard.error : thrown
  const code = field(cause, 'code') ?? found.code
  const kind = during === 'connecting' ? kindOfConnecting(thrown, code) : kindOfWork(code)
  return kind === null ? null : { ...found, code, text: wordsOf(cause), isServersWord: false, kind }
}

type Found = Omit<Trouble, 'kind' | 'isServersWord'>

function read(thrown: Error): Found {
  const suggested = numberField(thrown, 'throttleReset')
  return {
    code: field(thrown, 'code'),
    responseCode: field(thrown, 'serverResponseCode') ?? codeInResponse(thrown),
    text: field(thrown, 'responseText') ?? thrown.message,
    wait: suggested === null ? null : Math.max(0, suggested - (numberField(thrown, 'throttleWaited') ?? 0)),
  }
}

const TOO_MANY =
  /too many (simultaneous |concurrent )?(imap )?(connections|sessions|logins)|maximum (number of )?(simultaneous )?connections?|connection limit|max.{0,20}connections/i
const TOO_FAST = /throttl|rate limit|too many (commands|requests)|slow down|server (is )?(too )?busy|backoff/i
const LATER = /try(ing)? again|temporar|unavailable|system error|overload|server busy/i
const ALLOWANCE =
  /bandwidth|(daily|hourly|download|transfer) (limit|quota|allowance)|quota .{0,30}(per|a) day|exceeded command/i
/** What sounds as if it might pass, and is a refusal that trying again makes worse. */
const CREDENTIALS = /password|credential|invalid|fail(ed|ures)|denied|disabled/i
const NOT_CONNECTED = /authenticated but not connected/i
const TOKEN = /token|session (is )?(expired|invalidated)/i

/** Whether the server ended a session because its OAuth token ran out. */
export const isTokenTrouble = ({ text, kind }: Trouble) => (kind === 'lost' || kind === 'login') && TOKEN.test(text)

/** Whether it is the number of connections that the server minds. */
export const isCrowded = ({ responseCode, text, kind }: Trouble) =>
  kind === 'busy' && (responseCode === 'LIMIT' || responseCode === 'INUSE' || TOO_MANY.test(text))

function kindOfAnswer(thrown: Error, { code, responseCode, text }: Found, during: 'connecting' | 'work'): TroubleKind {
  // A refusal may repeat the folder's name, which says nothing of the server.
  if (during === 'work' && booleanField(thrown, 'mailboxMissing')) return 'missing'
  if (ALLOWANCE.test(text)) return 'limit'
  if (code === 'ETHROTTLE' || responseCode === 'THROTTLED' || responseCode === 'INUSE') return 'busy'
  if (TOO_MANY.test(text) || TOO_FAST.test(text)) return 'busy'
  if (NOT_CONNECTED.test(text)) return 'login'
  if (during === 'work') return 'refused'
  if (responseCode === 'OVERQUOTA') return 'limit'
  if (responseCode === 'LIMIT' || responseCode === 'UNAVAILABLE') return 'busy'
  if (responseCode === null && LATER.test(text) && !CREDENTIALS.test(text)) return 'busy'
  if (responseCode === 'PRIVACYREQUIRED') return 'unusable'
  return booleanField(thrown, 'authenticationFailed') ? 'login' : 'unusable'
}

/** A BYE in place of a greeting says that the server is busy, whatever its words; later it ends the connection. */
function kindOfBye(bye: string, code: string | null): TroubleKind {
  if (ALLOWANCE.test(bye)) return 'limit'
  if (TOO_MANY.test(bye) || TOO_FAST.test(bye)) return 'busy'
  return code?.startsWith('ClosedAfterConnect') ? 'busy' : 'lost'
}

const UNREACHABLE = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
  'CONNECT_TIMEOUT',
  'ProxyError',
  'EPROXY',
  'UnsupportedProxyAddress',
  'ERR_INVALID_URL',
])
const LOST = new Set([
  'NoConnection',
  'EConnectionClosed',
  'StateLogout',
  'ClosedAfterConnectText',
  'ClosedAfterConnectTLS',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEOUT',
  'UnexpectedTag',
  'MissingTag',
  'InvalidResponse',
  'ResponseProcessingFailed',
  'COMPRESS_TRAILING_DATA',
  'TooManyResponses',
  'Z_DATA_ERROR',
  'Z_BUF_ERROR',
])
const OVERSIZE = new Set(['LineTooLarge', 'LiteralTooLarge', 'ResponseTooLarge', 'TooManyTokens'])
/** Of OpenSSL and Node, as error codes: what is wrong with a certificate. */
const CERTIFICATE =
  /^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_CERT_|CRL_|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED|STARTTLS_INJECTION|PinnedCertificate)/

const isLoss = (code: string | null) => code !== null && (LOST.has(code) || code.startsWith('ParserError'))

function kindOfConnecting(thrown: Error, code: string | null): TroubleKind {
  if (code !== null && CERTIFICATE.test(code)) return 'untrusted'
  if (code === 'GREETING_TIMEOUT' || code === 'LOGIN_TIMEOUT' || code === 'ETIMEOUT') return 'silent'
  if (/proxy/i.test(thrown.message) || (code !== null && UNREACHABLE.has(code))) return 'unreachable'
  if (isLoss(code)) return 'lost'
  if (code !== null && OVERSIZE.has(code)) return 'silent'
  const isAboutLogin = booleanField(thrown, 'authenticationFailed') || /authentication mechanism/.test(thrown.message)
  return isAboutLogin || code === 'InvalidStringValue' ? 'login' : 'unusable'
}

function kindOfWork(code: string | null): TroubleKind | null {
  if (code === null) return null
  if (OVERSIZE.has(code)) return 'oversize'
  if (code === 'NoAnswer') return 'refused'
  if (code === 'NotFound') return 'missing'
  return isLoss(code) || isTlsProtocol(code) || UNREACHABLE.has(code) ? 'lost' : null
}

const isTlsProtocol = (code: string | null) => code !== null && /^(ERR_SSL_|ERR_TLS_|EPROTO$)/.test(code)

const isBug = (error: Error) =>
  (error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError) && !('code' in error)

/** Of an attempt at several addresses, the first one's. */
function wordsOf(error: Error): string {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return error.errors[0].message
  const inner: unknown = '_err' in error ? error._err : undefined
  return inner instanceof Error ? inner.message : error.message
}
