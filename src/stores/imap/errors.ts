import {
  AuthFailedError,
  ConnectFailedError,
  ConnectionLostError,
  type ErrorPlace,
  FolderGoneError,
  LimitReachedError,
  type MbauditError,
  ServerRefusedError,
  TlsUntrustedError,
} from '../../errors.js'
import type { ImapAccount } from './account.js'
import { certificateTrouble } from './certificate-words.js'
import type { Trouble } from './trouble.js'

/** What an error is about: whose connection, how far it was, and what it was doing. */
export interface Circumstances {
  readonly account: ImapAccount
  /** As people call it; null for the account as a whole. */
  readonly folder: string | null
  /** Whether the account was reached before in this run. */
  readonly wasReached: boolean
  /** Milliseconds of Unix time. */
  readonly now: number
}

/** Keeps what was met, without what must not be shown: the library's own errors carry commands and answers. */
class CauseOfTrouble extends Error {
  readonly code: string | null
  readonly responseCode: string | null

  constructor({ text, code, responseCode }: Trouble) {
    super(text)
    this.name = 'CauseOfTrouble'
    this.code = code
    this.responseCode = responseCode
  }
}

/** The error that tells a user of trouble. `trouble.text` holds no secret any more. */
export function errorFor(trouble: Trouble, circumstances: Circumstances): MbauditError {
  const { account, folder, wasReached } = circumstances
  const cause = new CauseOfTrouble(trouble)
  const place: ErrorPlace = { store: account.name, ...(folder !== null && { folder }) }
  switch (trouble.kind) {
    case 'untrusted':
      return new TlsUntrustedError(account.name, ...certificateTrouble(trouble, account), cause)
    case 'login':
      return new AuthFailedError(account.name, ...loginTrouble(trouble, account), cause)
    case 'limit':
      return limitError(trouble, circumstances, place, cause)
    case 'missing':
      return new FolderGoneError(account.name, folder ?? '', cause)
    case 'refused':
    case 'oversize':
      return new ServerRefusedError(
        place,
        ...refusal(trouble, circumstances),
        trouble.responseCode ?? trouble.code,
        cause,
      )
    default: {
      const [message, hint] = connectionTrouble(trouble, account)
      if (!wasReached) return new ConnectFailedError(account.name, message, hint, cause)
      return new ConnectionLostError(
        place,
        message,
        `${hint} What was read is kept; the same command goes on from there.`,
        cause,
      )
    }
  }
}

type Words = [message: string, hint: string]

const SEE_DOCTOR = 'Look whether the network and the server are well (mbaudit doctor).'

/** `host:port`, as a URL writes it. */
export const addressOf = ({ host, port }: ImapAccount) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

/** What the server, or the system, said, as it can stand in a sentence. */
const said = ({ text, isServersWord }: Trouble) => (isServersWord ? `the server says "${text}"` : text)

function connectionTrouble(trouble: Trouble, account: ImapAccount): Words {
  const at = addressOf(account)
  switch (trouble.kind) {
    case 'unreachable':
      return unreachable(trouble, account)
    case 'silent':
      if (trouble.code !== 'GREETING_TIMEOUT')
        return [`${at}: the server greets, and does not answer the login`, SEE_DOCTOR]
      return [
        `${at}: no greeting of an IMAP server (${trouble.text})`,
        'Check host and port: IMAP with TLS is on 993 (imaps://), with STARTTLS on 143 (imap://).',
      ]
    case 'unusable':
      return unusable(trouble, account)
    case 'busy':
      return [
        `${at}: the server is busy: ${said(trouble)}`,
        'Try again later, with fewer connections (--jobs 1) or slower (--max-rate).',
      ]
    default:
      if (trouble.code?.startsWith('ClosedAfterConnect')) {
        return [`${at}: the connection was closed before a session had begun`, `Check host and port. ${SEE_DOCTOR}`]
      }
      return [`${at}: the connection was lost: ${said(trouble)}`, SEE_DOCTOR]
  }
}

