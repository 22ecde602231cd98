import { StoreUnrecognisedError, UsageError } from '../errors.js'
import { escapeLevel } from './folder-name.js'
import { isLoopback, type Security } from './imap/account.js'
import { decodeModifiedUtf7 } from './modified-utf7.js'
import { hidePassword } from './store-name.js'

/** An account as a URL or a c-client name says it; what it leaves open is null. */
export interface AccountName {
  readonly host: string
  readonly port: number | null
  readonly security: Security
  /** Whose mail it is. */
  readonly user: string
  /** Who logs in, where that is another than `user`. */
  readonly loginUser: string | null
  /** Any certificate is taken. */
  readonly unverified: boolean
  /** Globs of the folders it names; empty: all. */
  readonly folders: readonly string[]
}

/**
 * Reads the name of an account: `imaps://USER@HOST[:PORT][/FOLDER]`, `imap://…` or `{host:143/imap/ssl/user=x}INBOX`.
 *
 * @returns null for what names files
 * @throws UsageError for an account that cannot be understood; StoreUnrecognisedError for a service that is not IMAP
 */
export function parseAccountName(text: string): AccountName | null {
  if (/^imaps?:/i.test(text)) return parseUrl(text)
  const [, inside, mailbox] = /^\{([^}/]+(?:\/[^}]*)?)\}(.*)$/s.exec(text) ?? []
  return inside === undefined ? null : parseCclientName(text, inside, mailbox ?? '')
}

const EXAMPLE = 'Write imaps://alice@imap.example.org/, with %40 for an @ and %2F for a / inside a name.'
const NO_PASSWORD =
  'Give it by MBAUDIT_PASSWORD, by the configuration (password: { command: … }), or when you are asked for it on a terminal.'

/** RFC 5092, as far as a person writes it: `@` may stand in the user's name as it is. */
function parseUrl(text: string): AccountName {
  const [, scheme = '', authority = '', path = '', query = ''] =
    /^(imaps?):\/\/([^/?#]*)(?:\/([^?]*))?(?:\?(.*))?$/is.exec(text) ?? []
  const [, login = '', place = ''] = /^(?:(.*)@)?([^@]*)$/s.exec(authority) ?? []
  if (login.includes(':')) throw new UsageError(`${hidePassword(text)} holds a password`, NO_PASSWORD)
  const isImplicit = scheme.toLowerCase() === 'imaps'
  const { host, port } = readPlace(text, place)
  const user = decoded(text, login.replace(/;auth=\*$/i, ''))
  if (user === '') throw new UsageError(`${text} names no user`, EXAMPLE)
  const security = readTls(text, query, isImplicit) ?? (isImplicit ? 'tls' : startSecurity(host))
  const levels = path.split('/').filter((level) => level !== '')
  const folders = levels.length === 0 ? [] : folderGlobs(levels.map((level) => decoded(text, level)))
  return { host, port, security, user, loginUser: null, unverified: false, folders }
}

/** What goes to this computer alone needs no encryption (RFC 8314 speaks of networks). */
function startSecurity(host: string): Security {
  return isLoopback(host) ? 'none' : 'starttls'
}

function readTls(text: string, query: string, isImplicit: boolean): Security | null {
  if (query === '') return null
  const [, tls = ''] = /^tls=([a-z]+)$/i.exec(query) ?? []
  if (!isImplicit && (tls === 'none' || tls === 'starttls')) return tls
  const known = isImplicit
    ? 'It takes no option: imaps:// is TLS from the first octet.'
    : 'Known are ?tls=starttls and ?tls=none.'
  throw new UsageError(`${text}: ?${query} is no option of it`, known)
}

function readPlace(text: string, place: string): { host: string; port: number | null } {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{0,5}))?$/.exec(place) ?? []
  const host = bracketed ?? plain
  const port = digits === undefined || digits === '' ? null : Number(digits)
  if (host === undefined) throw new UsageError(`${text} names no server`, EXAMPLE)
  if (port !== null && (port < 1 || port > 65_535)) throw new UsageError(`${text}: there is no port ${port}`, EXAMPLE)
  return { host: decoded(text, host), port }
}

