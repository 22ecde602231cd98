import { type ConnectionOptions, rootCertificates, TLSSocket } from 'node:tls'
import type { ImapFlow } from 'imapflow'
import type { ImapAccount, TlsSettings } from './account.js'

/** The server showed another certificate than the one that is pinned. */
export class PinnedCertificateError extends Error {
  readonly code = 'PinnedCertificate'

  constructor(shown: string | null) {
    super(shown === null ? 'the server showed no certificate' : `the server shows another certificate: ${shown}`)
    this.name = 'PinnedCertificateError'
  }
}

/** What Node is told of TLS. A pinned certificate is looked at by `checkPinned`, since Node cannot trust a leaf alone. */
export function tlsOptions({ tls }: ImapAccount, passphrase: string | null): ConnectionOptions {
  return {
    rejectUnauthorized: !tls.unverified && tls.fingerprint === null,
    ...(tls.ca.length > 0 && { ca: [...rootCertificates, ...tls.ca] }),
    ...(tls.client !== null && { cert: tls.client.cert, key: tls.client.key }),
    ...(passphrase !== null && { passphrase }),
    ...(tls.oldVersions && { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  }
}

/**
 * Holds the server to the certificate that is pinned. To be called before the password is sent.
 *
 * @throws PinnedCertificateError
 */
export function checkPinned(client: ImapFlow, { fingerprint }: TlsSettings): void {
  if (fingerprint === null) return
  const socket: unknown = 'socket' in client ? client.socket : null
  const shown = socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : undefined
  if (shown === undefined || plainHex(shown) !== plainHex(fingerprint)) throw new PinnedCertificateError(shown ?? null)
}

/** `AB:CD` and `sha256:abcd` are one fingerprint. */
const plainHex = (fingerprint: string) =>
  fingerprint
    .replace(/^sha-?256[:= ]/i, '')
    .replace(/[^0-9a-f]/gi, '')
    .toLowerCase()
