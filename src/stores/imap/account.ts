import { type Preset, presetFor } from './presets.js'

/** How the wire is kept private: TLS from the first octet, STARTTLS (demanded: a server without it is refused), or not at all. */
export type Security = 'tls' | 'starttls' | 'none'

/**
 * Gives a password or a token when one is needed: a command is run, a variable read, a person asked. What it gives goes into no
 * message, log or stack. Passwords are asked for once in a session; tokens again after every loss and refusal.
 */
export type Secret = () => Promise<string>

export type Authentication =
  | {
      readonly kind: 'password'
      readonly password: Secret
      /** null: the best that the server offers. */
      readonly method: 'PLAIN' | 'LOGIN' | 'LOGIN-COMMAND' | null
      /** Whose mail is opened, where that is another than `user` who logs in (SASL PLAIN, RFC 4616). */
      readonly authzid: string | null
    }
  /** XOAUTH2 or OAUTHBEARER (RFC 7628), as the server offers. */
  | { readonly kind: 'oauth'; readonly token: Secret }

export interface TlsSettings {
  /** PEM text of certificate authorities trusted besides the system's. */
  readonly ca: readonly string[]
  /** SHA-256 of the server's certificate (hex, colons or not): the one certificate that is trusted, whoever signed it. */
  readonly fingerprint: string | null
  /** Any certificate is taken (c-client's `novalidate-cert`). */
  readonly unverified: boolean
  /** PEM text of the client's own certificate and key. */
  readonly client: { readonly cert: string; readonly key: string; readonly passphrase: Secret | null } | null
  /** The name that the certificate is to carry where it is not `host`. */
  readonly servername: string | null
  /** Versions older than TLS 1.2, for old servers. */
  readonly oldVersions: boolean
}

/** Milliseconds. */
export interface Timeouts {
  /** Name lookup, proxy, TCP and TLS together. */
  readonly connect: number
  readonly greeting: number
  /** A command under way and not one octet in either direction. */
  readonly silence: number
}

/** Per second; null: as fast as it goes. */
export interface MaxRate {
  readonly octets: number | null
  readonly messages: number | null
}

/** One account on one server, with all that is needed to reach it. */
export interface ImapAccount {
  /** What results call the store. */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly security: Security
  readonly user: string
  readonly authentication: Authentication
  readonly tls: TlsSettings
  /** `socks5://`, `socks4a://`, `http://` … ; may carry a user and a password, which are never shown. */
  readonly proxy: string | null
  readonly timeouts: Timeouts
  /** Connections at once, at most. */
  readonly jobs: number
  readonly maxRate: MaxRate
  /** How often trouble is met with another try before it is reported. */
  readonly retries: number
  /** Stands before every folder's name on the server (`INBOX.`); null: what NAMESPACE says. */
  readonly prefix: string | null
  readonly namespace: 'personal' | 'shared' | 'other' | 'all'
  /** What is known of this provider. */
  readonly preset: Preset | null
}

export type AccountSettings = Pick<ImapAccount, 'name' | 'host' | 'user' | 'authentication'> &
  Partial<Omit<ImapAccount, 'tls' | 'timeouts' | 'maxRate' | 'preset'>> & {
    readonly tls?: Partial<TlsSettings>
    readonly timeouts?: Partial<Timeouts>
    readonly maxRate?: Partial<MaxRate>
  }

const TLS: TlsSettings = {
  ca: [],
  fingerprint: null,
  unverified: false,
  client: null,
  servername: null,
  oldVersions: false,
}
const TIMEOUTS: Timeouts = { connect: 30_000, greeting: 20_000, silence: 300_000 }
const NO_LIMIT: MaxRate = { octets: null, messages: null }
const DEFAULT_JOBS = 4
export const DEFAULT_RETRIES = 5

/** Fills in what was not said: ports (993, 143), timeouts, the provider's own limit on connections. */
export function imapAccount(settings: AccountSettings): ImapAccount {
  const preset = presetFor(settings.host)
  const security = settings.security ?? 'tls'
  return {
    port: security === 'tls' ? 993 : 143,
    proxy: null,
    retries: DEFAULT_RETRIES,
    prefix: null,
    namespace: 'personal',
    ...settings,
    security,
    jobs: Math.min(settings.jobs ?? DEFAULT_JOBS, preset?.connections ?? Number.POSITIVE_INFINITY),
    tls: { ...TLS, ...settings.tls },
    timeouts: { ...TIMEOUTS, ...settings.timeouts },
    maxRate: { ...NO_LIMIT, ...settings.maxRate },
    preset,
  }
}

/** Names the account itself, whatever it is called: two with one identity are one store. */
export function accountIdentity({ host, port, user, authentication }: ImapAccount): string {
  const whose = authentication.kind === 'password' && authentication.authzid !== null ? authentication.authzid : user
  return `imap:${encodeURIComponent(whose)}@${host.toLowerCase().replace(/\.$/, '')}:${port}`
}

/** A name or an address of this machine itself, where nobody listens on the way. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host.replace(/\.$/, ''))
}
