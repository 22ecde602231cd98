import { readFileSync } from 'node:fs'
import { parseMaxRate } from '../config/max-rate.js'
import type { ImapStoreConfig, TlsConfig } from '../config/schema.js'
import { ConfigError } from '../errors.js'
import type { AccountName } from '../stores/account-name.js'
import {
  type AccountSettings,
  type Authentication,
  type ImapAccount,
  imapAccount,
  isLoopback,
  type MaxRate,
  type Security,
  type TlsSettings,
} from '../stores/imap/account.js'
import { passwordOf, readSource } from './password.js'

/** What the command line says of accounts; it goes before what the configuration says. */
export interface AccountChoices {
  readonly jobs: number | undefined
  readonly retries: number | undefined
  readonly maxRate: Partial<MaxRate> | undefined
  readonly namespace: ImapAccount['namespace'] | undefined
}

/** The account that a URL or a c-client name stands for. */
export function accountOfName(store: string, name: AccountName, choices: AccountChoices): ImapAccount {
  const { host, port, security, user, loginUser, unverified } = name
  const password = passwordOf({ store, account: `${user}@${host}`, source: null })
  return imapAccount({
    name: store,
    host,
    ...(port === null ? {} : { port }),
    security,
    user: loginUser ?? user,
    authentication: { kind: 'password', password, method: null, authzid: loginUser === null ? null : user },
    tls: { unverified },
    ...given(choices),
  })
}

/**
 * The account that the configuration describes.
 *
 * @throws ConfigError when a certificate that it names cannot be read
 */
export function accountOfConfig(store: string, said: ImapStoreConfig, choices: AccountChoices): ImapAccount {
  const { host, port, jobs, retries, namespace, prefix, proxy } = said
  const maxRate = said.maxRate === undefined ? null : parseMaxRate(said.maxRate)
  const settings: AccountSettings = {
    name: store,
    host,
    ...(port === undefined ? {} : { port }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(proxy === undefined ? {} : { proxy }),
    security: securityOf(said),
    user: said.loginUser ?? said.user,
    authentication: authenticationOf(store, said),
    tls: tlsOf(store, said),
    timeouts: timeoutsOf(said),
    ...given({ jobs, retries, namespace, maxRate: maxRate ?? undefined }),
    ...given(choices),
  }
  return imapAccount(settings)
}

const SECURITY: Readonly<Record<'implicit' | 'starttls' | 'none', Security>> = {
  implicit: 'tls',
  starttls: 'starttls',
  none: 'none',
}
function securityOf({ tls, host, port }: ImapStoreConfig): Security {
  const said = typeof tls === 'object' ? tls.mode : tls
  if (said !== undefined) return SECURITY[said]
  return port !== 143 ? 'tls' : isLoopback(host) ? 'none' : 'starttls'
}

const METHODS = { plain: 'PLAIN', login: 'LOGIN', 'login-command': 'LOGIN-COMMAND' } as const

/** What was said, without what was not. */
function given(said: Partial<AccountChoices>): Partial<Pick<ImapAccount, 'jobs' | 'retries' | 'namespace'>> & {
  maxRate?: Partial<MaxRate>
} {
  const { jobs, retries, maxRate, namespace } = said
  return {
    ...(jobs === undefined ? {} : { jobs }),
    ...(retries === undefined ? {} : { retries }),
    ...(maxRate === undefined ? {} : { maxRate }),
    ...(namespace === undefined ? {} : { namespace }),
  }
}

function authenticationOf(store: string, said: ImapStoreConfig): Authentication {
  const { host, user, loginUser, oauth } = said
  if (oauth !== undefined) return { kind: 'oauth', token: () => readSource(oauth, store, 'token') }
  return {
    kind: 'password',
    password: passwordOf({ store, account: `${loginUser ?? user}@${host}`, source: said.password ?? null }),
    method: said.method === undefined ? null : METHODS[said.method],
    authzid: loginUser === undefined ? null : user,
  }
}

function tlsOf(store: string, { tls }: ImapStoreConfig): Partial<TlsSettings> {
  if (typeof tls !== 'object') return {}
  const { ca = [], fingerprint, servername, verify, oldVersions } = tls
  return {
    ca: [ca].flat().map((path) => readPem(store, path)),
    fingerprint: fingerprint ?? null,
    unverified: verify === false,
    client: clientOf(store, tls),
    servername: servername ?? null,
    oldVersions: oldVersions ?? false,
  }
}

function clientOf(store: string, { cert, key, passphrase }: TlsConfig): TlsSettings['client'] {
  if (cert === undefined && key === undefined) return null
  if (cert === undefined || key === undefined)
    throw new ConfigError(`store "${store}": a client certificate needs both "cert" and "key"`, 'Name two PEM files.')
  return {
    cert: readPem(store, cert),
    key: readPem(store, key),
    passphrase: passphrase === undefined ? null : () => readSource(passphrase, store, 'passphrase'),
  }
}

function readPem(store: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new ConfigError(`store "${store}": ${path} cannot be read: ${why}`, 'Name a PEM file that is there.')
  }
}

/** Seconds in the configuration, milliseconds here. */
function timeoutsOf({ timeouts = {} }: ImapStoreConfig) {
  const said = Object.entries(timeouts).filter(([, seconds]) => seconds !== undefined)
  return Object.fromEntries(said.map(([name, seconds]) => [name, Math.round(Number(seconds) * 1000)]))
}
