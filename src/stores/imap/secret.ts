import type { ImapAccount } from './account.js'

/** The secrets of one session: each asked for when it is needed, and kept out of every text. */
export interface Secrets {
  /** The password or the token, asked for at the first time and after `forget`. */
  credential(): Promise<string>
  /** The passphrase of the client's key; null where there is none. */
  passphrase(): Promise<string | null>
  /** A token may have run out: the next `credential` asks for another. A password is not asked for again: it does not run out. */
  forget(): void
  /** Whether `credential` can answer otherwise than before. */
  readonly canRenew: boolean
  /** The text without any secret that was given, plain or as the wire carries it. */
  hide(text: string): string
}

export function createSecrets({ authentication, tls, proxy }: ImapAccount): Secrets {
  const given = new Set<string>(proxyPassword(proxy))
  const remember = (secret: string) => {
    given.add(secret)
    return secret
  }
  const ask = async () => {
    const source = authentication.kind === 'password' ? authentication.password : authentication.token
    return remember(await source())
  }
  let credential: Promise<string> | null = null
  return {
    credential: () => {
      credential ??= ask().catch((error: unknown) => {
        credential = null
        throw error
      })
      return credential
    },
    passphrase: async () => (tls.client?.passphrase ? remember(await tls.client.passphrase()) : null),
    forget: () => {
      if (authentication.kind === 'oauth') credential = null
    },
    canRenew: authentication.kind === 'oauth',
    hide: (text) => [...given].reduce(hideOne, text),
  }
}

const HIDDEN = '…'
/** A secret that is shorter stands inside ordinary words; it is hidden where it stands alone. */
const LONG_ENOUGH = 5

function hideOne(text: string, secret: string): string {
  if (secret === '') return text
  return hidePlain(hideEncoded(text, secret), secret)
}

function hidePlain(text: string, secret: string): string {
  if (secret.length >= LONG_ENOUGH)
    return text.replaceAll(secret, HIDDEN).replaceAll(encodeURIComponent(secret), HIDDEN)
  return text
    .split(/([^\s"'()<>[\]{},;:=]+)/)
    .map((word) => (word === secret ? HIDDEN : word))
    .join('')
}

/** SASL sends a secret in base64, among other things (RFC 4616, RFC 7628). */
function hideEncoded(text: string, secret: string): string {
  return text.replace(/[A-Za-z0-9+/]{4,}={0,2}/g, (run) =>
    Buffer.from(run, 'base64').includes(Buffer.from(secret)) ? HIDDEN : run,
  )
}

function proxyPassword(proxy: string | null): string[] {
  if (proxy === null || !URL.canParse(proxy)) return []
  const { password } = new URL(proxy)
  return password === '' ? [] : [password, decodeURIComponent(password)]
}
