import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import {
  closeServer,
  daemonDirectory,
  freePorts,
  isRoot,
  listen,
  startDaemon,
  type TestServer,
  unpackedRoot,
} from './daemon.js'
import { makeSelfSigned } from './test-certificates.js'

export interface CyrusOptions {
  readonly separator?: '/' | '.'
  /** Whether folders stand below INBOX, so that the prefix is `INBOX` and the separator; no, unless said. */
  readonly isBelowInbox?: boolean
  /** Capabilities that are not told. */
  readonly suppressed?: string
  /** Kilobytes. */
  readonly quota?: number
}

/** Cyrus needs root, to become the user who owns its mail. */
export const hasCyrus = isRoot && unpackedRoot('cyrus') !== null
const OWNER = 'mail'

/** Starts a private Cyrus. Every user is known, and the password of each is `secret`; `cyrus` is the administrator. */
export async function startCyrus(options: CyrusOptions = {}): Promise<TestServer> {
  const root = unpackedRoot('cyrus') ?? ''
  const directory = daemonDirectory({ inMemory: true })
  const [port = 0, tlsPort = 0] = await freePorts(2)
  const { cert, key } = makeSelfSigned()
  const [uid = 0, gid = 0] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, OWNER])))
  for (const name of ['cert', 'key']) writeFileSync(join(directory, name), name === 'cert' ? cert : key)
  for (const name of ['', 'conf', 'spool', 'mux', ...CONFIGURED.map((each) => `conf/${each}`)]) {
    mkdirSync(join(directory, name), { recursive: true })
    chownSync(join(directory, name), uid, gid)
  }
  const programs = join(root, 'usr/lib/cyrus/bin')
  const [settings, services] = [join(directory, 'imapd.conf'), join(directory, 'cyrus.conf')]
  writeFileSync(settings, settingsOf(directory, options))
  writeFileSync(services, servicesOf(programs, settings, port, tlsPort))
  const passwords = await listen(createServer(answerPassword), join(directory, 'mux/mux'))
  const command = [join(programs, 'master'), '-D', '-M', services, '-C', settings, '-p', join(directory, 'pid')]
  const daemon = await startDaemon(command, { directory, port, ownProcesses: true, env: environmentOf(root) })
  const stop = async () => {
    await daemon.stop()
    await closeServer(passwords)
  }
  return { directory, port, tlsPort, certificate: cert, [Symbol.asyncDispose]: stop }
}

const CONFIGURED = ['db', 'socket', 'proc', 'lock', 'log', 'msg', 'ptclient', 'quota', 'user', 'sieve']

function environmentOf(root: string): Record<string, string> {
  const machine = execFileSync('uname', ['-m'], { encoding: 'utf8' }).trim()
  const libraries = ['usr/lib', 'lib'].map((folder) => join(root, folder, `${machine}-linux-gnu`))
  const perl = join(root, 'usr/share/perl5')
  return { LD_LIBRARY_PATH: libraries.join(':'), ...(existsSync(perl) ? { PERL5LIB: perl } : {}) }
}

/** What saslauthd says: four texts with their lengths before them come in (user, password, service, realm), one goes out. */
function answerPassword(socket: Socket): void {
  let asked = Buffer.alloc(0)
  socket.on('error', () => undefined)
  socket.on('data', (octets) => {
    asked = Buffer.concat([asked, octets])
    const texts: string[] = []
    for (let at = 0; at + 2 <= asked.length; ) {
      const end = at + 2 + asked.readUInt16BE(at)
      if (end > asked.length) return
      texts.push(asked.toString('utf8', at + 2, end))
      at = end
    }
    if (texts.length === 4) socket.end(Buffer.from(texts[1] === 'secret' ? '\0\x02OK' : '\0\x02NO', 'latin1'))
  })
}

function settingsOf(
  directory: string,
  { separator = '/', isBelowInbox = false, suppressed, quota }: CyrusOptions,
): string {
  const special = ['Drafts', 'Sent', 'Trash', 'Junk', 'Archive']
  return `configdirectory: ${directory}/conf
defaultpartition: default
partition-default: ${directory}/spool
proc_path: ${directory}/conf/proc
mboxname_lockpath: ${directory}/conf/lock
sievedir: ${directory}/conf/sieve
cyrus_user: ${OWNER}
cyrus_group: ${OWNER}
admins: cyrus
allowplaintext: yes
sasl_pwcheck_method: saslauthd
sasl_saslauthd_path: ${directory}/mux/mux
sasl_mech_list: PLAIN LOGIN
sasl_minimum_layer: 0
unixhierarchysep: ${separator === '/' ? 'yes' : 'no'}
altnamespace: ${isBelowInbox ? 'no' : 'yes'}
virtdomains: off
autocreate_users: anyone
autocreate_quota: ${quota ?? 0}
autocreate_post: yes
autocreate_inbox_folders: ${special.join(' | ')}
autocreate_subscribe_folders: ${special.join(' | ')}
${special.map((name) => `xlist-${name}: ${name}\n`).join('')}specialusealways: yes
skiplist_unsafe: yes
imapidlepoll: 1
tls_server_cert: ${directory}/cert
tls_server_key: ${directory}/key
tls_session_timeout: 0
idlesocket: ${directory}/conf/socket/idle
lmtpsocket: ${directory}/conf/socket/lmtp
notifysocket: ${directory}/conf/socket/notify
servername: localhost
${suppressed === undefined ? '' : `suppress_capabilities: ${suppressed}\n`}`
}

const servicesOf = (programs: string, settings: string, port: number, tlsPort: number): string => `START {
  recover cmd="${programs}/ctl_cyrusdb -C ${settings} -r"
}
SERVICES {
  imap  cmd="${programs}/imapd -C ${settings} -U 30" listen="127.0.0.1:${port}" prefork=0
  imaps cmd="${programs}/imapd -C ${settings} -s -U 30" listen="127.0.0.1:${tlsPort}" prefork=0
}
EVENTS {
}
`
