import type { MessageRule } from '../rule.js'
import { NOTHING } from './sightings.js'

/** 1 January 1990: mail that a server says it got before then it did not get then. */
const EARLIEST = 631_152_000
const TWO_DAYS = 172_800

export const sizeReportedWrong: MessageRule = {
  name: 'size-reported-wrong',
  scope: 'message',
  severity: 'warning',
  summary: 'The server gives another size for a message (RFC822.SIZE) than the octets it then sends.',
  source: 'RFC 9051 §7.5.2',
  origin: 'Servers that make messages anew when they are fetched, bridges, and servers that count other line endings.',
  risk: 'Programs that trust the size cut the message short, wait for more, or take two copies for different mail.',
  remedy: 'Trust no copy that was made by size; compare digests. Tell who runs the server.',
  detect: ({ storeType, copy, octets }) =>
    storeType === 'imap' && copy.size !== octets.length
      ? [{ offset: null, detail: `the server says ${copy.size} octets, and sends ${octets.length}` }]
      : NOTHING,
}

export const receivedImplausible: MessageRule = {
  name: 'received-implausible',
  scope: 'message',
  severity: 'warning',
  summary: 'The date at which the server says it received a message (INTERNALDATE) lies before 1990 or in the future.',
  source: 'RFC 9051 §2.3.3',
  origin: 'A migration that lost the date, or a clock that stood at its beginning (1970, 1899).',
  risk: 'The message is sorted to the wrong end, and rules that delete old mail may take it.',
  remedy: 'Where another copy has the right date, copy from that one; the Date field tells when it was written.',
  detect: ({ storeType, copy: { received }, now }) =>
    storeType === 'imap' && received !== null && (received < EARLIEST || received > now + TWO_DAYS)
      ? [{ offset: null, detail: `received ${new Date(received * 1000).toISOString().slice(0, 10)}` }]
      : NOTHING,
}
