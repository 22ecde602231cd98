import { type MessageId, messageId } from './message.js'

/**
 * Reads the first `msg-id` of a Message-ID field body.
 *
 * @param fieldBody - octets as Latin-1, folded or not
 * @returns null when it is empty or `<>`: an absent ID is a finding, not an error
 *
 * Source: RFC 5322 §3.6.4, read more leniently than its grammar (docs/deviations.md#message-id).
 */
export function parseMessageId(fieldBody: string): MessageId | null {
  const value = fieldBody.replace(/[ \t\r\n\f\v]+/g, '')
  const open = value.indexOf('<')
  const close = open < 0 ? -1 : value.indexOf('>', open)
  const inner = open < 0 ? value : value.slice(open + 1, close < 0 ? value.length : close)
  return inner === '' ? null : messageId(`<${inner}>`)
}
