import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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

export interface CourierOptions {
  /** Stands in place of the capabilities that are told. */
  readonly capability?: string
  /** The first line of `maildirsize`: `20000S`. */
  readonly quota?: string
}

/**
 * Courier needs root: where it asks for passwords (/run/courier) is compiled in, and becomes ours in mounts that nobody else
 * sees.
 */
export const hasCourier = isRoot && unpackedRoot('courier') !== null
const CAPABILITY =
  'IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE UTF8=ACCEPT ENABLE'
/** A user that has a name: without one Courier complains at each login. */
const [NOBODY, COURIER] = [65534, 10144]

/** Starts a private Courier. The one user is `alice`, the password `secret`. */
export async function startCourier({ capability = CAPABILITY, quota }: CourierOptions = {}): Promise<TestServer> {
  const root = unpackedRoot('courier') ?? ''
  const directory = daemonDirectory()
  const [port = 0, tlsPort = 0] = await freePorts(2)
  const { cert, key } = makeSelfSigned()
  const home = join(directory, 'alice')
  mkdirSync(join(directory, 'run/authdaemon'), { recursive: true })
  for (const name of ['', 'Maildir', 'Maildir/cur', 'Maildir/new', 'Maildir/tmp']) mkdirSync(join(home, name))
  if (quota !== undefined) writeFileSync(join(home, 'Maildir/maildirsize'), `${quota}\n0 0\n`)
  execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, home])
  writeFileSync(join(directory, 'pem'), key + cert, { mode: 0o600 })
  chownSync(join(directory, 'pem'), COURIER, COURIER)
  nameCourier(directory)
  mkdirSync('/run/courier', { recursive: true })
  const passwords = await listen(createServer(answerFor(home)), join(directory, 'run/authdaemon/socket'))
  const script = join(directory, 'start')
  writeFileSync(script, scriptOf(root, directory, port, tlsPort))
  const env = environmentOf(root, directory, capability)
  const daemon = await startDaemon(['/bin/sh', script], { directory, port, ownProcesses: true, ownMounts: true, env })
  const stop = async () => {
    await daemon.stop()
    await closeServer(passwords)
  }
  return { directory, port, tlsPort, certificate: cert, [Symbol.asyncDispose]: stop }
}

/** couriertls becomes the user `courier`, whom the machine need not know. */
function nameCourier(directory: string): void {
  const lines = {
    passwd: `courier:x:${COURIER}:${COURIER}::/run/courier:/usr/sbin/nologin\n`,
    group: `courier:x:${COURIER}:\n`,
  }
  for (const [name, line] of Object.entries(lines)) {
    const known = readFileSync(`/etc/${name}`, 'utf8')
    writeFileSync(join(directory, name), /^courier:/m.test(known) ? known : known + line)
  }
}

/** What authdaemon says: `AUTH` with a length, then service, kind, user and password on lines of their own. */
const answerFor = (home: string) => (socket: Socket) => {
  const known = `UID=${NOBODY}\nGID=${NOBODY}\nHOME=${home}\nADDRESS=alice\nMAILDIR=${home}/Maildir\n.\n`
  let asked = ''
  socket.on('error', () => undefined)
  socket.on('data', (octets) => {
    asked = (asked + octets.toString('latin1')).replace(/^(?:[A-Z\d_]+=[^\n]*\n)+/, '')
    const [, length, body = ''] = /^AUTH (\d+)\n(.*)/s.exec(asked) ?? []
    if (length === undefined) {
      if (asked.includes('\n')) socket.end(/^PRE \S+ \S+ alice\n/.test(asked) ? known : 'FAIL\n')
      return
    }
    if (body.length < Number(length)) return
    const [, kind, user, password] = body.split('\n')
    socket.end(kind === 'login' && user === 'alice' && password === 'secret' ? known : 'FAIL\n')
  })
}

function environmentOf(root: string, directory: string, capability: string): Record<string, string> {
  const machine = execFileSync('uname', ['-m'], { encoding: 'utf8' }).trim()
  const folders = [`usr/lib/${machine}-linux-gnu`, `lib/${machine}-linux-gnu`, 'usr/lib', 'usr/lib/courier-authlib']
  return {
    HOME: directory,
    LD_LIBRARY_PATH: folders.map((folder) => join(root, folder)).join(':'),
    IMAP_CAPABILITY: capability,
    IMAP_CAPABILITY_TLS: `${capability} AUTH=PLAIN`,
    IMAP_KEYWORDS: '1',
    IMAP_ACL: '1',
    IMAP_STARTTLS: 'YES',
    IMAP_TLS_REQUIRED: '0',
    COURIERTLS: join(root, 'usr/bin/couriertls'),
    TLS_CERTFILE: join(directory, 'pem'),
    TLS_VERIFYPEER: 'NONE',
    TLS_TRUSTCERTS: '/etc/ssl/certs',
    TLS_PROTOCOL: '',
    TLS_STARTTLS_PROTOCOL: '',
    IMAP_CHECK_ALL_FOLDERS: '0',
    IMAP_OBSOLETE_CLIENT: '0',
    IMAP_USELOCKS: '1',
    IMAP_ENHANCEDIDLE: '0',
    IMAP_IDLE_TIMEOUT: '5',
    IMAP_TRASHFOLDERNAME: 'Trash',
    // Anything else, and old mail in Trash is deleted.
    IMAP_EMPTYTRASH: '',
    IMAP_MOVE_EXPUNGE_TO_TRASH: '0',
    IMAP_MAILBOX_SANITY_CHECK: '1',
    IMAP_DISABLETHREADSORT: '0',
    IMAP_UMASK: '022',
    MAILDIRPATH: 'Maildir',
    AUTHMODULES: '',
    IMAPLOGINTAG: '',
  }
}

function scriptOf(root: string, directory: string, port: number, tlsPort: number): string {
  const [tcpd, tls] = [join(root, 'usr/sbin/couriertcpd'), join(root, 'usr/bin/couriertls')]
  const [login, imapd] = [join(root, 'usr/lib/courier/courier/imaplogin'), join(root, 'usr/bin/imapd')]
  const common = `-address=127.0.0.1 -maxprocs=160 -maxperip=160 -nodnslookup -noidentlookup -stderr=${directory}/log`
  const libexec = existsSync('/usr/libexec') && existsSync(join(root, 'usr/libexec'))
  return `set -e
mount --bind ${directory}/run /run/courier
mount --bind ${directory}/passwd /etc/passwd
mount --bind ${directory}/group /etc/group
${libexec ? `mount --bind ${join(root, 'usr/libexec')} /usr/libexec` : ''}
IMAP_TLS=1 IMAP_STARTTLS=NO ${tcpd} ${common} ${tlsPort} ${tls} -server -tcpd ${login} ${imapd} Maildir &
exec ${tcpd} ${common} ${port} ${login} ${imapd} Maildir
`
}
