import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { daemonDirectory, freePorts, isRoot, startDaemon, type TestServer } from './daemon.js'
import { makeSelfSigned } from './test-certificates.js'

export interface DovecotOptions {
  readonly separator?: '/' | '.'
  readonly prefix?: '' | 'INBOX.' | 'INBOX/'
  readonly storage?: 'maildir' | 'mbox' | 'sdbox'
  /** Stands in place of the capabilities told after the login. Dovecot does what it hides all the same. */
  readonly capability?: string
  readonly tls?: 'yes' | 'required' | 'no'
  /** The most that a user may store, as `quota_rule` has it: `storage=200K`, `messages=3`. */
  readonly quota?: string
  /** Connections of one user at once. */
  readonly connections?: number
  /** Further lines of configuration. */
  readonly more?: string
}

export interface Dovecot extends TestServer {
  /** A user's home. Every user is known, and the password of each is `secret`. */
  home(user: string): string
}

export const hasDovecot = existsSync('/usr/sbin/dovecot') && existsSync('/usr/lib/dovecot/imap')
/** Owns all mail, where root starts the server: an id that nobody has. */
const MAIL_USER = 10143

/** Whose mail Dovecot takes it for. */
export const dovecotUser = (): number => (isRoot ? MAIL_USER : userInfo().uid)

/** Starts a private Dovecot; root is not needed. */
export async function startDovecot(options: DovecotOptions = {}): Promise<Dovecot> {
  const directory = daemonDirectory()
  const [port = 0, tlsPort = 0] = await freePorts(2)
  for (const name of ['run', 'state', 'home']) mkdirSync(join(directory, name))
  chownSync(join(directory, 'home'), dovecotUser(), isRoot ? MAIL_USER : userInfo().gid)
  const { cert, key } = makeSelfSigned()
  writeFileSync(join(directory, 'cert'), cert)
  writeFileSync(join(directory, 'key'), key, { mode: 0o600 })
  const configuration = join(directory, 'dovecot.conf')
  writeFileSync(configuration, configurationOf(directory, port, tlsPort, options))
  const daemon = await startDaemon(['/usr/sbin/dovecot', '-F', '-c', configuration], { directory, port })
  const home = (user: string): string => join(directory, 'home', user)
  return { directory, port, tlsPort, certificate: cert, home, [Symbol.asyncDispose]: daemon.stop }
}

const LOCATIONS = {
  maildir: 'maildir:~/Maildir',
  mbox: 'mbox:~/mail:INBOX=~/inbox.mbox',
  sdbox: 'sdbox:~/sdbox',
}

function users(): string {
  if (isRoot) {
    return `default_internal_user = dovecot
default_login_user = dovenull
first_valid_uid = ${MAIL_USER}
first_valid_gid = ${MAIL_USER}
`
  }
  const group = execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim()
  const unchrooted = (service: string) => `service ${service} {\n  chroot =\n}\n`
  return `default_internal_user = ${userInfo().username}
default_login_user = ${userInfo().username}
default_internal_group = ${group}
first_valid_uid = 1
first_valid_gid = 1
${['anvil', 'stats', 'imap-login'].map(unchrooted).join('')}`
}

function configurationOf(directory: string, port: number, tlsPort: number, options: DovecotOptions): string {
  const { separator = '/', prefix = '', storage = 'maildir', tls = 'yes', quota, capability } = options
  const special = (name: string) => `  mailbox ${name} {\n    special_use = \\${name}\n  }\n`
  const [uid, gid] = isRoot ? [MAIL_USER, MAIL_USER] : [userInfo().uid, userInfo().gid]
  return `base_dir = ${directory}/run
state_dir = ${directory}/state
log_path = /dev/stderr
listen = 127.0.0.1
protocols = imap
mail_fsync = never
${users()}ssl = ${tls}
ssl_cert = <${directory}/cert
ssl_key = <${directory}/key
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_max_userip_connections = ${options.connections ?? 50}
mail_location = ${LOCATIONS[storage]}
mail_plugins = ${quota === undefined ? '' : 'quota'}
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${directory}/home/%u
}
namespace inbox {
  inbox = yes
  separator = ${separator}
  prefix = ${prefix}
${['Drafts', 'Sent', 'Trash', 'Junk', 'Archive'].map(special).join('')}}
# One process for many logins: a new one each would be most of what a short session costs.
service imap-login {
  service_count = 0
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tls === 'no' ? 0 : tlsPort}
    ssl = yes
  }
}
service imap {
  service_count = 1000
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
protocol imap {
  mail_plugins = $mail_plugins imap_zlib ${quota === undefined ? '' : 'imap_quota'}
  imap_max_line_length = 64k
  ${capability === undefined ? '' : `imap_capability = ${capability}`}
}
plugin {
  quota = count:User quota
  quota_vsizes = yes
  quota_grace = 0
  ${quota === undefined ? '' : `quota_rule = *:${quota}`}
}
${options.more ?? ''}
`
}
