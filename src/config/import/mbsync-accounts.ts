import type { ImapStoreConfig, TlsConfig } from '../schema.js'
import type { MbsyncSection } from './mbsync-syntax.js'
import { importedPath } from './paths.js'
import { commandSecret, literalSecret } from './secrets.js'
import { lastOf, type Section, type SettingLedger } from './settings.js'

/** An account as far as it can be said. */
export interface ImportedAccount {
  readonly config: ImapStoreConfig
  readonly comments: readonly string[]
  readonly withheld: readonly string[]
}

const isYes = (value: string | undefined): boolean => /^(?:yes|true|on|1)$/i.test(value ?? '')

/** Makes an account of an IMAPStore and the IMAPAccount that it names. Commands are copied and not run. */
export function mbsyncAccount(name: string, section: MbsyncSection, ledger: SettingLedger): ImportedAccount {
  const get = (...keys: string[]) => lastOf(section, ...keys)
  const comments: string[] = []
  const withheld: string[] = []
  const host = get('host')
  const user = get('user')
  const tunnel = get('tunnel')
  ledger.taken(host, get('port'), user)
  if (tunnel !== undefined || host === undefined) {
    withheld.push(...ledger.byHand(tunnel, 'mbaudit speaks to the server itself: give it a host'))
    if (tunnel === undefined) withheld.push(`${section.title} has no Host`)
  }
  if (user === undefined) {
    const command = get('usercmd')
    const why = 'write the user that the command prints: `user` is a text'
    withheld.push(...(command === undefined ? [`${section.title} has no User`] : ledger.byHand(command, why)))
  }
  const secret = secretOf(name, section, ledger, comments)
  const timeout = get('timeout')
  const seconds = Number(timeout?.value)
  ledger.taken(timeout)
  const limits = seconds > 0 && seconds <= 86_400 ? { timeouts: { connect: seconds, silence: seconds } } : {}
  const port = get('port')
  const config: ImapStoreConfig = {
    type: 'imap',
    host: host?.value.replace(/^imaps?:/i, '') ?? 'HOST',
    ...(port !== undefined && { port: Number(port.value) }),
    user: user?.value ?? 'USER',
    ...secret,
    ...methodOf(section, ledger, comments),
    tls: tlsOf(section, ledger, comments),
    ...limits,
  }
  ledger.notNeeded(get('pipelinedepth'), 'mbaudit sends as much at once as the server takes')
  comments.push(...ledger.byHand(get('cipherstring'), 'mbaudit takes the ciphers of the system'))
  comments.push(...ledger.byHand(get('disableextension', 'disableextensions'), 'mbaudit uses what the server offers'))
  return { config, comments, withheld }
}

function secretOf(
  name: string,
  section: MbsyncSection,
  ledger: SettingLedger,
  comments: string[],
): Pick<ImapStoreConfig, 'password' | 'oauth'> {
  const command = lastOf(section, 'passcmd')
  const plain = lastOf(section, 'pass')
  const keychain = lastOf(section, 'usekeychain')
  const setting = command ?? plain
  if (command !== undefined) ledger.notNeeded(plain, 'PassCmd goes before it')
  if (setting === undefined) {
    if (isYes(keychain?.value)) {
      comments.push(
        ...ledger.byHand(keychain, 'write password: { command: "security find-internet-password -w -s HOST -a USER" }'),
      )
    } else ledger.notNeeded(keychain, 'nothing is taken from a keychain')
    return {}
  }
  const { source, byHand } =
    command === undefined ? literalSecret(name) : commandSecret(name, command.value.replace(/^\+/, ''))
  if (byHand === null) ledger.taken(setting)
  else comments.push(...ledger.byHand(setting, byHand))
  if (source === null) return {}
  const mechanisms = lastOf(section, 'authmechs', 'authmech')?.value ?? ''
  return /\b(?:XOAUTH2|OAUTHBEARER)\b/i.test(mechanisms) ? { oauth: source } : { password: source }
}

const METHODS: Readonly<Record<string, ImapStoreConfig['method']>> = { PLAIN: 'plain', LOGIN: 'login-command' }

function methodOf(section: Section, ledger: SettingLedger, comments: string[]): Pick<ImapStoreConfig, 'method'> {
  const setting = lastOf(section, 'authmechs', 'authmech')
  const names = (setting?.value ?? '*').toUpperCase().split(/\s+/)
  ledger.notNeeded(lastOf(section, 'requirecram'), 'passwords go over TLS, or not at all')
  if (names.includes('*') || names.some((each) => /^(?:XOAUTH2|OAUTHBEARER)$/.test(each))) {
    ledger.taken(setting)
    return {}
  }
  const known = names.filter((each) => METHODS[each] !== undefined)
  if (known.length === 0)
    comments.push(...ledger.byHand(setting, 'mbaudit logs in by PLAIN, LOGIN, XOAUTH2 or OAUTHBEARER'))
  else ledger.taken(setting)
  const [only] = known.length === 1 && names.length === 1 ? known : []
  const method = only === undefined ? undefined : METHODS[only]
  return method === undefined ? {} : { method }
}

function tlsOf(section: MbsyncSection, ledger: SettingLedger, comments: string[]): ImapStoreConfig['tls'] {
  const get = (...keys: string[]) => lastOf(section, ...keys)
  const file = (setting: ReturnType<typeof get>): string | undefined => {
    const path = setting === undefined ? undefined : importedPath(setting.value)
    if (path === null) comments.push(...ledger.byHand(setting, 'write the path without variables'))
    else ledger.taken(setting)
    return path ?? undefined
  }
  const versions = get('sslversions', 'sslversion', 'tlsversions', 'tlsversion')
  const ca = file(get('certificatefile'))
  const cert = file(get('clientcertificate'))
  const key = file(get('clientkey'))
  const system = get('systemcertificates')
  if (system !== undefined && !isYes(system.value)) {
    comments.push(
      ...ledger.byHand(
        system,
        'the authorities of the system are trusted too; tls: { fingerprint: … } trusts one certificate alone',
      ),
    )
  } else ledger.taken(system)
  ledger.taken(versions)
  const oldVersions = versions !== undefined && !/1\.[23]/.test(versions.value)
  for (const each of ['usesslv2', 'usesslv3', 'usetlsv1', 'usetlsv1.1', 'usetlsv1.2']) {
    ledger.notNeeded(get(each), 'the newest version that both know is taken')
  }
  const mode = modeOf(section, ledger, comments)
  const details: TlsConfig = {
    mode,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(oldVersions && { oldVersions }),
  }
  return Object.keys(details).length === 1 ? mode : details
}

/** TLSType, SSLType, and what versions before 1.2 had in their place; STARTTLS where nothing is said. */
function modeOf(section: Section, ledger: SettingLedger, comments: string[]): 'implicit' | 'starttls' | 'none' {
  const type = lastOf(section, 'tlstype', 'ssltype')
  const implicit = lastOf(section, 'useimaps')
  const required = lastOf(section, 'requiressl')
  ledger.taken(type, implicit, required)
  if (type !== undefined) {
    const value = type.value.toLowerCase()
    return value === 'imaps' ? 'implicit' : value === 'none' ? 'none' : 'starttls'
  }
  if (isYes(implicit?.value) || /^imaps:/i.test(lastOf(section, 'host')?.value ?? '')) return 'implicit'
  if (required !== undefined && !isYes(required.value)) {
    comments.push(...ledger.byHand(required, 'TLS is asked for; write tls: none only if the server has none'))
  }
  return 'starttls'
}
