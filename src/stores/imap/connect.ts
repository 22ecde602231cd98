import type { ImapFlow, ImapFlowOptions } from 'imapflow'
import { type ImapAccount, isLoopback } from './account.js'
import { authOptions } from './auth.js'
import type { Secrets } from './secret.js'
import { checkPinned, tlsOptions } from './tls.js'
import type { Heard } from './trouble.js'

/** One connection, logged in. */
export interface Connection {
  readonly client: ImapFlow
  /** What it said besides its answers, up to now. */
  heard(): Heard
}

/** A message larger than this is not taken into memory. */
const LARGEST_LITERAL = 512 * 1024 * 1024

/** What is thrown when a connection cannot be made, with what was heard of it. */
export class ConnectingError extends Error {
  readonly heard: Heard

  constructor(cause: unknown, heard: Heard) {
    super('connecting failed', { cause })
    this.name = 'ConnectingError'
    this.heard = heard
  }
}

/** The server greeted, and did not get through the login. */
class LoginTimeoutError extends Error {
  readonly code = 'LOGIN_TIMEOUT'
}

/** How long a login may take beyond the greeting: some servers let those wait who failed before. */
const LOGIN_PATIENCE = 60_000

/**
 * Connects and logs in. Names of folders are the server's own, whole: no namespace prefix is put before them.
 *
 * @param signal - closes the connection at once, whatever it does
 * @throws ConnectingError
 */
export async function connect(
  account: ImapAccount,
  secrets: Secrets,
  onAlert: (text: string) => void,
  signal: AbortSignal | null,
): Promise<Connection> {
  const { ImapFlow } = await import('imapflow')
  const [credential, passphrase] = [await secrets.credential(), await secrets.passphrase()]
  const options = { ...connectionOptions(account), tls: tlsOptions(account, passphrase) }
  const client: ImapFlow = new ImapFlow({ ...options, auth: authOptions(account, credential, () => client) })
  let error: Error | null = null
  // Without a listener an error event ends the process.
  client.on('error', (event: Error) => {
    error ??= event
  })
  client.on('alert', ({ message }) => onAlert(message))
  const close = () => client.close()
  signal?.addEventListener('abort', close)
  client.on('close', () => signal?.removeEventListener('abort', close))
  const heard = (): Heard => ({ bye: client.byeReason ?? null, error })
  const { connect, greeting } = account.timeouts
  let isLate = false
  const timer = setTimeout(
    () => {
      isLate = true
      client.close()
    },
    connect + greeting + LOGIN_PATIENCE,
  )
  try {
    await client.connect()
    // A PREAUTH greeting asks for no password, so nothing was checked yet.
    checkPinned(client, account.tls)
  } catch (cause) {
    client.close()
    throw new ConnectingError(isLate ? new LoginTimeoutError('the login takes too long') : cause, heard())
  } finally {
    clearTimeout(timer)
  }
  client.namespace = { prefix: '', delimiter: client.namespace?.delimiter }
  return { client, heard }
}

function connectionOptions({ host, port, security, tls, proxy, timeouts }: ImapAccount): ImapFlowOptions {
  return {
    host,
    port,
    secure: security === 'tls',
    ...(security !== 'tls' && { doSTARTTLS: security === 'starttls' }),
    ...(tls.servername !== null && { servername: tls.servername }),
    ...(proxy !== null && { proxy }),
    connectionTimeout: timeouts.connect,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.silence,
    clientInfo: { name: 'mbaudit', version: '', vendor: '', 'support-url': '' },
    logger: false,
    disableAutoIdle: true,
    // What is spared on the way is lost again in the processor where there is no way.
    disableCompression: isLoopback(host),
    qresync: true,
    maxLiteralSize: LARGEST_LITERAL,
  }
}
