import type { ImapAccount } from './account.js'
import type { Trouble } from './trouble.js'

const TRUST =
  'If it is the right server, name its authority (tls: { ca: FILE }) or its certificate (tls: { fingerprint: … }; mbaudit doctor shows it) in the configuration.'

/** What is wrong with a certificate, by the code of OpenSSL or Node, and what to do. */
export function certificateTrouble({ code, text }: Trouble, account: ImapAccount): [message: string, hint: string] {
  const { host, port, tls } = account
  const at = `${host}:${port}`
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return [`${at}: the certificate is signed by the server itself, and by nobody who is trusted`, TRUST]
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return [`${at}: the certificate is signed by an authority that is not trusted`, TRUST]
    case 'CERT_HAS_EXPIRED':
      return [
        `${at}: the certificate has expired`,
        'Ask who runs the server for a new one; and look at the clock of this machine.',
      ]
    case 'CERT_NOT_YET_VALID':
      return [`${at}: the certificate is not valid yet`, 'Look at the clock of this machine.']
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return [
        `${at}: the certificate is for another host${namesIn(text)}`,
        `Use the name that the certificate has, or tell it: tls: { servername: NAME }.`,
      ]
    case 'PinnedCertificate':
      return [
        `${at}: ${text}, not ${tls.fingerprint}`,
        'If the server got a new certificate, ask who runs it for the new fingerprint; if not, somebody is on the way.',
      ]
    case 'STARTTLS_INJECTION':
      return [
        `${at}: something was slipped in before encryption began`,
        'Somebody may be on the way: use TLS (imaps://).',
      ]
    default:
      return [`${at}: the certificate is not trusted: ${text}`, TRUST]
  }
}

/** Node writes of a name: … is not in the cert's altnames: DNS:b, and of an address no names at all. */
function namesIn(text: string): string {
  const names = /altnames: ((?:DNS|IP Address):.*)$/.exec(text)?.[1]
  return names === undefined ? '' : ` (${names})`
}