function unreachable({ code, text }: Trouble, { host, proxy, timeouts, ...account }: ImapAccount): Words {
  const at = addressOf({ host, proxy, timeouts, ...account })
  if (proxy !== null) {
    return [
      `${at}: the proxy gives no connection: ${text}`,
      'Check the address, the user and the password of the proxy.',
    ]
  }
  if (code === 'ENOTFOUND') return [`${host}: there is no host of that name`, 'Check how the name is written.']
  if (code === 'EAI_AGAIN')
    return [`${host}: the name cannot be looked up just now`, 'Look whether this machine has a network.']
  if (code === 'CONNECT_TIMEOUT') {
    return [
      `${at}: no connection within ${timeouts.connect / 1000} s`,
      'Check host and port; a firewall may be on the way.',
    ]
  }
  if (code === 'ECONNREFUSED') {
    return [
      `${at}: nothing accepts connections there`,
      'Check the port: IMAP with TLS is on 993 (imaps://), with STARTTLS on 143 (imap://).',
    ]
  }
  return [`${at}: cannot be reached: ${text}`, 'Check host and port, and the network on the way.']
}

function unusable({ code, text }: Trouble, account: ImapAccount): Words {
  const at = addressOf(account)
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH|EPROTO/.test(code ?? '')) {
    return [`${at}: what answers there does not speak TLS`, 'For STARTTLS write imap:// (port 143).']
  }
  if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/.test(code ?? '')) {
    return [
      `${at}: the server speaks only versions of TLS that are no longer safe`,
      'If it must be, allow them: tls: { oldVersions: true }.',
    ]
  }
  if (/CERTIFICATE/.test(code ?? '')) {
    return [
      `${at}: the server asks for a client certificate, or takes another than was shown (${text})`,
      'Name it in the configuration: tls: { cert, key }.',
    ]
  }
  if (code?.startsWith('ERR_OSSL_')) {
    return [
      `${at}: a certificate or key that the configuration names cannot be used (${text})`,
      'They are to be PEM files; a key that is encrypted needs its passphrase.',
    ]
  }
  if (/STARTTLS/.test(text)) {
    return [
      `${at}: the server offers no STARTTLS, and nothing is sent without encryption`,
      'Use TLS (imaps://), or, where the network is safe, allow it: ?tls=none.',
    ]
  }
  return [`${at}: no session can be begun: ${text}`, 'See mbaudit doctor for each step.']
}

function loginTrouble(trouble: Trouble, account: ImapAccount): Words {
  const { user, authentication, preset } = account
  const who = `${user} at ${addressOf(account)}`
  if (!trouble.isServersWord) {
    const hint = /encryption/.test(trouble.text)
      ? 'Use TLS (imaps://) or STARTTLS (?tls=starttls).'
      : 'mbaudit doctor shows what the server offers.'
    return [`${who}: ${trouble.text}`, hint]
  }
  const code = trouble.responseCode === null ? '' : ` [${trouble.responseCode}]`
  const message = `${who}: the server refuses the login: "${trouble.text}"${code}`
  if (authentication.kind === 'oauth')
    return [message, 'See that the token is fresh, for this user, and meant for IMAP.']
  return [message, preset?.login ?? 'Check user and password.']
}

function refusal({ kind, text, isServersWord, code }: Trouble, { account, folder }: Circumstances): Words {
  const where = folder === null ? `${addressOf(account)}: ` : ''
  if (kind === 'oversize') {
    return [
      `${where}an answer larger than can be taken (${code})`,
      'The message is left out; look at it with another program.',
    ]
  }
  const words = isServersWord ? `the server refuses: "${text}"` : `the server refuses (${text})`
  return [`${where}${words}`, 'Look at it with another program, or ask who runs the server.']
}

const HOUR = 3_600_000

function limitError(
  trouble: Trouble,
  { account, now }: Circumstances,
  place: ErrorPlace,
  cause: Error,
): LimitReachedError {
  const hours = account.preset?.suspensionHours ?? null
  const againAt = trouble.wait !== null ? now + trouble.wait : hours === null ? null : now + hours * HOUR
  const when =
    againAt === null ? 'later, in most cases within a day' : `after ${new Date(againAt).toISOString().slice(0, 16)}Z`
  const hint = `Run the same command again ${when}; what was read is kept, and it goes on from there.`
  const message = `${addressOf(account)}: the provider's allowance is used up: ${said(trouble)}; go on ${when}`
  return new LimitReachedError(place, message, hint, againAt, cause)
}
