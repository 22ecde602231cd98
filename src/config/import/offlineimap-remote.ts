import type { ImapStoreConfig, TlsConfig } from '../schema.js'
import type { Setting } from './imported.js'
import type { OfflineimapSection } from './offlineimap-syntax.js'
import { isOn } from './offlineimap-values.js'
import { importedPath } from './paths.js'
import { commandOf } from './python-shapes.js'
import { commandSecret, type ImportedSecret, literalSecret } from './secrets.js'
import { lastOf, type SettingLedger } from './settings.js'

export interface ImportedRemote {
  readonly config: ImapStoreConfig
  readonly comments: readonly string[]
  readonly withheld: readonly string[]
}

/** Makes an account of a repository of type IMAP or Gmail. Expressions are looked at and not run. */
export function offlineimapRemote(name: string, section: OfflineimapSection, ledger: SettingLedger): ImportedRemote {
  const get = (key: string) => lastOf(section, key)
  const comments: string[] = []
  const withheld: string[] = []
  const isGmail = get('type')?.value === 'Gmail'
  for (const key of ['preauthtunnel', 'transporttunnel']) {
    withheld.push(...ledger.byHand(get(key), 'mbaudit speaks to the server itself: give it a host'))
  }
  const read = (key: string, what: string): string | undefined => {
    const setting = get(key)
    ledger.taken(setting)
    const expression = get(`${key}eval`)
    if (setting === undefined || expression !== undefined) {
      withheld.push(...ledger.byHand(expression, `nothing is run: write the ${what} that it gives`))
    }
    return setting?.value
  }
  const host = read('remotehost', 'host') ?? (isGmail ? 'imap.gmail.com' : undefined)
  const user = read('remoteuser', 'user')
  const port = read('remoteport', 'port')
  if (host === undefined && get('remotehosteval') === undefined) withheld.push(`[${section.title}] has no remotehost`)
  if (user === undefined && get('remoteusereval') === undefined)
    withheld.push(`[${section.title}] has no remoteuser (~/.netrc may have it)`)
  const identity = get('remote_identity')
  ledger.taken(identity)
  const jobs = get('maxconnections')
  const retries = get('retrycount')
  ledger.taken(jobs, retries)
  const config: ImapStoreConfig = {
    type: 'imap',
    host: host ?? 'HOST',
    ...(port !== undefined && { port: Number(port) }),
    user: identity?.value ?? user ?? 'USER',
    ...(identity !== undefined && user !== undefined && { loginUser: user }),
    ...secretsOf(name, section, ledger, comments),
    ...methodOf(section, ledger, comments),
    tls: tlsOf(section, isGmail, ledger, comments),
    ...(jobs !== undefined && Number(jobs.value) > 0 && { jobs: Math.min(Number(jobs.value), 999) }),
    ...(retries !== undefined && { retries: Math.min(Number(retries.value), 999) }),
  }
  return { config, comments, withheld }
}

type Secrets = Pick<ImapStoreConfig, 'password' | 'oauth'>

