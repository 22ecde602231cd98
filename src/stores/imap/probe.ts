import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ImapAccount } from './account.js'

/** How long each question waits for its answer. */
const PATIENCE = 2_000

/** Who it is that did not greet. */
export interface Answering {
  /** For a sentence. */
  readonly words: string
  /** An IMAP server after all, that was slow. */
  readonly isImap: boolean
}

/**
 * Asks what it is that answers on a port where no IMAP greeting came: a server of another protocol, TLS where none was
 * begun, or nothing.
 */
export async function whoAnswers({ host, port, security, proxy }: ImapAccount): Promise<Answering> {
  if (proxy !== null) return another('silence')
  const secure = security === 'tls'
  const [banner, isTls, answer] = await Promise.all([
    ask(host, port, secure, ''),
    secure ? false : speaksTls(host, port),
    ask(host, port, secure, 'GET / HTTP/1.0\r\n\r\n'),
  ])
  if (/^\* (OK|PREAUTH)/i.test(banner)) return { words: 'the greeting came too late', isImap: true }
  if (banner !== '') return another(nameOf(banner))
  return another(isTls ? 'TLS is spoken there from the first octet: imaps://' : nameOf(answer))
}

const another = (words: string): Answering => ({ words, isImap: false })

function nameOf(banner: string): string {
  if (/^HTTP\//.test(banner)) return 'an HTTP server answers there'
  if (/^220[ -]/.test(banner)) return 'an SMTP or FTP server answers there'
  if (/^\+OK/.test(banner)) return 'a POP3 server answers there'
  if (/^SSH-/.test(banner)) return 'an SSH server answers there'
  return banner === '' ? 'silence' : 'something else answers there'
}

function ask(host: string, port: number, secure: boolean, question: string): Promise<string> {
  const options = { host, port, rejectUnauthorized: false }
  const socket: Socket = secure ? connectTls(options) : connectPlain(options)
  return firstOf(
    socket,
    (settle) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => question !== '' && socket.write(question))
      socket.once('data', (octets: Buffer) => settle(octets.toString('latin1', 0, 100)))
    },
    '',
  )
}

function speaksTls(host: string, port: number): Promise<boolean> {
  const socket = connectTls({ host, port, rejectUnauthorized: false })
  return firstOf(socket, (settle) => socket.once('secureConnect', () => settle(true)), false)
}

/** The first answer, or `otherwise` where the socket ends or time is up. */
function firstOf<T>(socket: Socket, listen: (settle: (answer: T) => void) => void, otherwise: T): Promise<T> {
  return new Promise((resolve) => {
    const settle = (answer: T) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(() => settle(otherwise), PATIENCE)
    socket.on('error', () => settle(otherwise))
    socket.on('close', () => settle(otherwise))
    listen(settle)
  })
}
