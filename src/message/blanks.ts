import { walkHeader } from './header-section.js'

/**
 * Whether two bodies are one but for line ends, blanks and NUL octets, which servers change: Dovecot in CR CR LF, Courier in
 * lone CRs. Message-IDs and added header fields do not count; two empty bodies prove nothing.
 */
export function areSameButForBlanks(a: Buffer, b: Buffer): boolean {
  const [one, other] = [withoutBlanks(bodyOf(a)), withoutBlanks(bodyOf(b))]
  return one !== '' && one === other
}

const bodyOf = (message: Buffer): Buffer => message.subarray(walkHeader(message, null, () => {}).bodyStart)

/** Some servers put another octet in the place of NUL. */
const withoutBlanks = (octets: Buffer): string => octets.toString('latin1').replace(/[\0\x80\t\n\r ]+/g, '')
