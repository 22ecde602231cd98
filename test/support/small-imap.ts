import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls'

/** One line that a client sent, and the connection it came on. */
export interface ClientLine {
  readonly tag: string
  /** Upper case; `UID FETCH` for two words; empty for the line that answers a continuation request. */
  readonly command: string
  readonly line: string
  readonly socket: Socket
  /** 1 for the first connection that was made. */
  readonly connection: number
  send(text: string): void
  ok(text?: string): void
  no(text: string): void
  /** Answers as the server does by itself. */
  asUsual(): void
}

export interface SmallImapOptions {
  /** A function of the connection's number; null says nothing. */
  readonly greeting?: (connection: number) => string | null
  readonly capability?: string
  /** The one password or token that is right; `user:secret` in LOGIN, PLAIN, XOAUTH2 and OAUTHBEARER. */
  readonly secret?: () => string
  readonly onConnection?: (socket: Socket) => void
  /** Answers a line itself and returns true, or leaves it to the server. */
  readonly on?: (line: ClientLine) => boolean
  /** TLS from the first octet. */
  readonly tls?: TlsOptions
  /** What STARTTLS goes on with. */
  readonly startTls?: TlsOptions
}

export interface SmallImap extends AsyncDisposable {
  readonly port: number
  /** All lines of all clients, as sent. */
  readonly lines: string[]
  /** Connections that were made. */
  readonly connections: () => number
  readonly open: Set<Socket>
}

const PLAIN_CAPABILITY = 'IMAP4rev1 ID NAMESPACE AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2 SASL-IR'

/** A small IMAP server that keeps no mail and can be told to answer anything. */
export async function startSmallImap(options: SmallImapOptions = {}): Promise<SmallImap> {
  const lines: string[] = []
  const open = new Set<Socket>()
  let made = 0
  const onSocket = (socket: Socket) => {
    made++
    open.add(socket)
    socket.setNoDelay(true)
    socket.on('close', () => open.delete(socket)).on('error', () => undefined)
    const greeting = (options.greeting ?? (() => '* OK ready'))(made)
    if (greeting !== null) socket.write(`${greeting}\r\n`)
    if (greeting?.startsWith('* BYE')) socket.end()
    options.onConnection?.(socket)
    converse(socket, made, options, lines)
  }
  const server: Server = options.tls ? createTlsServer(options.tls, onSocket) : createServer(onSocket)
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    lines,
    open,
    connections: () => made,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function converse(socket: Socket, connection: number, options: SmallImapOptions, lines: string[]): void {
  let rest = ''
  let pending: ((line: string) => void) | null = null
  const answer = (line: string) => {
    const [tag = '', first = '', second = ''] = line.split(' ')
    const command = first.toUpperCase() === 'UID' ? `UID ${second.toUpperCase()}` : first.toUpperCase()
    const send = (text: string) => void socket.write(text)
    const ok = (text = 'done') => send(`${tag} OK ${text}\r\n`)
    const no = (text: string) => send(`${tag} NO ${text}\r\n`)
    const asUsual = () =>
      usual({ tag, command, line, socket, connection, send, ok, no, asUsual }, options, (next) => {
        pending = next
      })
    if (!options.on?.({ tag, command, line, socket, connection, send, ok, no, asUsual })) asUsual()
  }
  const onData = (octets: Buffer) => {
    const parts = (rest + octets.toString('latin1')).split('\r\n')
    rest = parts.pop() ?? ''
    for (const line of parts) {
      lines.push(line)
      const next = pending
      pending = null
      if (next !== null) next(line)
      else if (/ STARTTLS$/i.test(line) && options.startTls)
        return upgrade(socket, line, connection, options, lines, onData)
      else answer(line)
    }
  }
  socket.on('data', onData)
}

function upgrade(
  socket: Socket,
  line: string,
  connection: number,
  options: SmallImapOptions,
  lines: string[],
  onData: (octets: Buffer) => void,
): void {
  socket.off('data', onData)
  socket.write(`${line.split(' ')[0]} OK begin\r\n`)
  const secureContext = createSecureContext(options.startTls)
  const secure = new TLSSocket(socket, { ...options.startTls, isServer: true, secureContext })
  secure.on('error', () => undefined)
  const { startTls: _, ...inside } = options
  converse(secure, connection, inside, lines)
}

function usual(line: ClientLine, options: SmallImapOptions, waitFor: (next: (line: string) => void) => void): unknown {
  const { command, send, ok, no } = line
  const capability = options.capability ?? PLAIN_CAPABILITY + (options.startTls ? ' STARTTLS' : '')
  const secret = options.secret?.() ?? 'secret'
  const judge = (given: string) =>
    given.includes(secret) ? ok('logged in') : no('[AUTHENTICATIONFAILED] Authentication failed.')
  const decode = (text: string) => Buffer.from(text, 'base64').toString()
  switch (command) {
    case 'CAPABILITY':
      send(`* CAPABILITY ${capability}\r\n`)
      return ok()
    case 'LOGIN':
      return judge(line.line)
    case 'AUTHENTICATE': {
      const [, , method, initial] = line.line.split(' ')
      if (initial !== undefined) return judge(decode(initial))
      send(method === 'LOGIN' ? `+ ${Buffer.from('Username:').toString('base64')}\r\n` : '+ \r\n')
      if (method !== 'LOGIN') return waitFor((answer) => judge(decode(answer)))
      return waitFor(() => {
        send(`+ ${Buffer.from('Password:').toString('base64')}\r\n`)
        waitFor((answer) => judge(decode(answer)))
      })
    }
    case 'NAMESPACE':
      send('* NAMESPACE (("" "/")) NIL NIL\r\n')
      return ok()
    case 'LIST': {
      const name = /LIST "[^"]*" "?([^"]*)"?$/.exec(line.line)?.[1] ?? 'INBOX'
      if (name !== '') send(`* LIST () "/" ${/[*%]/.test(name) ? 'INBOX' : name}\r\n`)
      return ok()
    }
    case 'EXAMINE':
      send('* 0 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 1] x\r\n')
      return ok('[READ-ONLY] done')
    case 'LOGOUT':
      send('* BYE bye\r\n')
      ok()
      return void line.socket.end()
    default:
      return ok()
  }
}