function secretsOf(name: string, section: OfflineimapSection, ledger: SettingLedger, comments: string[]): Secrets {
  const get = (key: string) => lastOf(section, key)
  const use = (setting: Setting, { source, byHand }: ImportedSecret): ImportedSecret['source'] => {
    if (byHand === null) ledger.taken(setting)
    else comments.push(...ledger.byHand(setting, byHand))
    return source
  }
  const evaluated = (setting: Setting, otherwise: string): ImportedSecret => {
    const found = commandOf(setting.value)
    if (found === null) return { source: null, byHand: otherwise }
    return 'literal' in found ? literalSecret(name) : commandSecret(name, found.command)
  }
  for (const key of [
    'oauth2_refresh_token',
    'oauth2_refresh_token_eval',
    'oauth2_client_id',
    'oauth2_client_id_eval',
    'oauth2_client_secret',
    'oauth2_client_secret_eval',
    'oauth2_request_url',
  ]) {
    comments.push(
      ...ledger.byHand(
        get(key),
        'write oauth: { command: … } with a program that prints a token, such as mutt_oauth2.py',
      ),
    )
  }
  const token = get('oauth2_access_token')
  const tokenOf = get('oauth2_access_token_eval')
  const hint = 'nothing is run: write password: { command: … } that prints it; without, you are asked'
  if (token !== undefined) return orNothing('oauth', use(token, literalSecret(name)))
  if (tokenOf !== undefined)
    return orNothing('oauth', use(tokenOf, evaluated(tokenOf, hint.replace('password', 'oauth'))))
  const [plain, file, expression] = [get('remotepass'), get('remotepassfile'), get('remotepasseval')]
  if (expression !== undefined) {
    for (const each of [plain, file]) ledger.notNeeded(each, 'remotepasseval goes before it')
    return orNothing('password', use(expression, evaluated(expression, hint)))
  }
  if (plain !== undefined) {
    ledger.notNeeded(file, 'remotepass goes before it')
    return orNothing('password', use(plain, literalSecret(name)))
  }
  if (file === undefined) return {}
  const path = importedPath(file.value)
  return orNothing(
    'password',
    use(
      file,
      path === null
        ? { source: null, byHand: 'write the path without variables' }
        : { source: { file: path }, byHand: null },
    ),
  )
}

const orNothing = (key: 'password' | 'oauth', source: ImportedSecret['source']): Secrets =>
  source === null ? {} : { [key]: source }

const METHODS: Readonly<Record<string, ImapStoreConfig['method']>> = { PLAIN: 'plain', LOGIN: 'login-command' }

function methodOf(
  section: OfflineimapSection,
  ledger: SettingLedger,
  comments: string[],
): Pick<ImapStoreConfig, 'method'> {
  const setting = lastOf(section, 'auth_mechanisms')
  if (setting === undefined) return {}
  const names = setting.value.toUpperCase().split(/[\s,]+/)
  const [only] = names
  const method = names.length === 1 && only !== undefined ? METHODS[only] : undefined
  if (method !== undefined || names.some((each) => METHODS[each] !== undefined || each === 'XOAUTH2'))
    ledger.taken(setting)
  else comments.push(...ledger.byHand(setting, 'mbaudit logs in by PLAIN, LOGIN, XOAUTH2 or OAUTHBEARER'))
  return method === undefined ? {} : { method }
}

function tlsOf(
  section: OfflineimapSection,
  isGmail: boolean,
  ledger: SettingLedger,
  comments: string[],
): ImapStoreConfig['tls'] {
  const get = (key: string) => lastOf(section, key)
  const file = (key: string): string | undefined => {
    const setting = get(key)
    if (setting === undefined) return undefined
    if (setting.value === 'OS-DEFAULT') {
      ledger.notNeeded(setting, 'the authorities of the system are trusted anyway')
      return undefined
    }
    const path = importedPath(setting.value)
    if (path === null) comments.push(...ledger.byHand(setting, 'write the path without variables'))
    else ledger.taken(setting)
    return path ?? undefined
  }
  ledger.taken(get('ssl'), get('starttls'))
  const isImplicit = isOn(section, 'ssl', true) || (isGmail && get('ssl') === undefined)
  const mode = isImplicit ? 'implicit' : isOn(section, 'starttls', true) ? 'starttls' : 'none'
  const [ca, cert, key] = [file('sslcacertfile'), file('sslclientcert'), file('sslclientkey')]
  const print = get('cert_fingerprint')
  const digits = print?.value.replace(/[: ]/g, '') ?? ''
  const isSha256 = /^[0-9a-f]{64}$/i.test(digits)
  if (isSha256) ledger.taken(print)
  else comments.push(...ledger.byHand(print, 'mbaudit takes the SHA-256 of one certificate; mbaudit doctor shows it'))
  const details: TlsConfig = {
    mode,
    ...(ca !== undefined && { ca }),
    ...(isSha256 && { fingerprint: digits.toLowerCase() }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  }
  return Object.keys(details).length === 1 ? mode : details
}
