import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls'
import type { Told } from '../checkup.js'
import type { ImapAccount } from './account.js'
import { certificateTrouble } from './certificate-words.js'

/** Says whose certificate a server showed, and whether it proves that it is the server that was meant. */
export function judgeCertificate(socket: TLSSocket, servername: string, account: ImapAccount): Told {
  const certificate = socket.getPeerCertificate()
  const facts = factsOf(socket, certificate)
  const found = `${facts.version}, certificate of ${facts.subject} by ${facts.issuer}, until ${facts.expires ?? 'nobody knows when'}`
  const code = whyUntrusted(socket, facts.fingerprint, account)
  if (code === null) return { found, facts, ...expiryWarning(certificate) }
  if (account.tls.unverified) {
    const advice = 'The certificate proves nothing, and is taken as you asked for.'
    return { found, facts, outcome: 'warning', advice }
  }
  const text = checkServerIdentity(servername, certificate)?.message ?? 'the server shows another certificate'
  const trouble = { kind: 'untrusted', code, text, responseCode: null, isServersWord: false, wait: null } as const
  const [message, advice] = certificateTrouble(trouble, account)
  return { code: 'TLS_UNTRUSTED', found: message, advice, notes: [`sha-256 ${facts.fingerprint}`], facts }
}

/** The code of what speaks against the certificate; null: nothing. */
function whyUntrusted(socket: TLSSocket, shown: string | null, { tls }: ImapAccount): string | null {
  if (tls.fingerprint !== null) return shown === plainHex(tls.fingerprint) ? null : 'PinnedCertificate'
  return socket.authorized ? null : String(socket.authorizationError)
}

/** Days before its end that a certificate is spoken of. */
const SOON = 14
const DAY = 86_400_000

function expiryWarning({ valid_to }: PeerCertificate): Partial<Told> {
  const days = Math.floor((Date.parse(valid_to) - Date.now()) / DAY)
  return days < SOON
    ? { outcome: 'warning', advice: `The certificate ends in ${days} days: ask who runs the server.` }
    : {}
}

function factsOf(socket: TLSSocket, { subject, issuer, valid_to, fingerprint256 }: PeerCertificate) {
  const until = Date.parse(valid_to)
  return {
    version: socket.getProtocol() ?? 'TLS',
    cipher: socket.getCipher().name,
    subject: nameIn(subject),
    issuer: nameIn(issuer),
    expires: Number.isNaN(until) ? null : new Date(until).toISOString().slice(0, 10),
    fingerprint: fingerprint256 === undefined ? null : plainHex(fingerprint256),
  }
}

function nameIn(name: PeerCertificate['subject'] | undefined): string {
  return [name?.CN ?? name?.O ?? 'nobody'].flat().join(', ')
}

const plainHex = (text: string): string =>
  text
    .replace(/^sha-?256[:= ]/i, '')
    .replace(/[^0-9a-f]/gi, '')
    .toLowerCase()