function decoded(text: string, part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new UsageError(`${text}: a % in it is followed by no two hexadecimal digits of UTF-8`, EXAMPLE)
  }
}

/** A folder and what lies below it. */
function folderGlobs(levels: readonly string[]): readonly string[] {
  const glob = levels.map((level) => escapeLevel(level).replaceAll('*', '\\*')).join('/')
  return [glob, `${glob}/**`]
}

const CCLIENT_HINT = 'Write {host:143/imap/ssl/novalidate-cert/user=alice}INBOX, or imaps://alice@host/INBOX.'

/** Flags of c-client's names that say nothing to a program that only reads, or say what holds anyway. */
const WITHOUT_MEANING = [
  'imap',
  'imap2',
  'imap2bis',
  'imap4',
  'imap4rev1',
  'debug',
  'norsh',
  'readonly',
  'loser',
  'secure',
  'validate-cert',
]

/** `{host[:port][/flag]…}mailbox` (c-client's naming.txt). A name without mailbox stands for the whole account. */
function parseCclientName(text: string, inside: string, mailbox: string): AccountName {
  const [place = '', ...switches] = splitSwitches(inside)
  const { host, port } = readPlace(text, place)
  const said = new Map<string, string>()
  for (const each of switches) readSwitch(text, each, said)
  const user = said.get('user') ?? ''
  if (user === '') throw new UsageError(`${text} names no user`, CCLIENT_HINT)
  const security = said.has('ssl')
    ? 'tls'
    : said.has('notls')
      ? 'none'
      : said.has('tls')
        ? 'starttls'
        : startSecurity(host)
  return {
    host,
    port,
    security,
    user,
    loginUser: said.get('authuser') ?? null,
    unverified: said.has('novalidate-cert'),
    folders: cclientGlobs(mailbox),
  }
}

/** Splits at `/`, but for one inside `"`. */
const splitSwitches = (inside: string): string[] => inside.match(/(?:"(?:\\.|[^"\\])*"|[^/"])+/gs) ?? []

function readSwitch(text: string, each: string, said: Map<string, string>): void {
  const [, name = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(each) ?? []
  const flag = name.toLowerCase()
  if (flag === 'user' || flag === 'authuser') said.set(flag, unquoted(value ?? ''))
  else if (flag === 'ssl' || flag === 'tls' || flag === 'notls' || flag === 'novalidate-cert') said.set(flag, '')
  else if (flag === 'tls-sslv23') said.set('tls', '')
  else if (flag === 'service' && /^imap/i.test(value ?? '')) return
  else if (/^(?:service|pop3s?|nntp|smtp|submit|nntps|smtps)$/.test(flag))
    throw new StoreUnrecognisedError(text, `${text} is no IMAP account`, CCLIENT_HINT)
  else if (!WITHOUT_MEANING.includes(flag)) throw new UsageError(`${text}: /${name} is not known`, CCLIENT_HINT)
}

const unquoted = (value: string): string =>
  /^".*"$/s.test(value) ? value.slice(1, -1).replace(/\\(.)/gs, '$1') : value

/** The mailbox as the server names it; `%` and `*` as in LIST. Where `.` is what separates levels cannot be told here. */
function cclientGlobs(mailbox: string): readonly string[] {
  if (mailbox === '') return []
  const name = decodeModifiedUtf7(mailbox) ?? mailbox
  const globs = [name, ...(name.includes('/') ? [] : [name.replaceAll('.', '/')])]
  const inner = globs.map((glob) => glob.replace(/^inbox[./](?=.)/i, ''))
  return [...new Set([...globs, ...inner])].map((glob) => glob.replace(/[*%]/g, (sign) => (sign === '*' ? '**' : '*')))
}
