import type { AuthOptions, ImapFlow } from 'imapflow'
import type { ImapAccount } from './account.js'
import { checkPinned } from './tls.js'

/** The server offers no way to log in as it was asked for. */
export class NoMechanismError extends Error {
  readonly authenticationFailed = true

  constructor(message: string) {
    super(message)
    this.name = 'NoMechanismError'
  }
}

const METHODS = { PLAIN: 'AUTH=PLAIN', LOGIN: 'AUTH=LOGIN', 'LOGIN-COMMAND': 'LOGIN' } as const

/**
 * What imapflow needs to log in. It takes the credential when TLS stands and capabilities are known: the last moment to hold
 * the server to its pinned certificate, and to refuse a login that would silently be another's.
 */
export function authOptions(account: ImapAccount, credential: string, client: () => ImapFlow): AuthOptions {
  const { authentication, user } = account
  const release = () => {
    checkPinned(client(), account.tls)
    requireMechanism(account, client())
    return credential
  }
  if (authentication.kind === 'oauth')
    return {
      user,
      get accessToken() {
        return release()
      },
    }
  const { authzid } = authentication
  const method = authentication.method ?? (authzid === null ? null : 'PLAIN')
  return {
    user,
    get pass() {
      return release()
    },
    ...(method !== null && { loginMethod: METHODS[method] }),
    ...(authzid !== null && { authzid }),
  }
}

/** imapflow falls back to the LOGIN command, which knows no authzid. */
function requireMechanism({ authentication, security }: ImapAccount, { capabilities }: ImapFlow): void {
  if (authentication.kind === 'oauth') {
    const isOffered = ['AUTH=OAUTHBEARER', 'AUTH=XOAUTH2', 'AUTH=XOAUTH'].some((name) => capabilities.has(name))
    if (!isOffered) throw new NoMechanismError('the server offers no login by OAuth token')
    return
  }
  const wanted = authentication.method ?? (authentication.authzid === null ? null : 'PLAIN')
  if (wanted !== null && wanted !== 'LOGIN-COMMAND' && !capabilities.has(METHODS[wanted])) {
    throw new NoMechanismError(`the server offers no login by ${wanted}`)
  }
  const hasMechanism = capabilities.has('AUTH=PLAIN') || capabilities.has('AUTH=LOGIN')
  if (capabilities.has('LOGINDISABLED') && (!hasMechanism || wanted === 'LOGIN-COMMAND')) {
    const why =
      security === 'none' ? 'takes no password on a connection without encryption' : 'takes no password at all'
    throw new NoMechanismError(`the server ${why} (LOGINDISABLED)`)
  }
}
