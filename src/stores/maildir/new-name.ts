import { checkedToken } from '../outgoing.js'
import type { Outgoing } from '../writable.js'

/**
 * The unique name of a message that we store: `1700000000.<token>.mbaudit,S=<octets>,W=<octets with CRLF>`. The same message stored by
 * the same step gets the same name, and no two steps give one name. Sizes are Dovecot's (maildir++ quota, RFC822.SIZE).
 *
 * @param turn - 0, or how many files of the folder have the name already
 */
export function newName({ token, received, bytes }: Outgoing, turn: number): string {
  return `${baseName(token, received, turn)},S=${bytes.length},W=${octetsWithCrlf(bytes)}`
}

/** The name of a message that is moved here; sizes go with it where its old name tells them. */
export function movedName(token: string, received: number, oldUnique: string, size: number): string {
  const [told] = /,S=\d+(?:,W=\d+)?/.exec(oldUnique) ?? []
  const sizes = told?.startsWith(`,S=${size}`) && /^,S=\d+,W=/.test(told) ? told : `,S=${size}`
  return `${baseName(token, received, 0)}${sizes}`
}

function baseName(token: string, received: number | null, turn: number): string {
  return `${Math.max(0, Math.floor(received ?? 0))}.${checkedToken(token)}${turn === 0 ? '' : `_${turn}`}.mbaudit`
}

const LF = 10
const CR = 13

/** Octets that the message has when each of its lines ends in CRLF. */
function octetsWithCrlf(bytes: Buffer): number {
  let bare = 0
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) if (bytes[at - 1] !== CR) bare++
  return bytes.length + bare
}
